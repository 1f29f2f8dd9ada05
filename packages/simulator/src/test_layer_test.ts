import { assert, describe, it } from "@effect/vitest";
import { Effect, Redacted } from "effect";
import { TestClock } from "effect/testing";
import { open } from "@bellhop/core/session/session";
import { publicClient } from "./scenario/simulated_client.ts";
import { SimulatedServer } from "./server/simulated_server.ts";
import { layer, signIn } from "./test_layer.ts";

describe("layer()", () => {
  it.effect("renews a session under the test clock", () =>
    Effect.gen(function* () {
      const session = yield* open({ key: "work", client: publicClient });
      const first = yield* signIn();
      yield* session.signIn(first);
      yield* TestClock.adjust("9 minutes");
      yield* TestClock.adjust("2 minutes");
      const { accessToken } = yield* session.token();
      assert.notStrictEqual(Redacted.value(accessToken), Redacted.value(first.accessToken));
    }).pipe(Effect.scoped, Effect.provide(layer({ accessTokenSeconds: 600 }))));

  it.effect("gives each test a world of its own", () =>
    Effect.gen(function* () {
      const world = layer();
      const refreshes = Effect.map(SimulatedServer, ({ state }) => state.ordinal);
      yield* Effect.provide(signIn(), world);
      assert.strictEqual(yield* Effect.provide(refreshes, world), 0);
    }));
});

describe("signIn()", () => {
  it.effect("gives the tokens that were asked for", () =>
    Effect.gen(function* () {
      const { scope, refreshToken, expiresInSeconds } = yield* signIn({ scope: ["read"] });
      assert.deepStrictEqual(scope, ["read"]);
      assert.isDefined(refreshToken);
      assert.strictEqual(expiresInSeconds, 60);
    }).pipe(Effect.provide(layer({ accessTokenSeconds: 60 }))));

  it.effect("is a defect for a client that the server does not know", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(signIn({ clientId: "nobody" }));
      assert.match(String(exit), /refused/);
    }).pipe(Effect.provide(layer())));
});
