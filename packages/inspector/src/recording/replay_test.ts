import { assert, describe, it } from "@effect/vitest";
import { Effect, Result } from "effect";
import { assign, setup } from "xstate";
import { mixed } from "@bellhop/simulator/scenario/mixed";
import { run } from "@bellhop/simulator/simulation/simulation";
import { write } from "@bellhop/simulator/simulation/recording";
import { read } from "./read.ts";
import type { ObservedLine } from "./recorded.ts";
import { replay } from "./replay.ts";
import { recorded } from "./testdata/program.ts";
import { type Line, timelineOf } from "./timeline.ts";

const linesOf = (text: string) => Result.getOrThrow(read(text)).lines;

type Json = Record<string, unknown>;

/** The same recording, one transition of it changed. */
function changed(
  lines: ReadonlyArray<Line>,
  pick: (observation: Json) => boolean,
  change: Json,
): ReadonlyArray<Line> {
  const index = lines.findIndex((line) =>
    line.type === "observed" && pick((line as ObservedLine).observation as unknown as Json)
  );
  return lines.map((line, at) =>
    at === index
      ? { ...line, observation: { ...(line as Json)["observation"] as Json, ...change } }
      : line
  ) as ReadonlyArray<Line>;
}

/** What a token request remembers when it begins. */
const atFirst = {
  issuer: "https://as.example.com",
  clientId: "cli",
  requestLimitMillis: 30_000,
  retryForMillis: 60_000,
  isPatient: true,
  backoffMillis: 1_000,
  waitMillis: 0,
};

