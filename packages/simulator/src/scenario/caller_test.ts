import { assert, describe, it } from "@effect/vitest";
import { Cause, Effect, Exit, Redacted } from "effect";
import type { TokenSet } from "@bellhop/core/protocol/token_set";
import { secretOf } from "../server/secret.ts";
import { exitIn } from "../world/testdata/exit_in.ts";
import { World } from "../world/world.ts";
import { ask, tell } from "./caller.ts";

type Question = Effect.Effect<TokenSet | void, { readonly _tag: string }>;

function told(question: Question) {
  const world = new World({ seed: 1, startMillis: 0 });
  const process = world.start({ machine: 0, incarnation: 0, clockOffsetMillis: 500 });
  const exit = exitIn([world, process], ask(process, "token", () => question), 5_000);
  return { exit, events: world.events.slice(1) };
}

const tokens: TokenSet = {
  accessToken: Redacted.make(secretOf("at", 4)),
  tokenType: "Bearer",
  scope: [],
  expiresInSeconds: 60,
  obtainedAtMillis: 1_000,
};

describe("ask()", () => {
  it("tells of the question, and of the token by its ordinal", () => {
    const { exit, events } = told(Effect.as(Effect.sleep(100), tokens));
    assert.deepStrictEqual(exit, Exit.void);
    const same = { process: "p0.0", call: 1, what: "token" };
    assert.deepStrictEqual(events, [
      { seq: 1, at: 0, type: "caller.asked", clockMillis: 500, ...same },
      {
        seq: 2,
        at: 100,
        type: "caller.got",
        clockMillis: 600,
        accessToken: 4,
        expiresAtMillis: 61_000,
        ...same,
      },
    ]);
  });

  it("tells of an answer without a token, or with one for ever or of another server", () => {
    const { expiresInSeconds: _, ...endless } = tokens;
    const foreign = { ...endless, accessToken: Redacted.make("another") };
    for (
      const [answer, ordinal] of [[undefined, undefined], [endless, 4], [
        foreign,
        undefined,
      ]] as const
    ) {
      const [, got] = told(Effect.succeed(answer)).events;
      assert.isTrue(got?.type === "caller.got");
      assert.deepStrictEqual(
        got?.type === "caller.got" && [got.accessToken, got.expiresAtMillis],
        [ordinal, undefined],
      );
    }
  });

  it("tells of a failure by its tag and that of its reason, and does not fail", () => {
    const withReason = { _tag: "SessionError", reason: { _tag: "Absent" } };
    for (
      const [error, reason] of [
        [{ _tag: "TimeoutError" }, "TimeoutError"],
        [withReason, "SessionError.Absent"],
      ] as const
    ) {
      const { exit, events } = told(Effect.fail(error));
      assert.deepStrictEqual(exit, Exit.void);
      assert.deepInclude(events[1], { type: "caller.failed", reason });
    }
  });

  it("looks for secrets anywhere in an error, and tells none", () => {
    const secret = secretOf("rt", 5);
    const reason = { _tag: "Refused", cause: new Error("no", { cause: new Error(secret) }) };
    const held = told(Effect.fail({ _tag: "SessionError", reason })).events[1];
    assert.deepInclude(held, { reason: "SessionError.Refused", holdsSecret: true });
    assert.notInclude(JSON.stringify(held), secret);
    const redacted = { _tag: "SessionError", token: Redacted.make(secret) };
    assert.notProperty(told(Effect.fail(redacted)).events[1], "holdsSecret");
  });

  it("tells of a defect, and dies of it", () => {
    const { exit, events } = told(Effect.die("broken"));
    assert.deepInclude(events[1], { type: "caller.failed", reason: "defect" });
    assert.isTrue(exit !== undefined && Exit.isFailure(exit) && Cause.hasDies(exit.cause));
  });

  it("tells that a question was interrupted", () => {
    const { events } = told(Effect.interrupt);
    assert.deepInclude(events[1], { type: "caller.failed", reason: "interrupted" });
  });
});

describe("tell()", () => {
  function small() {
    const world = new World({ seed: 1, startMillis: 0 });
    return { world, process: world.start({ machine: 0, incarnation: 0 }) };
  }

  it("hands on what comes, and names the session", () => {
    const told = { process: "p0.0", call: 1, what: "token", key: "home" };
    for (
      const [exit, answer] of [
        [Exit.succeed(5), { type: "caller.got" }],
        [Exit.fail({ _tag: "Absent" }), { type: "caller.failed", reason: "Absent" }],
        [Exit.die("broken"), { type: "caller.failed", reason: "defect" }],
      ] as const
    ) {
      const { world, process } = small();
      const asking = tell(process, { what: "token", key: "home" }, exit);
      assert.deepStrictEqual(exitIn([world, process], asking), exit);
      const [, asked, answered] = world.events;
      assert.deepInclude(asked, { type: "caller.asked", ...told });
      assert.deepInclude(answered, { ...told, ...answer });
    }
  });

  it("tells of a token only where it is told which", () => {
    const { world, process } = small();
    const asking = { what: "token" };
    exitIn([world, process], tell(process, asking, Exit.succeed(tokens)));
    exitIn(
      [world, process],
      tell(process, { ...asking, tokensOf: ({ held }) => held }, Exit.succeed({ held: tokens })),
    );
    const got = world.events.flatMap((event) => event.type === "caller.got" ? [event] : []);
    assert.deepStrictEqual(got.map(({ accessToken }) => accessToken), [undefined, 4]);
  });

  it("tells when the asker is interrupted", () => {
    const { world, process } = small();
    const asking = tell(process, { what: "token" }, Effect.never);
    exitIn([world, process], Effect.timeoutOption(asking, 1_000));
    const failed = world.events.at(-1);
    assert.deepInclude(failed, { at: 1_000, type: "caller.failed", reason: "interrupted" });
  });
});
