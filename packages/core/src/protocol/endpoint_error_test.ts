import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import {
  EndpointError,
  type EndpointErrorReason,
  type EndpointName,
  Insecure,
  InvalidUrl,
  Malformed,
  Rejected,
  Unavailable,
  Unreachable,
  type UnreachableKind,
  Unsupported,
  Withheld,
} from "./endpoint_error.ts";

function errorOf(reason: EndpointErrorReason, endpoint: EndpointName = "token"): EndpointError {
  return new EndpointError({ endpoint, url: "https://as.example.com:8443/token", reason });
}

function unreachable(kind: UnreachableKind): Unreachable {
  return new Unreachable({ kind, description: "x" });
}

const hints: ReadonlyArray<readonly [EndpointErrorReason, string]> = [
  [unreachable("dns"), `Check the spelling of "as.example.com:8443" and the network`],
  [
    unreachable("refused"),
    `Check that a server is listening at "as.example.com:8443" and that the port is right`,
  ],
  [
    unreachable("tls"),
    `Check the certificate of "as.example.com:8443"; a private authority must be trusted first`,
  ],
  [unreachable("timeout"), "Try again, or allow the request more time"],
  [
    unreachable("reset"),
    `Check the network and any proxy on the way to "as.example.com:8443", then try again`,
  ],
  [
    new Unavailable({ status: 503, body: "", retryAfterMillis: 1_500 }),
    "Try again in 2 seconds, as the server asked",
  ],
  [
    new Unavailable({ status: 500, body: "" }),
    "Try again later; if it stays so, the server's operator has to look",
  ],
  [
    new Malformed({
      problem: "issuerMismatch",
      description: "x",
      suggestion: "https://b.example",
      body: "",
    }),
    `Pass "https://b.example" exactly as written, if you trust that server`,
  ],
  [
    new Malformed({
      problem: "redirect",
      description: "x",
      suggestion: "https://b.example",
      body: "",
    }),
    `Pass "https://b.example" instead, if you trust that server`,
  ],
  [
    new Malformed({ problem: "redirect", description: "x", body: "" }),
    "Pass the address that the server redirects to, if you trust it",
  ],
  [
    new Malformed({ problem: "notJson", description: "x", body: "" }),
    `Check that "https://as.example.com:8443/token" is the server's token endpoint`,
  ],
  [
    new Malformed({ problem: "insecureEndpoint", description: "x", body: "" }),
    "The server's operator has to publish https endpoints; or pass the endpoints by hand",
  ],
  [new Insecure({ url: "http://as.example.com" }), `Use https, as in "https://as.example.com"`],
  [
    new InvalidUrl({ url: "x", problem: "notAUrl" }),
    `Pass an absolute URL such as "https://as.example.com"`,
  ],
  [
    new Unsupported({ member: "revocation_endpoint" }),
    "Pass the revocation_endpoint by hand if the server has one, or choose another grant",
  ],
  [
    new Withheld({ problem: "publicClient", description: "x" }),
    "Use a client that is registered with a secret, and pass that secret",
  ],
  [
    new Withheld({ problem: "widerScope", description: "x" }),
    "Leave the scope out or ask for less; more of it takes a new login",
  ],
];

describe("endpoint_error", () => {
  for (const [reason, hint] of hints) {
    it(`hint of ${reason._tag} is "${hint}"`, () => {
      assert.strictEqual(errorOf(reason).hint, hint);
    });
  }

  it("hint of nonsense at discovery names the issuer", () => {
    const reason = new Malformed({ problem: "notJson", description: "x", body: "" });
    assert.strictEqual(
      errorOf(reason, "metadata").hint,
      "Check that the issuer is right, or pass the endpoints by hand",
    );
  });

  const codes = [
    "invalid_client",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
    "invalid_target",
    "invalid_grant",
    "unsupported_token_type",
  ];
  for (const code of codes) {
    it(`hint of Rejected knows ${code}`, () => {
      const unknown = errorOf(new Rejected({ status: 400, code: "x", body: "" })).hint;
      assert.notStrictEqual(errorOf(new Rejected({ status: 400, code, body: "" })).hint, unknown);
    });
  }

  it("every message is one sentence without a full stop, and the error takes its reason's", () => {
    const reasons = [
      ...hints.map(([reason]) => reason),
      new Rejected({ status: 400, code: "x", body: "" }),
    ];
    for (const reason of reasons) {
      assert.match(reason.message, /^[A-Z][^\n]*[^.]$/);
      assert.strictEqual(errorOf(reason).message, reason.message);
      assert.strictEqual(reason.name, reason._tag);
      assert.match(errorOf(reason).hint, /^[A-Z][^\n]*[^.]$/);
    }
  });

  it("Rejected says the server's words", () => {
    const reason = new Rejected({
      status: 400,
      code: "invalid_grant",
      description: "Used",
      body: "",
    });
    assert.strictEqual(
      reason.message,
      `Authorization server rejected the request with "invalid_grant": Used`,
    );
  });

  it.effect("EndpointError is caught by its reason", () =>
    Effect.gen(function* () {
      const error = errorOf(new Unavailable({ status: 503, body: "" }));
      const status = yield* Effect.fail(error).pipe(
        Effect.catchReason(
          "EndpointError",
          "Unavailable",
          (reason) => Effect.succeed(reason.status),
        ),
      );
      assert.strictEqual(status, 503);
    }));
});

describe("Rejected.isPassing", () => {
  const passing = (status: number, code: string) =>
    new Rejected({ status, code, body: "" }).isPassing;

  it.each(["server_error", "slow_down", "temporarily_unavailable"])("is true of %s", (code) => {
    assert.isTrue(passing(400, code));
  });

  it("is true of any error with 429, and of no other refusal", () => {
    assert.isTrue(passing(429, "invalid_grant"));
    assert.isFalse(passing(400, "invalid_grant"));
    assert.isFalse(passing(500, "invalid_client"));
  });
});
