import { assert, describe, it } from "@effect/vitest";
import { Effect, Redacted, Result } from "effect";
import { Digest, SecureRandom } from "effect/crypto";
import { Base64Url } from "effect/encoding";
import { challengeOf, fromBytes, make, parseVerifier } from "./pkce.ts";
import { authorizationVectorsOf } from "./testdata/authorization_vectors.ts";
import { textIn } from "./testdata/vectors.ts";

function octetsIn(input: Readonly<Record<string, unknown>>): Uint8Array {
  return Uint8Array.from(input["octets"] as ReadonlyArray<number>);
}

describe("pkce", () => {
  it.layer(Digest.layerWebCrypto)((it) => {
    for (const { id, input, expected } of authorizationVectorsOf("pkce-s256")) {
      it.effect(`challengeOf() ${id}`, () =>
        Effect.gen(function* () {
          const challenge = yield* challengeOf(Redacted.make(textIn(input, "code_verifier")));
          assert.strictEqual(challenge, expected["code_challenge"]);
        }));
    }

    it.effect("fromBytes() rfc7636-b from its octets", () =>
      Effect.gen(function* () {
        const [vector] = authorizationVectorsOf("pkce-s256");
        if (vector === undefined) return assert.fail("no vector");
        const { verifier, challenge } = yield* fromBytes(octetsIn(vector.input));
        assert.strictEqual(Redacted.value(verifier), textIn(vector.input, "code_verifier"));
        assert.strictEqual(challenge, vector.expected["code_challenge"]);
      }));
  });

  for (const { id, input, expected } of authorizationVectorsOf("pkce-verifier-syntax")) {
    it(`parseVerifier() ${id}`, () => {
      const parsed = parseVerifier(Redacted.make(textIn(input, "code_verifier")));
      assert.strictEqual(Result.isSuccess(parsed), expected["valid"]);
    });
  }

  it("parseVerifier() says what is wrong and not what it was given", () => {
    const planted = "planted-verifier ".repeat(3);
    for (const text of [planted, planted.slice(0, 20), planted.repeat(4), `${"a".repeat(43)}\n`]) {
      const { hint, message } = Result.getOrThrow(Result.flip(parseVerifier(Redacted.make(text))));
      assert.notInclude(message, "planted");
      assert.isAbove(hint.length, 10);
    }
  });

  it.effect("make() makes another verifier each time, 43 characters that it takes itself", () =>
    Effect.gen(function* () {
      const made = yield* Effect.all(Array.from({ length: 50 }, make));
      const verifiers = made.map(({ verifier }) => Redacted.value(verifier));
      assert.strictEqual(new Set(verifiers).size, 50);
      for (const { challenge, verifier } of made) {
        assert.match(Redacted.value(verifier), /^[\w-]{43}$/);
        assert.isTrue(Result.isSuccess(parseVerifier(verifier)));
        assert.strictEqual(challenge, yield* challengeOf(verifier));
      }
      assert.notInclude(JSON.stringify(made), verifiers[0] ?? "");
    }).pipe(Effect.provide([Digest.layerWebCrypto, SecureRandom.layerWebCrypto])));

  it.effect("make() takes its bytes from SecureRandom alone, so that a seed brings them back", () =>
    Effect.gen(function* () {
      const { verifier } = yield* make();
      assert.strictEqual(Redacted.value(verifier), Base64Url.encode(seeded(32)));
    }).pipe(
      Effect.provide(Digest.layerWebCrypto),
      Effect.provideService(SecureRandom.SecureRandom, SecureRandom.make(seeded)),
    ));
});

function seeded(size: number): Uint8Array {
  return new Uint8Array(size).fill(7);
}
