import { assert, describe, it } from "@effect/vitest";
import { Effect, Redacted } from "effect";
import { Digest } from "effect/crypto";
import { Hex } from "effect/encoding";
import { challengeOf } from "@bellhop/core/protocol/pkce";
import { layer } from "./digest.ts";

const textOf = (length: number) => new TextEncoder().encode("a".repeat(length));
const digestHex = (algorithm: Digest.Algorithm, data: Uint8Array) =>
  Effect.runSync(
    Effect.provide(
      Effect.flatMap(Digest.Digest, (service) => service.digestHex(algorithm, data)),
      layer,
    ),
  );
const algorithms = [Digest.md5, Digest.sha1, Digest.sha256, Digest.sha384, Digest.sha512];

/** Of "abc": FIPS 180-4, as NIST's example values have it, and RFC 1321 appendix A.5. */
const ofAbc: Record<string, string> = {
  MD5: "900150983cd24fb0d6963f7d28e17f72",
  "SHA-1": "a9993e364706816aba3e25717850c26c9cd0d89d",
  "SHA-256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  "SHA-384": "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed" +
    "8086072ba1e7cc2358baeca134c825a7",
  "SHA-512": "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" +
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
};

describe("digest", () => {
  for (const algorithm of algorithms) {
    it(`layer gives the published ${algorithm.name} of "abc"`, () => {
      const hex = digestHex(algorithm, new TextEncoder().encode("abc"));
      assert.strictEqual(hex, ofAbc[algorithm.name]);
    });
  }

  it("layer gives the SHA-256 of two blocks and of nothing as FIPS 180-4 has them", () => {
    const twoBlocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    assert.strictEqual(
      digestHex(Digest.sha256, new TextEncoder().encode(twoBlocks)),
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    );
    assert.strictEqual(
      digestHex(Digest.sha256, new Uint8Array()),
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    );
  });

  it("layer gives the challenge of RFC 7636 appendix B, at once", () => {
    const verifier = Redacted.make("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    assert.strictEqual(
      Effect.runSync(Effect.provide(challengeOf(verifier), layer)),
      "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    );
  });

  it.effect("layer gives what WebCrypto gives, about the ends of blocks", () =>
    Effect.gen(function* () {
      for (const algorithm of algorithms) {
        for (const length of [0, 1, 55, 56, 63, 64, 65, 111, 112, 127, 128, 129, 1_000]) {
          const digest = Effect.flatMap(
            Digest.Digest,
            (service) => service.digest(algorithm, textOf(length)),
          );
          const ours = Hex.encode(yield* Effect.provide(digest, layer));
          const theirs = Hex.encode(yield* Effect.provide(digest, Digest.layerWebCrypto));
          assert.strictEqual(ours, theirs, `${algorithm.name} of ${length} bytes`);
        }
      }
    }));
});
