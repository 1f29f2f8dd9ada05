import { assert, describe, it } from "@effect/vitest";
import { Effect, Exit, Fiber } from "effect";
import { NodeServices } from "@effect/platform-node";
import type { Client } from "@bellhop/core/protocol/client";
import { codeLogin, type CodeLoginError } from "./code_login.ts";
import type { Profile } from "./profile.ts";
import { answered } from "./testdata/code_session.ts";
import { issuer, makeWorld, until, type World } from "./testdata/world.ts";

const code = "planted-code-7Tz";
const profile: Profile = { issuer, clientId: "tv", grant: "code", scope: ["read"], resource: [] };
const client: Client = {
  clientId: "tv",
  authentication: { method: "none" },
  server: {
    issuer,
    authorizationEndpoint: `${issuer}/authorize`,
    tokenEndpoint: `${issuer}/token`,
  },
};

/** Starts a login on a terminal, waits until its address is shown, and hands over to `act`. */
function scene<A>(
  noBrowser: boolean,
  act: (stage: {
    readonly world: World;
    readonly url: string;
    readonly fiber: Fiber.Fiber<unknown, CodeLoginError>;
  }) => Effect.Effect<A>,
) {
  return Effect.gen(function* () {
    const [world, layer] = makeWorld({ home: "/nowhere", isTerminal: true });
    world.answers.splice(0, 1, { access_token: "a", token_type: "bearer" });
    const login = Effect.provide(codeLogin({ client, profile, noBrowser }), layer);
    const fiber = yield* Effect.forkChild(login);
    yield* until(() => world.screen.includes("awaitingCallback"));
    const url = /https:\S+\/authorize\?\S+/.exec(world.screen)?.[0] ?? "";
    return yield* act({ world, url, fiber });
  }).pipe(Effect.provide(NodeServices.layer));
}

describe("codeLogin(), on a terminal", () => {
  it.effect("takes the address that is pasted, complains of any other, and shows neither", () =>
    scene(true, ({ world, url, fiber }) =>
      Effect.gen(function* () {
        assert.include(world.screen, "Open this page:");
        assert.include(world.screen, "paste it here");
        assert.match(world.screen, /awaitingCallback\.waiting · 10:00 left/);
        yield* world.type(`https://other.example.com/?code=${code}`);
        yield* world.press("return");
        yield* until(() => world.screen.includes("What was pasted does not begin with"));
        yield* world.type(answered(url, { state: "another", code }));
        yield* world.press("return");
        yield* until(() => world.screen.includes("the answer to another login"));
        yield* world.type(answered(url, { code }));
        yield* world.press("return");
        yield* until(() => fiber.pollUnsafe() !== undefined);
        assert.isTrue(Exit.isSuccess(yield* Fiber.await(fiber)));
        assert.deepStrictEqual([world.polls.length, world.opened], [1, []]);
        assert.notInclude(world.screen, code);
      })));

  it.effect("opens the browser, and ends with Ctrl-C", () =>
    scene(false, ({ world, url, fiber }) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(world.opened, [url]);
        assert.include(world.screen, "Opening your browser");
        assert.notInclude(world.screen, "paste it here");
        yield* world.press("c", true);
        yield* until(() => fiber.pollUnsafe() !== undefined);
        const exit = yield* Fiber.await(fiber);
        assert.isTrue(Exit.hasInterrupts(exit));
        assert.deepStrictEqual(world.polls, []);
      })));
});
