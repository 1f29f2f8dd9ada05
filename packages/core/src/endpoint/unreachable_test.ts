import { assert, describe, it } from "@effect/vitest";
import { unreachableBy } from "./unreachable.ts";

function errorOf(code: string | undefined, message: string, cause?: unknown): Error {
  const error = new Error(message, cause === undefined ? undefined : { cause });
  return code === undefined ? error : Object.assign(error, { code });
}

describe("unreachableBy()", () => {
  const coded: ReadonlyArray<readonly [string, string]> = [
    ["ENOTFOUND", "dns"],
    ["EAI_AGAIN", "dns"],
    ["ECONNREFUSED", "refused"],
    ["ConnectionRefused", "refused"],
    ["CERT_HAS_EXPIRED", "tls"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "tls"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "tls"],
    ["EPROTO", "tls"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "tls"],
    ["SELF_SIGNED_CERT_IN_CHAIN", "tls"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "tls"],
    ["ECONNRESET", "reset"],
    ["EPIPE", "reset"],
    ["UND_ERR_SOCKET", "reset"],
    ["ETIMEDOUT", "timeout"],
    ["UND_ERR_CONNECT_TIMEOUT", "timeout"],
    ["EHOSTUNREACH", "other"],
    ["HPE_INVALID_CONSTANT", "other"],
  ];
  for (const [code, kind] of coded) {
    it(`unreachableBy() calls ${code} ${kind}, below fetch's own error`, () => {
      const found = unreachableBy(new TypeError("fetch failed", { cause: errorOf(code, "x") }));
      assert.strictEqual(found.kind, kind);
      assert.include(found.description, `(${code})`);
    });
  }

  const worded: ReadonlyArray<readonly [string, string]> = [
    [
      "error sending request for url (https://tls.example.com/): client error (Connect): dns error: failed to lookup address information: Name or service not known",
      "dns",
    ],
    ["client error (Connect): tcp connect error: Connection refused (os error 111)", "refused"],
    ["client error (Connect): invalid peer certificate: UnknownIssuer", "tls"],
    ["client error (Connect): received corrupt message of type InvalidContentType", "tls"],
    ["client error (SendRequest): connection closed before message completed", "reset"],
    ["error reading a body from connection", "reset"],
    ["operation timed out", "timeout"],
    ["client error (SendRequest): invalid HTTP version parsed", "other"],
    ["error sending request for url (https://tls-dns.example.com/timeout)", "other"],
  ];
  for (const [words, kind] of worded) {
    it(`unreachableBy() calls "${words.slice(-40)}" ${kind}, and does not repeat it`, () => {
      const found = unreachableBy(new TypeError("fetch failed", { cause: new Error(words) }));
      assert.strictEqual(found.kind, kind);
      assert.notInclude(found.message, words);
    });
  }

  it("unreachableBy() looks into an AggregateError", () => {
    const errors = [errorOf("ENETUNREACH", "x"), errorOf("ECONNREFUSED", "y")];
    assert.strictEqual(unreachableBy(new AggregateError(errors)).kind, "refused");
  });

  it("unreachableBy() ends on a circle of causes", () => {
    const error = errorOf(undefined, "x");
    Object.assign(error, { cause: error });
    assert.strictEqual(unreachableBy(error).kind, "other");
  });

  for (
    const error of [
      undefined,
      null,
      "planted",
      5,
      { code: 5 },
      errorOf("planted secret", "planted"),
    ]
  ) {
    it(`unreachableBy() takes ${String(error)} and keeps nothing of it`, () => {
      const found = unreachableBy(error);
      assert.strictEqual(found.description, "the request failed on its way");
      assert.isUndefined(found.cause);
    });
  }
});
