import { assert, describe, it } from "@effect/vitest";
import { Cause, Effect, Exit, Fiber, FileSystem, Option, Redacted } from "effect";
import { TestClock, TestConsole } from "effect/testing";
import { NodeServices } from "@effect/platform-node";
import { fromTokens, type SessionRecord } from "@bellhop/core/session/session_record";
import { exitCodes } from "../exit_code.ts";
import type { AppError } from "../failure.ts";
import * as Profile from "../profile.ts";
import { exitCodeOf } from "../report.ts";
import { issuer, makeWorld, until, type World, type WorldOptions } from "../testdata/world.ts";
import { type LoginOptions, run } from "./login.ts";

const profile: Profile.Profile = { issuer, clientId: "tv", scope: ["read"], resource: [] };
const tokens = { access_token: "a", token_type: "bearer", expires_in: 3600 };

/** A login over a session that lives. */
interface Replacement {
  readonly granted: Readonly<Record<string, string>>;
  readonly noRevoke?: boolean;
  /** Whether the server of the session before has an endpoint for that. */
  readonly canRevoke?: boolean;
  readonly revoked: ReadonlyArray<string>;
  /** Nothing of it unless told. */
  readonly says?: RegExp;
}

function livingRecord(canRevoke: boolean): SessionRecord {
  const server = { issuer, ...(canRevoke ? { revocationEndpoint: `${issuer}/revoke` } : {}) };
  return fromTokens({ clientId: "tv", authentication: { method: "none" }, server }, {
    accessToken: Redacted.make("old-a"),
    tokenType: "Bearer",
    obtainedAtMillis: 0,
    refreshToken: Redacted.make("old-r"),
    scope: [],
  });
}

interface Scene extends Omit<WorldOptions, "home"> {
  readonly options?: Partial<LoginOptions>;
  readonly answers?: ReadonlyArray<unknown>;
}

/** Starts a login, waits until the code is shown, and hands over to `act`. */
function scene<A>(
  { options, answers, ...world }: Scene,
  act: (stage: {
    readonly world: World;
    readonly home: string;
    readonly fiber: Fiber.Fiber<unknown, AppError>;
    readonly lines: Effect.Effect<ReadonlyArray<Record<string, unknown>>>;
  }) => Effect.Effect<A, never, Profile.ProfileServices>,
) {
  return Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem;
    const home = yield* fs.makeTempDirectoryScoped();
    const [made, layer] = makeWorld({ home, ...world });
    if (answers !== undefined) made.answers.splice(0, 1, ...answers);
    const lines = Effect.map(
      TestConsole.logLines,
      (logged) => logged.map((line) => JSON.parse(String(line)) as Record<string, unknown>),
    );
    let shown = 0;
    const fiber = yield* Effect.forkChild(
      run({
        profile,
        ...options,
        onUserCode: () => Effect.sync(() => void shown++),
      }).pipe(Effect.provide(layer)),
    );
    yield* until(() => shown > 0);
    return yield* act({ world: made, home, fiber, lines });
  }).pipe(Effect.scoped, Effect.provide([NodeServices.layer, TestConsole.layer]));
}

