import { assert, describe, it } from "@effect/vitest";
import { Effect, Layer, Redacted, Result } from "effect";
import { TestClock } from "effect/testing";
import { layer as cacheLayer } from "../endpoint/jwks_cache.ts";
import { answer, type Behaviour, scripted } from "../endpoint/testdata/scripted_client.ts";
import type { Client } from "../protocol/client.ts";
import { layer as crypto } from "../protocol/testdata/jose_crypto.ts";
import { makeSigner } from "../protocol/testdata/signer.ts";
import { tokenHash } from "../protocol/token_hash.ts";
import { claimsOf, userinfo, validator } from "./openid_connect.ts";

const client: Client = {
  clientId: "app",
  authentication: { method: "none" },
  server: {
    issuer: "https://op.example.com",
    jwksUri: "https://op.example.com/jwks",
    userinfoEndpoint: "https://op.example.com/userinfo",
  },
};
const nonce = Redacted.make("n-0S6_WzA2Mj");
const accessToken = Redacted.make("planted-access-token");
const tokens = { accessToken, tokenType: "Bearer", obtainedAtMillis: 0, scope: [] };
const claims = {
  iss: "https://op.example.com",
  sub: "ada",
  aud: "app",
  iat: 0,
  exp: 300,
  nonce: "n-0S6_WzA2Mj",
};

function keysFrom(...behaviours: ReadonlyArray<Behaviour>) {
  const { layer, sent } = scripted(...behaviours);
  return { sent, layer: cacheLayer().pipe(Layer.provide(layer)) };
}

describe("openid_connect", () => {
  it.effect("validator() identifies tokens by the server's keys, fetched once", () =>
    Effect.gen(function* () {
      const signer = yield* makeSigner();
      const { layer, sent } = keysFrom(answer(200, { keys: [signer.json] }));
      const validate = validator({ algorithm: "ES256" });
      const idToken = yield* signer.sign({
        ...claims,
        at_hash: yield* tokenHash(accessToken, "ES256"),
      });
      yield* Effect.gen(function* () {
        for (let login = 0; login < 3; login++) {
          const identified = yield* validate({ ...tokens, idToken }, { client, nonce });
          assert.strictEqual(identified.claims.subject, "ada");
          assert.strictEqual(identified.tokens.accessToken, accessToken);
        }
      }).pipe(Effect.provide(layer));
      assert.strictEqual(sent.length, 1);
    }).pipe(Effect.provide(crypto)));

  it.effect("validator() finds the key after a rotation", () =>
    Effect.gen(function* () {
      const [old, young] = [yield* makeSigner(), yield* makeSigner({ keyId: "two" })];
      const { layer } = keysFrom(
        answer(200, { keys: [old.json] }),
        answer(200, { keys: [old.json, young.json] }),
      );
      const validate = validator({ algorithm: "ES256" });
      yield* Effect.gen(function* () {
        for (const signer of [old, young]) {
          const idToken = yield* signer.sign(claims);
          yield* validate({ ...tokens, idToken }, { client, nonce });
          yield* TestClock.adjust("1 minute");
        }
        const stranger = yield* makeSigner({ keyId: "three" });
        const idToken = yield* stranger.sign(claims);
        const error = yield* Effect.flip(validate({ ...tokens, idToken }, { client, nonce }));
        assert.strictEqual("problem" in error && error.problem, "unknownKey");
      }).pipe(Effect.provide(layer));
    }).pipe(Effect.provide(crypto)));

  it.effect("validator() passes on what was sent, and what came along", () =>
    Effect.gen(function* () {
      const signer = yield* makeSigner();
      const { layer } = keysFrom(answer(200, { keys: [signer.json] }));
      const idToken = yield* signer.sign({ ...claims, at_hash: "AAAA" });
      const plain = yield* signer.sign(claims);
      const validate = validator({ algorithm: "ES256" });
      const problemOf = (...args: Parameters<typeof validate>) =>
        Effect.map(Effect.flip(validate(...args)), (error) => "problem" in error && error.problem);
      yield* Effect.gen(function* () {
        const all = { ...tokens, idToken: plain };
        assert.strictEqual(yield* problemOf(tokens, { client, nonce }), "missing");
        assert.strictEqual(yield* problemOf(all, { client, nonce: Redacted.make("x") }), "nonce");
        assert.strictEqual(yield* problemOf(all, { client }), "nonce");
        assert.strictEqual(yield* problemOf(all, { client, nonce, maxAgeSeconds: 9 }), "authTime");
        assert.strictEqual(yield* problemOf(all, { client, nonce, acrValues: ["1"] }), "acr");
        const other = { ...client, clientId: "other" };
        assert.strictEqual(yield* problemOf(all, { client: other, nonce }), "audience");
        const bound = { ...tokens, idToken };
        assert.strictEqual(yield* problemOf(bound, { client, nonce }), "accessTokenHash");
      }).pipe(Effect.provide(layer));
    }).pipe(Effect.provide(crypto)));

  it.effect("validator() tells of keys that do not come", () =>
    Effect.gen(function* () {
      const signer = yield* makeSigner();
      const idToken = yield* signer.sign(claims);
      const validate = validator({ algorithm: "ES256" });
      const error = yield* Effect.flip(validate({ ...tokens, idToken }, { client, nonce })).pipe(
        Effect.provide(keysFrom(answer(503)).layer),
      );
      assert.strictEqual(error._tag === "EndpointError" && error.reason._tag, "Unavailable");
    }).pipe(Effect.provide(crypto)));

  it.effect("validator() renews claims by the rules of a refresh", () =>
    Effect.gen(function* () {
      const signer = yield* makeSigner();
      const { layer } = keysFrom(answer(200, { keys: [signer.json] }));
      const validate = validator({ algorithm: "ES256" });
      yield* Effect.gen(function* () {
        const idToken = yield* signer.sign(claims);
        const first = yield* validate({ ...tokens, idToken }, { client, nonce });
        const renew = Effect.fnUntraced(function* (members: Record<string, unknown>) {
          const { nonce: _, ...rest } = claims;
          const renewed = yield* signer.sign({ ...rest, ...members });
          const expected = { client, previous: first.claims };
          return yield* validate({ ...tokens, idToken: renewed }, expected);
        });
        assert.strictEqual((yield* renew({})).claims.subject, "ada");
        const error = yield* Effect.flip(renew({ sub: "grace" }));
        assert.strictEqual("problem" in error && error.problem, "subject");
      }).pipe(Effect.provide(layer));
    }).pipe(Effect.provide(crypto)));

  it.effect("claimsOf() reads what a session holds, long after it expired", () =>
    Effect.gen(function* () {
      const signer = yield* makeSigner();
      const idToken = yield* signer.sign(claims);
      yield* TestClock.adjust("10 days");
      assert.strictEqual(Result.getOrThrow(claimsOf({ ...tokens, idToken })).subject, "ada");
      assert.strictEqual(Result.getOrThrow(Result.flip(claimsOf({}))).problem, "missing");
    }).pipe(Effect.provide(crypto)));

  it.effect("userinfo() refuses claims about another user", () =>
    Effect.gen(function* () {
      const asking = (sub: string) =>
        userinfo(client, { accessToken, subject: "ada" }).pipe(
          Effect.provide(scripted(answer(200, { sub })).layer),
        );
      assert.strictEqual((yield* asking("ada")).subject, "ada");
      assert.strictEqual((yield* Effect.flip(asking("grace"))).reason._tag, "Malformed");
    }));
});
