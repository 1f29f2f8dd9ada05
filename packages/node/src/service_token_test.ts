import { assert, describe, it } from "@effect/vitest";
import * as Discovery from "@bellhop/core/endpoint/discovery";
import { introspect } from "@bellhop/core/endpoint/introspection";
import * as ClientCredentials from "@bellhop/core/grant/client_credentials";
import * as DeviceAuthorization from "@bellhop/core/grant/device_authorization";
import * as RefreshToken from "@bellhop/core/grant/refresh_token";
import * as Client from "@bellhop/core/protocol/client";
import { DevServer } from "@bellhop/devserver/dev_server";
import * as Server from "@bellhop/devserver/dev_server";
import { Effect, Layer, Redacted } from "effect";
import { FetchHttpClient } from "effect/http";

const clientOf = Effect.fnUntraced(function* (clientId: string, clientSecret?: Redacted.Redacted) {
  const { issuer } = yield* DevServer;
  return yield* Client.make(yield* Discovery.discover(issuer), { clientId, clientSecret });
});
const secret = Redacted.make("bellhop-service-dev-secret");

describe("the grants without a user, at a real server", () => {
  const layer = Layer.merge(Server.layer({ intervalSeconds: 1 }), FetchHttpClient.layer);
  it.layer(layer, { excludeTestServices: true })((it) => {
    it.effect("a service gets a token, and is told that it is good", () =>
      Effect.gen(function* () {
        const client = yield* clientOf("bellhop-service", secret);
        const tokens = yield* ClientCredentials.authorize({ client, scope: ["api:read"] });
        assert.notProperty(tokens, "refreshToken");
        const said = yield* introspect(client, tokens.accessToken);
        assert.deepInclude(said, { active: true, clientId: "bellhop-service" });
        assert.deepStrictEqual(yield* introspect(client, Redacted.make("x")), { active: false });
      }));

    it.effect(
      "a login is renewed by rotating refresh tokens, and not by a used one",
      () =>
        Effect.gen(function* () {
          const server = yield* DevServer;
          const client = yield* clientOf("bellhop-cli");
          const login = yield* DeviceAuthorization.authorize({
            client,
            scope: ["openid", "offline_access", "api:read"],
            onUserCode: ({ userCode }) => Effect.orDie(server.approve(userCode)),
          });
          const first = login.refreshToken ?? Redacted.make("");
          const renewed = yield* RefreshToken.refresh({ client, refreshToken: first });
          const second = renewed.refreshToken ?? first;
          assert.notStrictEqual(Redacted.value(second), Redacted.value(first));
          const { scope } = yield* RefreshToken.refresh({
            client,
            refreshToken: second,
            scope: ["api:read"],
            grantedScope: login.scope,
          });
          assert.deepStrictEqual(scope, ["api:read"]);
          const error = yield* Effect.flip(RefreshToken.refresh({ client, refreshToken: first }));
          assert.strictEqual(error.reason._tag, "Refused");
          assert.include(error.message, "invalid_grant");
        }),
      20_000,
    );
  });
});
