import { assert, describe, it } from "@effect/vitest";
import { digestOf, isJwsAlgorithm, isMacAlgorithm, macOf, signatureOf } from "./jws_algorithm.ts";

describe("jws_algorithm", () => {
  const refused = ["none", "None", "NONE", "", "rs256", "HS1", "RS1", "ES256K", "toString", "dir"];
  for (const name of refused) {
    it(`isJwsAlgorithm() refuses "${name}"`, () => {
      assert.isFalse(isJwsAlgorithm(name));
    });
  }

  const digests = [["RS256", "SHA-256"], ["PS384", "SHA-384"], ["ES512", "SHA-512"]] as const;
  for (
    const [algorithm, digest] of [...digests, ["Ed25519", "SHA-512"], ["HS384", "SHA-384"]] as const
  ) {
    it(`digestOf() gives ${digest} for ${algorithm}`, () => {
      assert.isTrue(isJwsAlgorithm(algorithm));
      assert.strictEqual(digestOf(algorithm).name, digest);
    });
  }

  it("isMacAlgorithm() tells shared secrets from key pairs", () => {
    assert.isTrue(isMacAlgorithm("HS512"));
    assert.isFalse(isMacAlgorithm("EdDSA"));
  });

  it("signatureOf() and macOf() keep RSA's two paddings apart", () => {
    assert.strictEqual(signatureOf("RS256")._tag, "RsaPkcs1v15");
    assert.strictEqual(signatureOf("PS256")._tag, "RsaPss");
    assert.strictEqual(macOf("HS512").name, "hmacSha512");
  });
});
