import { assert, describe, it } from "@effect/vitest";
import { Effect, Exit, Redacted, Stream } from "effect";
import { HttpClient } from "effect/http";
import * as SessionClient from "@bellhop/core/http/session_client";
import { open, type Session } from "@bellhop/core/session/session";
import { Absent, SessionError } from "@bellhop/core/session/session_error";
import type { TokenSet } from "@bellhop/core/protocol/token_set";
import { run, type RunOptions } from "../simulation/simulation.ts";
import { secretOf } from "../server/secret.ts";
import { exitIn, small } from "../world/testdata/exit_in.ts";
import { make } from "./program.ts";
import { apiUrl, publicClient } from "./simulated_client.ts";
import { watched } from "./watched_session.ts";

const tokens: TokenSet = {
  accessToken: Redacted.make(secretOf("at", 4)),
  tokenType: "Bearer",
  scope: [],
  obtainedAtMillis: 0,
};

const absent = new SessionError({ reason: new Absent({ key: "reports" }) });

/** Has a token, and cannot do anything else. */
const held: Session = {
  key: "reports",
  token: () => Exit.succeed(tokens),
  replace: () => Exit.succeed(tokens),
  signIn: () => Effect.fail(absent),
  revoke: () => Effect.fail(absent),
  introspect: () => Effect.fail(absent),
  state: Effect.succeed({ name: "fresh", path: "fresh", atMillis: 0, version: 1 }),
  changes: Stream.empty,
};

/** What is told of a question, and what comes of it. */
function asked<A, E>(question: (session: Session) => Effect.Effect<A, E>) {
  const { world, process } = small();
  const exit = exitIn([world, process], question(watched(process, held)));
  return {
    exit,
    told: world.events.slice(1).map((event) => [
      event.type,
      "what" in event && event.what,
      "key" in event && event.key,
      "accessToken" in event && event.accessToken,
    ]),
  };
}

const once: Omit<RunOptions, "scenario" | "seed"> = { processes: 2, faults: "none" };

describe("watched()", () => {
  it("tells who asks for what, and answers as the session does", () => {
    const { exit, told } = asked((session) => session.token());
    assert.deepStrictEqual(exit, Exit.succeed(tokens));
    assert.deepStrictEqual(told, [
      ["caller.asked", "token", "reports", false],
      ["caller.got", "token", "reports", 4],
    ]);
    const refused = asked((session) => session.revoke());
    assert.deepStrictEqual(refused.exit, Exit.fail(absent));
    assert.deepStrictEqual(refused.told[1], ["caller.failed", "sign out", "reports", false]);
  });

  it("tells a token that not every caller would be given from one that is", () => {
    const words = [{}, { scope: ["read", "list"] }, { minTtlMillis: 5, resource: ["urn:a"] }].map(
      (options) => asked((session) => session.token(options)).told[0]?.[1],
    );
    assert.deepStrictEqual(words, [
      "token",
      'token of scope "read list"',
      "token for urn:a that lives 5 ms",
    ]);
  });

  it("does not call a token good that came in the place of a refused one", () => {
    const { exit, told } = asked((session) => session.replace(tokens.accessToken));
    assert.deepStrictEqual(exit, Exit.succeed(tokens));
    assert.deepStrictEqual(told[1], ["caller.got", "replace", "reports", false]);
  });

  it("shows a program that keeps a token longer than that lives", () => {
    const scenario = make({
      name: "hoarders",
      signedIn: ["reports"],
      server: { accessTokenSeconds: 60 },
      start: (process) =>
        Effect.gen(function* () {
          const session = watched(process, yield* open({ key: "reports", client: publicClient }));
          let kept: ReturnType<Session["token"]> | undefined;
          const keep = Effect.suspend(() => kept ??= session.token());
          return { keep: Effect.andThen(Effect.suspend(() => session.token()), keep) };
        }),
    });
    const violations = [1, 2, 3].map((seed) => run({ ...once, scenario, seed }).violation);
    const violation = violations.find((each) => each !== undefined);
    assert.strictEqual(violation?.invariant, "noDeadToken");
    assert.match(violation?.detail ?? "", /which had expired by its own clock/);
  });

  it("shows callers of a program that does as it should, and violates nothing", () => {
    const scenario = make({
      name: "reports",
      signedIn: ["reports"],
      start: (process) =>
        Effect.gen(function* () {
          const opened = yield* open({ key: "reports", client: publicClient });
          const session = watched(process, opened);
          const origins = [new URL(apiUrl).origin];
          const http = yield* HttpClient.HttpClient;
          const api = yield* SessionClient.make(http, session, { origins });
          const token = Effect.suspend(() => session.token());
          return {
            token,
            call: Effect.scoped(Effect.timeout(api.get(apiUrl), "30 seconds")),
            hasty: Effect.timeout(token, "1 second"),
            undecided: Effect.race(token, Effect.yieldNow),
            replace: Effect.flatMap(token, ({ accessToken }) => session.replace(accessToken)),
            "sign out": Effect.suspend(() => session.revoke()),
          };
        }),
    });
    const whats = new Set<string>();
    for (let seed = 1; seed <= 20; seed++) {
      const { violation, events } = run({ scenario, seed });
      assert.isUndefined(violation, `seed ${seed}`);
      for (const event of events) if (event.type === "caller.got") whats.add(event.what);
    }
    assert.deepStrictEqual([...whats].toSorted(), ["replace", "sign out", "token"]);
  }, 60_000);
});
