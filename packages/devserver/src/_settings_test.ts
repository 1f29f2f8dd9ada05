import { assert, describe, it } from "@effect/vitest";
import { Effect, Redacted } from "effect";
import { settingsOf } from "./_settings.ts";
import type { DevClient } from "./dev_client.ts";
import type { DevServerOptions } from "./dev_server_options.ts";

describe("settingsOf()", () => {
  it.effect("has a default for each option", () =>
    Effect.gen(function* () {
      const { clients, user, ...rest } = yield* settingsOf({});
      assert.strictEqual(user.sub, "ada");
      assert.strictEqual(clients.length, 6);
      assert.deepStrictEqual(rest, {
        port: 0,
        intervalSeconds: 5,
        deviceCodeSeconds: 600,
        authorizationCodeSeconds: 60,
        accessTokenSeconds: 3600,
        refreshTokenSeconds: 1_209_600,
        idTokenSeconds: 3600,
        rotateRefreshTokens: true,
        rotationGraceMillis: 0,
        refreshTokens: "always",
      });
    }));

  it.effect("replaces a built-in client by one of the same ID", () =>
    Effect.gen(function* () {
      const { clients } = yield* settingsOf({ clients: [client({ clientId: "bellhop-web" })] });
      const [found, ...more] = clients.filter(({ clientId }) => clientId === "bellhop-web");
      assert.strictEqual(found?.name, "Mine");
      assert.strictEqual(more.length, 0);
    }));

  const bad: ReadonlyArray<readonly [string, DevServerOptions]> = [
    ["port", { port: 65_536 }],
    ["port", { port: -1 }],
    ["port", { port: Number.NaN }],
    ["intervalSeconds", { intervalSeconds: -1 }],
    ["rotationGraceMillis", { rotationGraceMillis: Infinity }],
    ["accessTokenSeconds", { accessTokenSeconds: 0 }],
    ["deviceCodeSeconds", { deviceCodeSeconds: 1.5 }],
    ["clients", { clients: [client({ authentication: "client_secret_basic" })] }],
    ["clients", { clients: [client({ clientSecret: Redacted.make("s") })] }],
    ["clients", { clients: [client({ authentication: "private_key_jwt" })] }],
    ["clients", { clients: [client({ publicKeys: [{ kty: "EC" }] })] }],
    ["clients", {
      clients: [
        client({ authentication: "client_secret_jwt", clientSecret: Redacted.make("short") }),
      ],
    }],
  ];
  for (const [option, options] of bad) {
    it.effect(`refuses ${JSON.stringify(options)} and names "${option}"`, () =>
      Effect.gen(function* () {
        const { reason, hint } = yield* Effect.flip(settingsOf(options));
        assert.isTrue(reason._tag === "InvalidOption" && reason.option === option);
        assert.include(hint, option);
      }));
  }
});

function client(differing: Partial<DevClient>): DevClient {
  return {
    clientId: "mine",
    name: "Mine",
    authentication: "none",
    grantTypes: ["refresh_token"],
    redirectUris: [],
    ...differing,
  };
}
