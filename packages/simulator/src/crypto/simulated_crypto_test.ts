import { assert, describe, it } from "@effect/vitest";
import { Effect, Redacted } from "effect";
import { Aead, Digest, Mac, SecureRandom, Signature, WebCrypto } from "effect/crypto";
import { Hex } from "effect/encoding";
import { make as makePkce } from "@bellhop/core/protocol/pkce";
import { stream } from "../seed.ts";
import { layer } from "./simulated_crypto.ts";

const everything = Effect.gen(function* () {
  const [aead, digest, mac] = [yield* Aead.Aead, yield* Digest.Digest, yield* Mac.Mac];
  const [random, signature] = [yield* SecureRandom.SecureRandom, yield* Signature.Signature];
  const data = yield* random.randomBytes(20);
  const nonce = yield* random.randomBytes(12);
  const sealed = yield* aead.encrypt(yield* aead.generateKey(Aead.aes256Gcm), data, { nonce });
  const tag = yield* mac.sign(yield* mac.generateKey(Mac.hmacSha256), sealed);
  const { privateKey } = yield* signature.generateKeyPair(Signature.ed25519);
  const signed = yield* signature.sign(privateKey, tag);
  const pkce = yield* makePkce();
  return [
    yield* digest.digestHex(Digest.sha256, data),
    Hex.encode(sealed),
    Hex.encode(tag),
    Hex.encode(signed),
    Redacted.value(pkce.verifier),
  ];
});

function run(seed: number): ReadonlyArray<string> {
  return Effect.runSync(Effect.provide(everything, layer(stream(seed, "process 1"))));
}

describe("simulated_crypto", () => {
  it("layer() gives the same for the same seed, at once", () => {
    assert.deepStrictEqual(run(1), run(1));
    assert.isEmpty(run(1).filter((text) => run(2).includes(text)));
  });

  it("layer() gives these bytes on every runtime", () => {
    assert.deepStrictEqual(run(7), [
      "9705c55fa1a28cc07f482faefa214bec1bffa76c06137876977ebd2b6c791090",
      "f07e2097c98997e1d0feb7b683a5d35e159f0465d21ab8a451002b29f67672de7b1d25b5",
      "35edc3e71adf9f7767a5c943229672f0345c1eefec9035835eec0a5f1997399d",
      "07427c24fdeed0fffd588365a20de8e07d21ba2582d05b3de9e75c9fe26b8dbc" +
      "2e7925f3b11ca548a1af6c2083da055efe1275027ed608c7577fb927efa00d07",
      "Njl9pmw0pXxErXqynlGHDvi5G1hiRtLhGFGSkjh__Kk",
    ]);
  });

  it("layer() takes the place of the engine's WebCrypto", () => {
    const seen = Effect.runSync(Effect.provide(WebCrypto.WebCrypto, layer(stream(1, "process 1"))));
    assert.notStrictEqual(seen, globalThis.crypto);
  });
});
