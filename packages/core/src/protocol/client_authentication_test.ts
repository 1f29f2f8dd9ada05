import { assert, describe, it } from "@effect/vitest";
import { Redacted } from "effect";
import type { ClientAuthentication } from "./client.ts";
import { authenticate, basicAuthorization } from "./client_authentication.ts";
import { encode } from "./form.ts";
import { textIn, vectorsOf } from "./testdata/vectors.ts";

const clientSecret = Redacted.make("planted");

function credentialsOf(authentication: ClientAuthentication) {
  return authenticate({
    clientId: "c",
    authentication,
    server: { issuer: "https://as.example.com" },
  });
}

describe("client_authentication", () => {
  for (const { id, input, expected } of vectorsOf("client_secret_basic")) {
    it(`basicAuthorization() ${id}`, () => {
      const secret = Redacted.make(textIn(input, "client_secret"));
      const header = basicAuthorization(textIn(input, "client_id"), secret);
      assert.strictEqual(Redacted.value(header), expected["authorization"]);
    });
  }

  it("basicAuthorization() encodes the value of RFC 6749 2.3.1's well-known bug report", () => {
    const secret = Redacted.make("z/tZ9VwFZqApmIQ+ZH1I5pLk/uB4ud:X2/8bL+wfFTt1rFw=");
    assert.strictEqual(
      Redacted.value(basicAuthorization("1PpG/Q 1", secret)),
      "Basic MVBwRyUyRlErMTp6JTJGdFo5VndGWnFBcG1JUSUyQlpIMUk1cExrJTJGdUI0dWQlM0FYMiUyRjhiTCUyQndmRlR0MXJGdyUzRA==",
    );
  });

  it("authenticate() sends the identifier alone for none", () => {
    const { authorization, parameters } = credentialsOf({ method: "none" });
    assert.strictEqual(encode(parameters), "client_id=c");
    assert.isUndefined(authorization);
  });

  it("authenticate() sends the header alone for Basic", () => {
    const credentials = credentialsOf({ method: "client_secret_basic", clientSecret });
    assert.deepStrictEqual(credentials.parameters, []);
    assert.deepStrictEqual(credentials.authorization, Redacted.make("Basic YzpwbGFudGVk"));
  });

  it("authenticate() sends the body alone for post", () => {
    const credentials = credentialsOf({ method: "client_secret_post", clientSecret });
    assert.strictEqual(encode(credentials.parameters), "client_id=c&client_secret=planted");
    assert.isUndefined(credentials.authorization);
  });

  it("authenticate() shows no secret and lists each for redaction", () => {
    const credentials = credentialsOf({ method: "client_secret_basic", clientSecret });
    assert.notMatch(JSON.stringify(credentials), /planted|YzpwbGFudGVk/);
    assert.deepStrictEqual(credentials.secrets.map(Redacted.value), ["planted", "YzpwbGFudGVk"]);
  });
});
