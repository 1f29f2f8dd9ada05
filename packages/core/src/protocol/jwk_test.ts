import { assert, describe, it } from "@effect/vitest";
import { Effect, Result } from "effect";
import { Base64Url } from "effect/encoding";
import { decode, isFitFor, type Jwk, type JwkProblem, thumbprint } from "./jwk.ts";
import { layer } from "./testdata/jose_crypto.ts";
import { joseVectors } from "./testdata/jose_vectors.ts";
import { membersIn } from "./testdata/vectors.ts";

const n =
  "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0" +
  "Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5re" +
  "xMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvU" +
  "K-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ";
const rsa = { kty: "RSA", n, e: "AQAB" };
const ec = {
  kty: "EC",
  crv: "P-256",
  x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
  y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
};
const okp = { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" };

function modulus(bits: number): string {
  const bytes = new Uint8Array(Math.ceil(bits / 8)).fill(255);
  bytes[0] = 2 ** ((bits - 1) % 8 + 1) - 1;
  return Base64Url.encode(bytes);
}

function key(members: Record<string, unknown>): Jwk {
  return Result.getOrThrow(decode(members));
}

describe("jwk", () => {
  for (const { expected, id, input } of joseVectors["jwk-thumbprint"]) {
    it.effect(`thumbprint() gives ${id}`, () =>
      Effect.gen(function* () {
        const print = yield* thumbprint(key(membersIn(input, "jwk")));
        assert.strictEqual(print, expected["sha256"]);
      }).pipe(Effect.provide(layer)));
  }

  it("decode() keeps what counts, and ignores the rest", () => {
    const decoded = key({
      ...rsa,
      kid: "1",
      alg: "RS256",
      use: "sig",
      key_ops: ["verify"],
      x5c: [1],
    });
    assert.deepStrictEqual(decoded, {
      material: { kty: "RSA", n, e: "AQAB" },
      keyId: "1",
      algorithm: "RS256",
    });
  });

  it("decode() drops the zeros that some servers put before a modulus", () => {
    const bytes = Result.getOrThrow(Base64Url.decode(n));
    const padded = Base64Url.encode(Uint8Array.of(0, ...bytes));
    assert.deepStrictEqual(key({ ...rsa, n: padded }).material, key(rsa).material);
  });

  it("decode() takes 2048 bits and not 2047", () => {
    assert.isTrue(Result.isSuccess(decode({ ...rsa, n: modulus(2_048) })));
    assert.deepStrictEqual(decode({ ...rsa, n: modulus(2_047) }), Result.fail("tooWeak"));
    const padded = Base64Url.encode(new Uint8Array(256).fill(1, 200));
    assert.deepStrictEqual(decode({ ...rsa, n: padded }), Result.fail("tooWeak"));
  });

  const unusable: ReadonlyArray<readonly [string, unknown, JwkProblem]> = [
    ["null", null, "malformed"],
    ["text", "key", "malformed"],
    ["no type", {}, "unknownType"],
    ["another type", { ...rsa, kty: "AKP" }, "unknownType"],
    ["a type in lower case", { ...rsa, kty: "rsa" }, "unknownType"],
    ["the curve of Bitcoin", { ...ec, crv: "secp256k1" }, "unknownType"],
    ["Ed448", { ...okp, crv: "Ed448" }, "unknownType"],
    ["a key for agreement", { ...okp, crv: "X25519" }, "unknownType"],
    ["a symmetric key", { kty: "oct", k: "c2VjcmV0" }, "secret"],
    ["a private RSA key", { ...rsa, d: "AQAB" }, "secret"],
    ["a prime of an RSA key", { ...rsa, p: "AQAB" }, "secret"],
    ["a private EC key", { ...ec, d: ec.x }, "secret"],
    ["a private Ed25519 key", { ...okp, d: okp.x }, "secret"],
    ["a key for encryption", { ...rsa, use: "enc" }, "purpose"],
    ["a key that does not verify", { ...rsa, key_ops: ["encrypt"] }, "purpose"],
    ["operations that are no list", { ...rsa, key_ops: "verify" }, "purpose"],
    ["use sig with operations that forbid it", { ...rsa, use: "sig", key_ops: [] }, "purpose"],
    ["512 bits", { ...rsa, n: modulus(512) }, "tooWeak"],
    ["1024 bits", { ...rsa, n: modulus(1_024) }, "tooWeak"],
    ["16,392 bits", { ...rsa, n: modulus(16_392) }, "malformed"],
    ["exponent 1", { ...rsa, e: "AQ" }, "malformed"],
    ["an even exponent", { ...rsa, e: "Ag" }, "malformed"],
    ["exponent 0", { ...rsa, e: "AA" }, "malformed"],
    ["a huge exponent", { ...rsa, e: n }, "malformed"],
    ["an empty modulus", { ...rsa, n: "" }, "malformed"],
    ["a modulus with padding", { ...rsa, n: `${n}==` }, "malformed"],
    ["no exponent", { kty: "RSA", n }, "malformed"],
    ["a short coordinate", { ...ec, x: ec.x.slice(0, -4) }, "malformed"],
    ["coordinates of another curve", { ...ec, crv: "P-384" }, "malformed"],
    ["no y", { ...ec, y: undefined }, "malformed"],
    ["a short Ed25519 key", { ...okp, x: "AAAA" }, "malformed"],
    ["a kid that is no text", { ...rsa, kid: 1 }, "malformed"],
    ["a huge kid", { ...rsa, kid: "k".repeat(1_025) }, "malformed"],
    ["an alg that is no text", { ...rsa, alg: 256 }, "malformed"],
  ];
  for (const [name, value, problem] of unusable) {
    it(`decode() leaves out ${name}`, () => {
      assert.deepStrictEqual(decode(value), Result.fail(problem));
    });
  }

  it("decode() does not read members of the prototype", () => {
    assert.isTrue(Result.isFailure(decode(Object.create(rsa))));
  });

  it("isFitFor() goes by the type of the key", () => {
    const algorithms = ["RS256", "PS512", "ES256", "ES384", "EdDSA", "Ed25519", "HS256"] as const;
    const fitting = (members: Record<string, unknown>) =>
      algorithms.filter((algorithm) => isFitFor(key(members), { algorithm }));
    assert.deepStrictEqual(fitting(rsa), ["RS256", "PS512"]);
    assert.deepStrictEqual(fitting(ec), ["ES256"]);
    assert.deepStrictEqual(fitting(okp), ["EdDSA", "Ed25519"]);
  });

  it("isFitFor() goes by the algorithm of the key where it has one", () => {
    assert.isFalse(isFitFor(key({ ...rsa, alg: "PS256" }), { algorithm: "RS256" }));
    assert.isTrue(isFitFor(key({ ...rsa, alg: "PS256" }), { algorithm: "PS256" }));
    assert.isFalse(isFitFor(key({ ...rsa, alg: "HS256" }), { algorithm: "HS256" }));
    assert.isTrue(isFitFor(key({ ...okp, alg: "Ed25519" }), { algorithm: "EdDSA" }));
    assert.isFalse(isFitFor(key({ ...okp, alg: "ES256" }), { algorithm: "EdDSA" }));
  });

  it("isFitFor() goes by the name of the key where one is asked for", () => {
    assert.isTrue(isFitFor(key({ ...ec, kid: "a" }), { algorithm: "ES256", keyId: "a" }));
    assert.isFalse(isFitFor(key({ ...ec, kid: "a" }), { algorithm: "ES256", keyId: "b" }));
    assert.isFalse(isFitFor(key(ec), { algorithm: "ES256", keyId: "a" }));
    assert.isTrue(isFitFor(key({ ...ec, kid: "a" }), { algorithm: "ES256" }));
  });
});
