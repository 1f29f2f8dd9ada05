import { assert, describe, it } from "@effect/vitest";
import { Clock, Effect, Fiber, Ref } from "effect";
import { type CryptoError, KeyFormat, Signature } from "effect/crypto";
import { Hex } from "effect/encoding";
import { TestClock } from "effect/testing";
import { layer } from "./web_crypto.ts";

/** RFC 8037 appendix A.1. */
const privateJwk = {
  kty: "OKP",
  crv: "Ed25519",
  d: "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
  x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
};
const { kty, crv, x } = privateJwk;

function problem(program: Effect.Effect<unknown, CryptoError.CryptoError>) {
  return Effect.provide(Effect.map(Effect.flip(program), (error) => error.reason._tag), layer);
}

describe("web_crypto", () => {
  it.effect("layer reads a public and a private key as the engine does", () =>
    Effect.gen(function* () {
      const bytes = Effect.gen(function* () {
        const { ed25519 } = Signature;
        const published = yield* KeyFormat.decodePublic(KeyFormat.jwk, ed25519, { kty, crv, x });
        const secret = yield* KeyFormat.decodePrivate(KeyFormat.jwk, ed25519, privateJwk);
        return [
          Hex.encode(yield* Signature.toBytes(published)),
          Hex.encode(yield* Signature.toBytes(secret)),
        ];
      });
      const ours = yield* Effect.provide(bytes, layer);
      assert.deepStrictEqual(ours, yield* bytes);
      assert.strictEqual(
        ours[0],
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
      );
    }));

  it.effect("layer refuses what is no key, and a private key whose public half is another's", () =>
    Effect.gen(function* () {
      const { ed25519 } = Signature;
      const short = { kty, crv, x: x.slice(4) };
      const { d } = privateJwk;
      const mixed = { ...privateJwk, x: d, d: x };
      const text = { kty, crv, x: "?".repeat(43) };
      assert.deepStrictEqual(
        yield* Effect.all([
          problem(KeyFormat.decodePublic(KeyFormat.jwk, ed25519, short)),
          problem(KeyFormat.decodePublic(KeyFormat.jwk, ed25519, text)),
          problem(KeyFormat.decodePublic(KeyFormat.jwk, ed25519, { kty, crv })),
          problem(KeyFormat.decodePrivate(KeyFormat.jwk, ed25519, mixed)),
        ]),
        ["InvalidKey", "InvalidKey", "InvalidKey", "InvalidKey"],
      );
    }));

  it.effect("layer has nothing for keys of other algorithms and forms", () =>
    Effect.gen(function* () {
      const { ecdsaP256, ed25519, rsaPkcs1v15Sha256 } = Signature;
      const ec = { kty: "EC", crv: "P-256", x, y: x };
      const rsa = { kty: "RSA", n: x, e: "AQAB" };
      assert.deepStrictEqual(
        yield* Effect.all([
          problem(KeyFormat.decodePublic(KeyFormat.jwk, ecdsaP256, ec)),
          problem(KeyFormat.decodePublic(KeyFormat.jwk, rsaPkcs1v15Sha256, rsa)),
          problem(KeyFormat.decodePublic(KeyFormat.spki, ed25519, new Uint8Array(44))),
        ]),
        ["Unsupported", "Unsupported", "Unsupported"],
      );
    }));

  it.effect("layer has read a key before the test clock ends the next sleep", () =>
    Effect.gen(function* () {
      const woken = yield* Ref.make<ReadonlyArray<number>>([]);
      const loop = Effect.gen(function* () {
        yield* Effect.sleep("1 second");
        yield* KeyFormat.decodePublic(KeyFormat.jwk, Signature.ed25519, { kty, crv, x });
        const now = yield* Clock.currentTimeMillis;
        yield* Ref.update(woken, (times) => [...times, now]);
      });
      const fibers = yield* Effect.forEach(
        [1, 2, 3],
        () => Effect.forkChild(Effect.repeat(loop, { times: 3 })),
      );
      yield* TestClock.adjust("10 seconds");
      yield* Effect.forEach(fibers, Fiber.join);
      const expected = [1, 2, 3, 4].flatMap((second) => [second, second, second]);
      assert.deepStrictEqual(yield* Ref.get(woken), expected.map((second) => second * 1_000));
    }).pipe(Effect.provide(layer)));
});