describe("login", () => {
  it.effect("ends with 4 when the code's life is over, and not before", () =>
    scene(
      { isJson: true, expiresInSeconds: 12 },
      ({ fiber, world, lines }) =>
        Effect.gen(function* () {
          yield* TestClock.adjust(11_999);
          assert.isUndefined(fiber.pollUnsafe());
          yield* TestClock.adjust(1);
          const exit = yield* Fiber.await(fiber);
          assert.strictEqual(exitCodeOf(exit), exitCodes.timedOut);
          assert.strictEqual(world.polls.length, 2);
          assert.deepStrictEqual((yield* lines).map(({ type }) => type), [
            "state",
            "state",
            "user_code",
            "state",
            "state",
            "state",
            "state",
            "state",
          ]);
          assert.strictEqual(world.sessions.size, 0);
        }),
    ));

  it.effect("ends with 4 at --timeout", () =>
    scene({ options: { timeoutMillis: 7_000 } }, ({ fiber }) =>
      Effect.gen(function* () {
        yield* TestClock.adjust(6_999);
        assert.isUndefined(fiber.pollUnsafe());
        yield* TestClock.adjust(1);
        const exit = yield* Fiber.await(fiber);
        assert.strictEqual(exitCodeOf(exit), exitCodes.timedOut);
        assert.include(Exit.isFailure(exit) ? Cause.pretty(exit.cause) : "", "--timeout 7 s");
      })));

  it.effect("stores session and profile once the user agreed", () =>
    scene(
      { isJson: true, answers: [tokens] },
      ({ fiber, world, home, lines }) =>
        Effect.gen(function* () {
          assert.strictEqual(world.sessions.size, 0);
          yield* TestClock.adjust(5_250);
          yield* until(() => fiber.pollUnsafe() !== undefined);
          assert.strictEqual(exitCodeOf(yield* Fiber.await(fiber)), exitCodes.done);
          assert.deepStrictEqual((yield* lines).at(-1), {
            type: "authorized",
            profile: "work",
            scope: "read",
            expires_at: 3605,
          });
          assert.strictEqual(
            world.sessions.get("work")?.accessTokens[0]?.tokens.expiresInSeconds,
            3600,
          );
          const stored = yield* Effect.orDie(Profile.read(home, "work"));
          assert.deepStrictEqual(stored, Option.some(profile));
        }),
    ));

  for (
    const [what, replacement] of Object.entries(
      {
        "revokes the session that it replaces": {
          granted: { access_token: "a", refresh_token: "r" },
          revoked: ["refresh_token old-r", "access_token old-a"],
        },
        "revokes nothing of a family that is granted again": {
          granted: { access_token: "a", refresh_token: "old-r" },
          revoked: [],
        },
        "revokes nothing with --no-revoke": {
          granted: { access_token: "a", refresh_token: "r" },
          noRevoke: true,
          revoked: [],
        },
        "says so where the server has no endpoint for that": {
          granted: { access_token: "a", refresh_token: "r" },
          canRevoke: false,
          revoked: [],
          says: /The server could not be told.*revocation_endpoint/,
        },
      } satisfies Record<string, Replacement>,
    )
  ) {
    const { granted, noRevoke, canRevoke = true, revoked, says }: Replacement = replacement;
    it.effect(what, () =>
      scene(
        {
          answers: [{ ...granted, token_type: "bearer", expires_in: 3600 }],
          options: { noRevoke },
        },
        ({ fiber, world }) =>
          Effect.gen(function* () {
            world.sessions.set("work", livingRecord(canRevoke));
            yield* TestClock.adjust(5_250);
            yield* until(() => fiber.pollUnsafe() !== undefined);
            assert.strictEqual(exitCodeOf(yield* Fiber.await(fiber)), exitCodes.done);
            assert.deepStrictEqual(world.revoked, revoked);
            assert.match(world.screen, says ?? /^(?!.*could not be told)/s);
            const stored = world.sessions.get("work")?.accessTokens[0]?.tokens.accessToken;
            assert.strictEqual(stored && Redacted.value(stored), "a");
          }),
      ));
  }

  it.effect("stores nothing when the user says no", () =>
    scene(
      { answers: [{ error: "access_denied" }] },
      ({ fiber, world, home }) =>
        Effect.gen(function* () {
          yield* TestClock.adjust(5_250);
          assert.strictEqual(exitCodeOf(yield* Fiber.await(fiber)), exitCodes.denied);
          assert.strictEqual(world.sessions.size, 0);
          assert.isTrue(Option.isNone(yield* Effect.orDie(Profile.read(home, "work"))));
        }),
    ));

  it.effect("draws the state and both countdowns in one line, and wipes it at the end", () =>
    scene(
      { isTerminal: true, answers: [{ error: "slow_down" }, tokens] },
      ({ fiber, world }) =>
        Effect.gen(function* () {
          yield* until(() => world.screen.includes("asks again"));
          assert.include(world.screen, "W D J B - M J H T");
          assert.match(world.screen, /█▀|▀█/);
          const line = (text: string) => `${text} · code expires in`;
          assert.include(world.screen, line("awaitingUser.waiting · asks again in 6 s"));
          yield* TestClock.adjust(2_000);
          assert.include(world.screen, line("awaitingUser.waiting · asks again in 4 s"));
          yield* TestClock.adjust(3_250);
          yield* until(() => world.polls.length === 1);
          yield* TestClock.adjust(250);
          assert.include(world.screen, line("awaitingUser.waiting · asks again in 11 s"));
          yield* TestClock.adjust(11_000);
          yield* until(() => fiber.pollUnsafe() !== undefined);
          assert.include(world.screen, `\r\u001b[2KLogged in as profile "work" with read`);
        }),
    ));

  it.effect("opens the page when Enter is pressed, and goes on", () =>
    scene({ isTerminal: true }, ({ fiber, world }) =>
      Effect.gen(function* () {
        yield* until(() => world.screen.includes("Press Enter"));
        yield* world.press("x");
        yield* world.press("return");
        yield* until(() => world.opened.length > 0);
        assert.deepStrictEqual(world.opened, [`${issuer}/enter?c=WDJB-MJHT`]);
        assert.isUndefined(fiber.pollUnsafe());
        yield* Fiber.interrupt(fiber);
      })));

  it.effect("does not offer the browser with --no-browser", () =>
    scene(
      { isTerminal: true, options: { noBrowser: true } },
      ({ fiber, world }) =>
        Effect.gen(function* () {
          yield* until(() => world.screen.includes("asks again"));
          yield* world.press("return");
          yield* TestClock.adjust(1_000);
          assert.notInclude(world.screen, "Press Enter");
          assert.deepStrictEqual(world.opened, []);
          yield* Fiber.interrupt(fiber);
        }),
    ));

  it.effect("ends with 130 when Ctrl-C is a key", () =>
    scene({ isTerminal: true }, ({ fiber, world }) =>
      Effect.gen(function* () {
        yield* until(() => world.screen.includes("Press Enter"));
        yield* world.press("c", true);
        assert.strictEqual(exitCodeOf(yield* Fiber.await(fiber)), exitCodes.interrupted);
        assert.isTrue(world.screen.endsWith("\u001b[2K"));
      })));
});
