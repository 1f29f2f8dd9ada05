import { assert, describe, it } from "@effect/vitest";
import { Effect, Layer } from "effect";
import { Mac } from "effect/crypto";
import { Hex } from "effect/encoding";
import { stream } from "../seed.ts";
import { layer } from "./mac.ts";
import { layer as layerRandom } from "./secure_random.ts";

const crypto = layer.pipe(Layer.provide(layerRandom(stream(7, "crypto"))));
const key = new TextEncoder().encode("Jefe");
const data = new TextEncoder().encode("what do ya want for nothing?");

/** RFC 4231 section 4.3, and RFC 2202 section 3. */
const tags = [
  [Mac.hmacSha1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"],
  [Mac.hmacSha256, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"],
  [
    Mac.hmacSha384,
    "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e" +
    "8e2240ca5e69e2c78b3239ecfab21649",
  ],
  [
    Mac.hmacSha512,
    "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554" +
    "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
  ],
] as const;

describe("mac", () => {
  for (const [algorithm, hex] of tags) {
    it(`layer gives the published tag of ${algorithm.name}, at once`, () => {
      const program = Effect.gen(function* () {
        const mac = yield* Mac.Mac;
        const imported = yield* Mac.key(algorithm, key);
        const tag = yield* mac.sign(imported, data);
        assert.strictEqual(Hex.encode(tag), hex);
        assert.isTrue(yield* mac.verify(imported, tag, data));
        assert.isFalse(yield* mac.verify(imported, tag, key));
        assert.isFalse(yield* mac.verify(imported, tag.subarray(1), data));
      });
      Effect.runSync(Effect.provide(program, crypto));
    });
  }
});
