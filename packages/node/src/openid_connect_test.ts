import { assert, describe, it } from "@effect/vitest";
import * as Discovery from "@bellhop/core/endpoint/discovery";
import * as JwksCache from "@bellhop/core/endpoint/jwks_cache";
import * as DeviceAuthorization from "@bellhop/core/grant/device_authorization";
import { claimsOf, userinfo, validator } from "@bellhop/core/grant/openid_connect";
import * as RefreshToken from "@bellhop/core/grant/refresh_token";
import * as Client from "@bellhop/core/protocol/client";
import { DevServer } from "@bellhop/devserver/dev_server";
import * as Server from "@bellhop/devserver/dev_server";
import { Effect, Layer, Redacted, Result } from "effect";
import { Digest, Mac, SecureRandom, Signature } from "effect/crypto";
import { FetchHttpClient } from "effect/http";

const crypto = Layer.mergeAll(
  Digest.layerWebCrypto,
  Layer.mergeAll(Mac.layerWebCrypto, Signature.layerWebCrypto).pipe(
    Layer.provide(SecureRandom.layerWebCrypto),
  ),
);
const layer = Layer.mergeAll(
  Server.layer({ intervalSeconds: 1 }),
  JwksCache.layer().pipe(Layer.provideMerge(FetchHttpClient.layer)),
  crypto,
);

const login = Effect.gen(function* () {
  const server = yield* DevServer;
  const metadata = yield* Discovery.discover(server.issuer);
  const client = yield* Client.make(metadata, { clientId: "bellhop-cli" });
  const tokens = yield* DeviceAuthorization.authorize({
    client,
    scope: ["openid", "profile", "offline_access"],
    onUserCode: ({ userCode }) => Effect.orDie(server.approve(userCode)),
  });
  return { client, server, tokens };
});
const validate = validator();

describe("OpenID Connect, at a real server", () => {
  it.layer(layer, { excludeTestServices: true })((it) => {
    it.effect(
      "a login tells who it was, and the keys are fetched once",
      () =>
        Effect.gen(function* () {
          const { client, server, tokens } = yield* login;
          const { claims } = yield* validate(tokens, { client });
          assert.strictEqual(claims.subject, "ada");
          assert.strictEqual(claims.issuer, server.issuer);
          yield* validate(tokens, { client });
          const paths = (yield* server.requests).map(({ path }) => path);
          assert.strictEqual(paths.filter((path) => path === "/jwks").length, 1);
          assert.strictEqual(Result.getOrThrow(claimsOf(tokens)).subject, "ada");
        }),
      20_000,
    );

    it.effect(
      "userinfo knows the same user, and nobody without a token",
      () =>
        Effect.gen(function* () {
          const { client, tokens } = yield* login;
          const { claims: { subject } } = yield* validate(tokens, { client });
          const { accessToken } = tokens;
          const { members } = yield* userinfo(client, { accessToken, subject });
          assert.strictEqual(members["name"], "Ada Lovelace");
          const other = yield* Effect.flip(userinfo(client, { accessToken, subject: "grace" }));
          assert.strictEqual(other.reason._tag, "Malformed");
          const expired = { accessToken: Redacted.make("expired"), subject };
          const refused = yield* Effect.flip(userinfo(client, expired));
          assert.strictEqual(refused.reason._tag, "Rejected");
        }),
      20_000,
    );

    it.effect("a renewed login is of the same user", () =>
      Effect.gen(function* () {
        const { client, tokens } = yield* login;
        const { claims } = yield* validate(tokens, { client });
        const refreshToken = tokens.refreshToken ?? Redacted.make("");
        const renewed = yield* RefreshToken.refresh({ client, refreshToken });
        const again = yield* validate(renewed, { client, previous: claims });
        assert.strictEqual(again.claims.subject, claims.subject);
      }), 20_000);

    it.effect(
      "an ID token for another client, or of another algorithm, is refused",
      () =>
        Effect.gen(function* () {
          const { client, tokens } = yield* login;
          const other = { ...client, clientId: "other" };
          const foreign = yield* Effect.flip(validate(tokens, { client: other }));
          assert.strictEqual("problem" in foreign && foreign.problem, "audience");
          const strict = validator({ algorithm: "ES256" });
          const unregistered = yield* Effect.flip(strict(tokens, { client }));
          assert.strictEqual("problem" in unregistered && unregistered.problem, "algorithm");
        }),
      20_000,
    );
  });
});
