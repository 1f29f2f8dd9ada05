import { assert, describe, it } from "@effect/vitest";
import { Effect, Redacted, Result } from "effect";
import { Mac, SecureRandom, Signature } from "effect/crypto";
import { CryptoError, Unsupported } from "effect/crypto/CryptoError";
import { TestClock } from "effect/testing";
import { byKey, bySecret, type ClientAssertion } from "./client_assertion.ts";
import { decode as decodeKey } from "./client_key.ts";
import { decode as decodeJwk } from "./jwk.ts";
import { verify } from "./jws_signature.ts";
import { claimsOf, decode } from "./jwt.ts";
import { fromSecret } from "./signing_key.ts";
import { ed25519Jwk, p256Jwk } from "./testdata/client_keys.ts";
import { layer } from "./testdata/jose_crypto.ts";

const issuer = "https://as.example.com";
const secret = Redacted.make("planted-secret-of-at-least-32-bytes");
const shared = Effect.runSync(fromSecret(secret, "HS256"));

function claimsIn(token: Redacted.Redacted) {
  return Result.getOrThrow(Result.flatMap(decode(token), claimsOf));
}

function headerIn(token: Redacted.Redacted): unknown {
  const [header = ""] = Redacted.value(token).split(".");
  return JSON.parse(atob(header));
}

describe("client_assertion", () => {
  const made: Readonly<Record<string, Effect.Effect<ClientAssertion, unknown>>> = {
    "byKey()": decodeKey({ key: { ...ed25519Jwk, kid: "one" } }).pipe(
      Effect.flatMap((key) => byKey("c", key)),
      Effect.provide(layer),
    ),
    "bySecret()": bySecret("c", shared).pipe(Effect.provide(layer)),
  };
  for (const [name, making] of Object.entries(made)) {
    it.effect(`${name} names the client, the issuer alone, and a minute by the Clock`, () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(1_700_000_000_999);
        const { jti, ...claims } = claimsIn(yield* (yield* making)(issuer));
        assert.deepStrictEqual(claims, {
          iss: "c",
          sub: "c",
          aud: issuer,
          iat: 1_700_000_000,
          exp: 1_700_000_060,
        });
        assert.match(String(jti), /^[\w-]{22}$/);
      }));

    it.effect(`${name} makes another with each run, later by the Clock`, () =>
      Effect.gen(function* () {
        const assertion = (yield* making)(issuer);
        const first = claimsIn(yield* assertion);
        yield* TestClock.adjust("2 minutes");
        const second = claimsIn(yield* assertion);
        assert.notStrictEqual(first["jti"], second["jti"]);
        assert.strictEqual(Number(second["iat"]) - Number(first["iat"]), 120);
      }));
  }

  it.effect("byKey() signs as the header says, with the key's name", () =>
    Effect.gen(function* () {
      const key = yield* decodeKey({ key: { ...p256Jwk, kid: "one" } });
      const token = yield* (yield* byKey("c", key))(issuer);
      assert.deepStrictEqual(headerIn(token), { alg: "ES256", typ: "JWT", kid: "one" });
      const { d: _, ...half } = p256Jwk;
      const jwk = Result.getOrThrow(decodeJwk(half));
      yield* verify(Result.getOrThrow(decode(token)), jwk, { algorithms: ["ES256"] });
    }).pipe(Effect.provide(layer)));

  it.effect("bySecret() signs with the secret, which is not in it", () =>
    Effect.gen(function* () {
      const token = yield* (yield* bySecret("c", shared))(issuer);
      assert.deepStrictEqual(headerIn(token), { alg: "HS256", typ: "JWT" });
      yield* verify(Result.getOrThrow(decode(token)), shared, { algorithms: ["HS256"] });
      assert.notMatch(JSON.stringify([headerIn(token), claimsIn(token)]), /planted/);
    }).pipe(Effect.provide(layer)));

  it.effect("a seeded SecureRandom brings the same assertion back", () =>
    Effect.gen(function* () {
      const seeded = SecureRandom.make((size) => new Uint8Array(size).fill(7));
      const token = bySecret("c", shared).pipe(
        Effect.flatMap((assertion) => assertion(issuer)),
        Effect.provideService(SecureRandom.SecureRandom, seeded),
        Effect.provide(layer),
      );
      assert.strictEqual(Redacted.value(yield* token), Redacted.value(yield* token));
      assert.strictEqual(claimsIn(yield* token)["jti"], "BwcHBwcHBwcHBwcHBwcHBw");
    }));

  it.effect("byKey() and bySecret() refuse a key that cannot sign, without its cause", () =>
    Effect.gen(function* () {
      const reason = new Unsupported({ description: "planted" });
      const failing = new CryptoError({ module: "M", method: "m", reason });
      const signature = yield* Signature.Signature;
      const mac = yield* Mac.Mac;
      const key = yield* decodeKey({ key: p256Jwk });
      const errors = [
        yield* Effect.flip(byKey("c", key)).pipe(
          Effect.provideService(Signature.Signature, {
            ...signature,
            sign: () => Effect.fail(failing),
          }),
        ),
        yield* Effect.flip(bySecret("c", shared)).pipe(
          Effect.provideService(Mac.Mac, { ...mac, sign: () => Effect.fail(failing) }),
        ),
      ];
      for (const error of errors) {
        assert.strictEqual(error.problem, "invalidKey");
        assert.notMatch(JSON.stringify(error) + String(error.stack), /planted/);
      }
    }).pipe(Effect.provide(layer)));
});
