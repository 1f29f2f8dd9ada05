import { assert, describe, it } from "@effect/vitest";
import { Effect, Redacted } from "effect";
import { isJwsAlgorithm } from "./jws_algorithm.ts";
import { layer } from "./testdata/jose_crypto.ts";
import { joseVectors } from "./testdata/jose_vectors.ts";
import { textIn } from "./testdata/vectors.ts";
import { tokenHash } from "./token_hash.ts";

describe("token_hash", () => {
  for (const kind of ["at_hash", "c_hash"] as const) {
    for (const { expected, id, input } of joseVectors[kind]) {
      it.effect(`tokenHash() gives ${kind} of ${id}`, () =>
        Effect.gen(function* () {
          const algorithm = textIn(input, "alg").replace(/ .*/, "");
          if (!isJwsAlgorithm(algorithm)) return assert.fail(algorithm);
          const value = Redacted.make(textIn(input, kind === "c_hash" ? "code" : "access_token"));
          assert.strictEqual(yield* tokenHash(value, algorithm), expected[kind]);
        }).pipe(Effect.provide(layer)));
    }
  }
});
