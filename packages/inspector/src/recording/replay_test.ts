import { assert, describe, it } from "@effect/vitest";
import { Effect, Result } from "effect";
import { setup } from "xstate";
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

describe("replay()", () => {
  it.effect("comes to the same states as a program did", () =>
    Effect.gen(function* () {
      const { done, text } = yield* recorded;
      assert.deepStrictEqual(done, { logins: ["ok", "Denied", "Expired"], subject: "person-1" });
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
      const isEnd = (each: Json) => each["type"] === "flow.ended" && each["outcome"] === "done";
      assert.deepStrictEqual(problems(isEnd, { path: "granted" }), ["gap"]);
    }));

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
      observation: { flowId: "a", seq, at: 0, context: {}, ...observation },
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
