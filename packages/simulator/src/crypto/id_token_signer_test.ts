import { assert, describe, it } from "@effect/vitest";
import { Clock, Effect, Layer, Redacted, Result } from "effect";
import { Digest } from "effect/crypto";
import { HttpClient, HttpClientResponse } from "effect/http";
import { TestClock } from "effect/testing";
import { layer as layerJwks } from "@bellhop/core/endpoint/jwks_cache";
import { validator } from "@bellhop/core/grant/openid_connect";
import type { Client } from "@bellhop/core/protocol/client";
import { decode, thumbprint } from "@bellhop/core/protocol/jwk";
import { stream } from "../seed.ts";
import { type IdTokenSigner, make } from "./id_token_signer.ts";
import { layer as layerCrypto } from "./simulated_crypto.ts";

const issuer = "https://op.example.com";
const client: Client = {
  clientId: "app",
  authentication: { method: "none" },
  server: { issuer, jwksUri: `${issuer}/jwks` },
};
const claims = { iss: issuer, sub: "ada", aud: "app", iat: 0, exp: 300, nonce: "n-0S6_WzA2Mj" };
const nonce = Redacted.make(claims.nonce);

function signerOf(seed: number): IdTokenSigner {
  return make(stream(seed, "server key").bytes(32));
}

/** What a client sees of a server that publishes this signer's key. */
function seenBy({ jwks }: IdTokenSigner) {
  const answering = HttpClient.make((request) =>
    Effect.succeed(HttpClientResponse.fromWeb(request, Response.json(jwks)))
  );
  return Layer.mergeAll(
    layerCrypto(stream(1, "client")),
    layerJwks().pipe(Layer.provide(Layer.succeed(HttpClient.HttpClient, answering))),
  );
}

const validate = validator({ algorithm: "EdDSA" });

function validated(idToken: string) {
  const tokens = { accessToken: Redacted.make("a"), tokenType: "Bearer", obtainedAtMillis: 0 };
  return validate({ ...tokens, scope: [], idToken: Redacted.make(idToken) }, { client, nonce });
}

describe("id_token_signer", () => {
  it("make() gives the same token on every runtime, at once", () => {
    const signer = make(Uint8Array.from({ length: 32 }, (_, at) => at));
    assert.strictEqual(
      signer.sign(claims),
      "eyJ0eXAiOiJKV1QiLCJhbGciOiJFZERTQSIsImtpZCI6IjFJRzJ0TUg3SjJ3Ykpabk9mOExKelFpdEtmN0xNdm9BRWxz" +
        "dURNVk01NFkifQ.eyJpc3MiOiJodHRwczovL29wLmV4YW1wbGUuY29tIiwic3ViIjoiYWRhIiwiYXVkIjoiYXBwIiwi" +
        "aWF0IjowLCJleHAiOjMwMCwibm9uY2UiOiJuLTBTNl9XekEyTWoifQ.gbsXE0OR9bBIvAeJ5fDPK__k3_nsnUmanCP0" +
        "nB0rxzA_t73vlVEWkOK9zNQnYOBzslFKoz8tJ6E8Owa9dPu5Cg",
    );
  });

  it.effect("make() publishes a key that core reads, named by its thumbprint", () =>
    Effect.gen(function* () {
      const { jwks } = signerOf(1);
      const key = Result.getOrThrow(decode(jwks.keys[0]));
      assert.strictEqual(key.keyId, yield* thumbprint(key));
      assert.strictEqual(key.algorithm, "EdDSA");
      assert.notStrictEqual(signerOf(2).jwks.keys[0].kid, key.keyId);
    }).pipe(Effect.provide(Digest.layerWebCrypto)));

  it("make() copies the seed", () => {
    const seed = new Uint8Array(32);
    const signer = make(seed);
    const before = signer.sign(claims);
    seed.fill(1);
    assert.strictEqual(signer.sign(claims), before);
  });

  it("make() throws for a seed of another length", () => {
    assert.throws(() => make(new Uint8Array(31)), RangeError);
  });

  it.effect("sign() makes tokens that core's validator accepts under the test clock", () => {
    const signer = signerOf(1);
    return Effect.gen(function* () {
      const identified = yield* validated(signer.sign(claims));
      assert.strictEqual(identified.claims.subject, "ada");
      assert.strictEqual(yield* Clock.currentTimeMillis, 0);
      yield* TestClock.adjust("1 hour");
      const error = yield* Effect.flip(validated(signer.sign(claims)));
      assert.strictEqual("problem" in error && error.problem, "expiry");
    }).pipe(Effect.provide(seenBy(signer)));
  });

  it.effect("sign() makes tokens that the validator does not take from another key", () => {
    const signer = signerOf(1);
    return Effect.gen(function* () {
      const stranger = yield* Effect.flip(validated(signerOf(2).sign(claims)));
      assert.strictEqual("problem" in stranger && stranger.problem, "unknownKey");
      const [header, , signature] = signer.sign(claims).split(".");
      const [, payload] = signer.sign({ ...claims, sub: "eve" }).split(".");
      const forged = yield* Effect.flip(validated(`${header}.${payload}.${signature}`));
      assert.strictEqual("problem" in forged && forged.problem, "signature");
    }).pipe(Effect.provide(seenBy(signer)));
  });
});
