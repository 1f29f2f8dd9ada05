import { assert, describe, it } from "@effect/vitest";
import { Effect, Redacted, Result } from "effect";
import { type AnyClientOptions, type ClientAuthentication, make } from "./client.ts";
import { authenticate, basicAuthorization } from "./client_authentication.ts";
import { encode } from "./form.ts";
import { claimsOf, decode } from "./jwt.ts";
import { p256Jwk } from "./testdata/client_keys.ts";
import { clientAssertionVector } from "./testdata/client_assertion_vector.ts";
import { layer } from "./testdata/jose_crypto.ts";
import { textIn, vectorsOf } from "./testdata/vectors.ts";

const clientSecret = Redacted.make("planted");

function credentialsOf(authentication: ClientAuthentication) {
  return Effect.runSync(authenticate({
    clientId: "c",
    authentication,
    server: { issuer: "https://as.example.com" },
  }));
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

  const signing = [
    { key: p256Jwk },
    {
      clientSecret: Redacted.make("planted-secret-of-at-least-32-bytes"),
      method: "client_secret_jwt",
    },
  ] as const;
  const { id, expected } = clientAssertionVector;
  for (const options of signing) {
    const name = "key" in options ? "private_key_jwt" : options.method;
    it.effect(`authenticate() sends one assertion and no other credential: ${id}, ${name}`, () =>
      Effect.gen(function* () {
        const server = {
          issuer: "https://as.example.com",
          tokenEndpoint: "https://b.example/token",
        };
        const making: AnyClientOptions = { clientId: "c", ...options };
        const client = yield* Effect.provide(make(server, making), layer);
        const { authorization, parameters, secrets } = yield* authenticate(client);
        assert.isUndefined(authorization);
        const form = Object.fromEntries(new URLSearchParams(encode(parameters)));
        assert.containSubset(form, { ...expected.form_contains, client_id: "c" });
        for (const absent of expected.form_absent) assert.notProperty(form, absent);
        assert.lengthOf(Object.keys(form), 3);
        const assertion = Redacted.make(form["client_assertion"] ?? "");
        const claims = Result.getOrThrow(Result.flatMap(decode(assertion), claimsOf));
        assert.deepInclude(claims, { iss: "c", sub: "c", aud: server.issuer });
        assert.hasAllKeys(claims, [...Object.keys(expected.assertion_claims), "iat"]);
        assert.include(secrets.map(Redacted.value), Redacted.value(assertion));
        assert.notMatch(JSON.stringify([parameters, secrets]), /planted|eyJ/);
        const again = yield* authenticate(client);
        assert.notStrictEqual(encode(again.parameters), encode(parameters));
      }));
  }
});