describe("replay()", () => {
  it.effect("comes to the same states as a program did", () =>
    Effect.gen(function* () {
      const { done, text } = yield* recorded;
      assert.deepStrictEqual(done, {
        logins: ["ok", "Denied", "Expired"],
        own: ["Success", "Success", "Success", "Success"],
        subject: "person-1",
      });
      const timeline = timelineOf(linesOf(text));
      const { flows, steps, skipped, mismatches, unreplayed } = replay(timeline);
      assert.deepStrictEqual({ skipped, mismatches, unreplayed }, {
        skipped: 0,
        mismatches: [],
        unreplayed: [],
      });
      assert.strictEqual(flows, timeline.flows.size);
      assert.isAbove(steps, 60);
      const taken = new Set(
        [...timeline.flows.values()].flatMap((flow) => flow.steps)
          .map(({ event }) => event),
      );
      for (
        const event of [
          "slow_down",
          "unavailable",
          "unreachable",
          "after lifetime",
          "callback",
          "other_state",
          "valid",
          "unanswered",
          "refused",
          "revoked",
        ]
      ) assert.isTrue(taken.has(event), event);
    }));

  it("comes to the same states as 20 worlds did in chaos", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const timeline = timelineOf(linesOf(write(run({ seed, scenario: mixed }), "mixed")));
      const { steps, mismatches, unreplayed, skipped } = replay(timeline);
      assert.deepStrictEqual([skipped, mismatches, unreplayed], [0, [], []], `seed ${seed}`);
      assert.isAbove(steps, 20);
    }
  }, 120_000);

  it.effect("finds out what was changed by hand", () =>
    Effect.gen(function* () {
      const lines = linesOf((yield* recorded).text);
      const problems = (pick: (observation: Json) => boolean, change: Json) =>
        replay(timelineOf(changed(lines, pick, change))).mismatches.map(({ problem }) => problem);
      const isMove = (event: string) => (each: Json) =>
        each["type"] === "flow.transition" && each["event"] === event;
      assert.include(
        problems(isMove("slow_down"), { event: "authorization_pending" }),
        "otherContext",
      );
      assert.include(problems(isMove("slow_down"), { to: "denied" }), "otherState");
      assert.include(problems(isMove("slow_down"), { from: "authorized" }), "gap");
      assert.include(problems(isMove("token"), { event: "made_up" }), "otherState");
      assert.include(problems(isMove("device_code"), { data: {} }), "impossible");
      assert.include(problems(isMove("slow_down"), { context: { waitMillis: 1 } }), "otherContext");
      const isStart = (each: Json) => each["type"] === "flow.started";
      assert.include(problems(isStart, { path: "nowhere" }), "impossible");
      assert.deepStrictEqual(problems(isStart, { path: "denied" })[0], "otherState");
      assert.deepStrictEqual(problems(isStart, { path: "denied", resumed: true })[0], "gap");
      const isEnd = (each: Json) => each["type"] === "flow.ended" && each["outcome"] === "done";
      assert.deepStrictEqual(problems(isEnd, { path: "granted" }), ["gap"]);
    }));

  it.effect("tells which members the chart remembers otherwise, without their secrets", () =>
    Effect.gen(function* () {
      const lines = linesOf((yield* recorded).text);
      const changes = (event: string, change: (context: Json) => Json) => {
        const isMove = (each: Json) => each["event"] === event;
        const context = lines.flatMap((line) => {
          const observation = (line as Json)["observation"] as Json | undefined;
          return observation !== undefined && isMove(observation) ? [observation["context"]] : [];
        })[0] as Json;
        const [first] = replay(timelineOf(changed(lines, isMove, { context: change(context) })))
          .mismatches;
        return [first?.problem, first?.changes];
      };
      assert.deepStrictEqual(
        changes("device_code", (context) => ({
          ...context,
          intervalMillis: undefined,
          userCode: "MADE-UP",
          deviceCode: "planted-code",
          verifier: "planted-verifier",
        })),
        ["otherContext", [
          { member: "userCode", recorded: "MADE-UP", replayed: "BQPK-KZGK" },
          { member: "verifier", recorded: "<redacted>", replayed: undefined },
          { member: "intervalMillis", recorded: undefined, replayed: 5_000 },
        ]],
      );
    }));

  it("compares how a flow begins with how its chart does", () => {
    const begun = (path: string, context: unknown) => {
      const started = { type: "flow.started", chart: "jwtBearer", chartVersion: "1", path };
      const step = { flowId: "a", seq: 0, at: 0, resumed: false, context };
      const line = { seq: 0, at: 0, type: "observed", observation: { ...step, ...started } };
      const { mismatches } = replay(timelineOf([line]));
      return mismatches.map(({ problem, event, reached, changes }) =>
        changes ?? [problem, event, reached]
      );
    };
    assert.deepStrictEqual(begun("trying.requesting", atFirst), []);
    assert.deepStrictEqual(begun("trying.requesting", { ...atFirst, clientId: "tv" }), []);
    assert.deepStrictEqual(begun("trying.backingOff", atFirst), [
      ["otherState", "start", "trying.requesting"],
    ]);
    assert.deepStrictEqual(begun("trying.requesting", { ...atFirst, isPatient: false }), [
      [{ member: "isPatient", recorded: false, replayed: true }],
    ]);
  });

  it("lets a flow begin with whatever its chart may make of an input", () => {
    const chart = setup({
      types: {
        input: {} as { readonly from?: number; readonly names: ReadonlyArray<string> },
        context: {} as { readonly left: number; readonly isMany: boolean; readonly turns: number },
      },
      actions: { count: assign(({ context }) => ({ turns: context.turns + 1 })) },
    }).createMachine({
      id: "counting",
      version: "1",
      context: ({ input }) => ({
        left: input.from ?? 3,
        isMany: input.names.map((name) => name.length).length > 1,
        turns: 0,
      }),
      initial: "deciding",
      states: {
        deciding: { always: [{ guard: ({ context }) => context.isMany, target: "many" }, "few"] },
        many: { entry: "count" },
        few: { entry: "count" },
      },
    });
    const begun = (path: string, context: unknown) => {
      const started = { type: "flow.started", chart: "counting", chartVersion: "1", path };
      const step = { flowId: "a", seq: 0, at: 0, resumed: false, context };
      const line = { seq: 0, at: 0, type: "observed", observation: { ...step, ...started } };
      return replay(timelineOf([line]), { charts: [chart] }).mismatches.map(({ problem }) =>
        problem
      );
    };
    assert.deepStrictEqual(begun("many", { left: 7, isMany: true, turns: 1 }), []);
    assert.deepStrictEqual(begun("few", { left: 3, isMany: false, turns: 1 }), []);
    assert.deepStrictEqual(begun("deciding", { left: 3, isMany: false, turns: 1 }), ["otherState"]);
  });

  it("tells which flows it knows no chart for", () => {
    const chart = setup({}).createMachine({ id: "own", version: "2" });
    const start = (flowId: string, name: string, chartVersion: string) => ({
      type: "flow.started",
      flowId,
      seq: 0,
      at: 0,
      chart: name,
      chartVersion,
      path: "",
      resumed: false,
      context: {},
    });
    const late = {
      type: "flow.transition",
      flowId: "c",
      seq: 9,
      at: 0,
      from: "a",
      to: "b",
      event: "e",
    };
    const timeline = timelineOf(
      [start("a", "own", "1"), start("b", "other", "1"), late].map((observation, seq) => ({
        seq,
        at: 0,
        type: "observed",
        observation,
      })),
    );
    const reasons = replay(timeline, { charts: [chart] }).unreplayed.map((
      { reason, known },
    ) => [reason, known]);
    assert.deepStrictEqual(reasons, [
      ["otherVersion", "2"],
      ["unknownChart", undefined],
      ["noBeginning", undefined],
    ]);
  });

  it("goes on behind what a recording does not hold", () => {
    const step = (seq: number, observation: Json) => ({
      seq,
      at: 0,
      type: "observed",
      observation: { flowId: "a", seq, at: 0, context: atFirst, ...observation },
    });
    const whole = [
      step(0, {
        type: "flow.started",
        chart: "jwtBearer",
        chartVersion: "1",
        path: "trying.requesting",
        resumed: false,
      }),
      { seq: 1, at: 0, type: "dropped", count: 3 },
      step(2, {
        type: "flow.transition",
        from: "trying.backingOff",
        to: "trying.requesting",
        event: "after backoff",
      }),
      step(3, {
        type: "flow.transition",
        from: "trying.requesting",
        to: "cancelled",
        event: "cancel",
      }),
    ];
    const { skipped, steps, mismatches } = replay(timelineOf(whole));
    assert.deepStrictEqual([skipped, steps, mismatches], [1, 1, []]);
    const torn = whole.filter(({ type }) => type !== "dropped");
    assert.deepStrictEqual(replay(timelineOf(torn)).mismatches.map(({ problem }) => problem), [
      "gap",
    ]);
  });
});
