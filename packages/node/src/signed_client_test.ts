import { assert, describe, it } from "@effect/vitest";
import * as Discovery from "@bellhop/core/endpoint/discovery";
import { introspect } from "@bellhop/core/endpoint/introspection";
import { revoke } from "@bellhop/core/endpoint/revocation";
import * as ClientCredentials from "@bellhop/core/grant/client_credentials";
import * as Client from "@bellhop/core/protocol/client";
import { serviceKey } from "@bellhop/devserver/dev_client";
import { DevServer } from "@bellhop/devserver/dev_server";
import * as Server from "@bellhop/devserver/dev_server";
import { Effect, Layer, Redacted } from "effect";
import { KeyFormat, Mac, SecureRandom, Signature } from "effect/crypto";
import { FetchHttpClient } from "effect/http";

const byKey = { clientId: "bellhop-service-key", key: serviceKey() };
const bySecret = {
  clientId: "bellhop-service-secret-jwt",
  clientSecret: Redacted.make("bellhop-service-secret-jwt-dev-secret"),
  method: "client_secret_jwt",
} as const;

const crypto = Layer.merge(Mac.layerWebCrypto, Signature.layerWebCrypto).pipe(
  Layer.provideMerge(SecureRandom.layerWebCrypto),
);

/** Needs crypto for making the client, and for nothing after. */
const clientOf = Effect.fnUntraced(function* (options: Client.AnyClientOptions) {
  const { issuer } = yield* DevServer;
  const server = yield* Discovery.discover(issuer);
  return yield* Effect.provide(Client.make(server, options), crypto);
});

const otherKey = Effect.gen(function* () {
  const signature = yield* Signature.Signature;
  const { privateKey } = yield* signature.generateKeyPair(Signature.ecdsaP256);
  const jwk = yield* KeyFormat.encode(KeyFormat.jwk, privateKey);
  return { ...jwk, alg: "ES256", kid: "bellhop-service-key-1" };
}).pipe(Effect.provide(crypto));

describe("clients that sign, at a real server", () => {
  it.layer(Layer.merge(Server.layer(), FetchHttpClient.layer), { excludeTestServices: true })(
    (it) => {
      for (const options of [byKey, bySecret]) {
        it.effect(`${options.clientId} gets a token, asks about it and revokes it`, () =>
          Effect.gen(function* () {
            const client = yield* clientOf(options);
            const { accessToken } = yield* ClientCredentials.authorize({
              client,
              scope: ["api:read"],
            });
            const said = yield* introspect(client, accessToken);
            assert.deepInclude(said, { active: true, clientId: options.clientId });
            yield* revoke(client, accessToken);
            assert.deepStrictEqual(yield* introspect(client, accessToken), { active: false });
          }));
      }

      it.effect("the server lists both methods, and an algorithm for each", () =>
        Effect.gen(function* () {
          const { server } = yield* clientOf(byKey);
          const methods = server.tokenEndpointAuthMethodsSupported;
          assert.includeMembers([...methods ?? []], ["private_key_jwt", "client_secret_jwt"]);
          const algorithms = server.tokenEndpointAuthSigningAlgValuesSupported;
          assert.includeMembers([...algorithms ?? []], ["ES256", "HS256"]);
        }));

      const wrong: Readonly<Record<string, Effect.Effect<Client.AnyClientOptions, unknown>>> = {
        "another key": Effect.map(otherKey, (key) => ({ clientId: byKey.clientId, key })),
        "a key that the server does not know by that name": Effect.succeed({
          ...byKey,
          keyId: "other",
        }),
        "another secret": Effect.succeed({
          ...bySecret,
          clientSecret: Redacted.make("another-secret-of-at-least-32-bytes"),
        }),
        "the identifier of another client": Effect.succeed({
          ...byKey,
          clientId: "bellhop-service",
        }),
      };
      for (const [name, options] of Object.entries(wrong)) {
        it.effect(`${name} is an invalid_client, with a hint and nothing of the key`, () =>
          Effect.gen(function* () {
            const client = yield* clientOf(yield* options);
            const error = yield* Effect.flip(introspect(client, Redacted.make("x")));
            assert.strictEqual(error.reason._tag, "Rejected");
            assert.deepInclude(error.reason, { code: "invalid_client", status: 401 });
            assert.include(error.hint, "authentication");
            const grant = yield* Effect.flip(ClientCredentials.authorize({ client }));
            assert.include(grant.message, "invalid_client");
            const shown = JSON.stringify([error, grant]) + error.stack + grant.stack;
            assert.notMatch(shown, /eyJ|EPduR44W|dev-secret|another-secret/);
          }));
      }

      it.effect("an assertion for another server is refused", () =>
        Effect.gen(function* () {
          const client = yield* clientOf(byKey);
          const issuer = "https://as.example.com";
          const elsewhere = { ...client, server: { ...client.server, issuer } };
          const error = yield* Effect.flip(introspect(elsewhere, Redacted.make("x")));
          assert.deepInclude(error.reason, { _tag: "Rejected", code: "invalid_client" });
        }));

      it.effect(
        "a request that is sent again after a lost answer has an assertion of its own",
        () =>
          Effect.gen(function* () {
            const server = yield* DevServer;
            const client = yield* clientOf(byKey);
            yield* server.fault({ endpoint: "token", kind: "drop-response" });
            const { tokenType } = yield* ClientCredentials.authorize({ client });
            assert.strictEqual(tokenType, "Bearer");
            const paths = (yield* server.requests).map(({ path }) => path);
            assert.deepStrictEqual(paths.slice(-2), ["/token", "/token"]);
          }),
        20_000,
      );

      it.effect("an assertion that is used twice is refused: each request needs its own", () =>
        Effect.gen(function* () {
          const client = yield* clientOf(byKey);
          const { authentication, server } = client;
          assert.ok("assertion" in authentication);
          const once = yield* authentication.assertion(server.issuer);
          const assertion = () => Effect.succeed(once);
          const replaying = { ...client, authentication: { ...authentication, assertion } };
          yield* introspect(replaying, Redacted.make("x"));
          const error = yield* Effect.flip(introspect(replaying, Redacted.make("x")));
          assert.deepInclude(error.reason, { _tag: "Rejected", code: "invalid_client" });
        }));
    },
  );
});
