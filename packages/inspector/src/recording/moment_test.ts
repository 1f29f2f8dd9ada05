import { assert, describe, it } from "@effect/vitest";
import { Effect, Result } from "effect";
import { mixed } from "@bellhop/simulator/scenario/mixed";
import { run } from "@bellhop/simulator/simulation/simulation";
import { write } from "@bellhop/simulator/simulation/recording";
import { flowAt, sessionAt, stateAt } from "./moment.ts";
import { read } from "./read.ts";
import { manyFlows } from "./testdata/many_flows.ts";
import { recorded } from "./testdata/program.ts";
import { timelineOf } from "./timeline.ts";

const timelineOfText = (text: string) => timelineOf(Result.getOrThrow(read(text)));

describe("flowAt()", () => {
  it.effect("tells where a flow stood, and what it waited for", () =>
    Effect.gen(function* () {
      const timeline = timelineOfText((yield* recorded).text);
      const [flow = assert.fail()] = timeline.flows.values();
      const { startedAt } = flow;
      assert.isUndefined(flowAt(flow, startedAt - 1));
      const waiting = flowAt(flow, startedAt + 1_000) ?? assert.fail();
      assert.deepStrictEqual([waiting.status, waiting.path, waiting.stepCount, waiting.since], [
        "running",
        "awaitingUser.waiting",
        2,
        startedAt,
      ]);
      assert.deepStrictEqual(waiting.timers.map(({ timer, leftMillis }) => [timer, leftMillis]), [
        ["after interval", 4_250],
        ["after lifetime", 599_000],
      ]);
      assert.strictEqual((waiting.context as Record<string, unknown>)["deviceCode"], "<redacted>");
      const over = flowAt(flow, flow.endedAt ?? 0) ?? assert.fail();
      assert.deepStrictEqual([over.status, over.path, over.timers, over.operations], [
        "done",
        "authorized",
        [],
        [],
      ]);
    }));

  it.effect("tells steps within one millisecond apart by their lines", () =>
    Effect.gen(function* () {
      const timeline = timelineOfText((yield* recorded).text);
      for (const flow of timeline.flows.values()) {
        for (const [index, step] of flow.steps.entries()) {
          const state = flowAt(flow, { at: step.at, seq: step.seq });
          assert.deepStrictEqual([state?.stepCount, state?.path], [index + 1, step.to]);
        }
        for (const { seq, endSeq = 0, startedAt, endedAt = 0, operation } of flow.operations) {
          const names = (at: number, line: number) =>
            flowAt(flow, { at, seq: line })?.operations.map((live) => live.operation);
          assert.include(names(startedAt, seq) ?? [], operation);
          assert.include(names(endedAt, endSeq - 1) ?? [], operation);
        }
      }
    }));
});

describe("stateAt()", () => {
  it("tells of a world at any time what its last lines told by then", () => {
    const text = write(run({ seed: 2, scenario: mixed }), "mixed");
    const { lines } = Result.getOrThrow(read(text));
    const whole = timelineOf(lines);
    for (let count = 1; count < lines.length; count += 97) {
      const { seq = 0, at = 0 } = lines[count - 1] ?? {};
      const then = timelineOf(lines.slice(0, count));
      const picture = (timeline: typeof whole) => {
        const { flows, sessions } = stateAt(timeline, { at, seq });
        return {
          flows: flows.map(({ flow, status, path, stepCount, timers, operations, context }) => ({
            id: flow.id,
            status,
            path,
            stepCount,
            timers: timers.map(({ timer, leftMillis }) => ({ timer, leftMillis })),
            operations: operations.map(({ operation, forMillis }) => ({ operation, forMillis })),
            context,
          })),
          sessions: sessions.map(({ session, step, leftMillis, isHolder, holder }) => ({
            id: session.id,
            step,
            leftMillis,
            isHolder,
            holder,
          })),
        };
      };
      assert.deepStrictEqual(picture(whole), picture(then), `after line ${seq}`);
    }
  });

  it("knows one holder of a lease at most, which another process sees", () => {
    const timeline = timelineOfText(write(run({ seed: 7, scenario: mixed }), "mixed"));
    let held = 0;
    for (const session of timeline.sessions.values()) {
      for (const { seq, takenAt, endSeq = seq } of session.leases) {
        held++;
        const { sessions } = stateAt(timeline, { at: takenAt, seq });
        const holders = sessions.filter((each) =>
          each.session.key === session.key && each.isHolder
        );
        assert.deepStrictEqual(holders.map((each) => each.session.id), [session.id]);
        const others = sessions.filter((each) => each.session.key === session.key);
        assert.deepStrictEqual([...new Set(others.map(({ holder }) => holder))], [session.process]);
        assert.deepStrictEqual(sessionAt(timeline, session, { at: takenAt, seq }), holders[0]);
        assert.isFalse(sessionAt(timeline, session, { at: takenAt, seq: endSeq })?.isHolder);
      }
    }
    assert.isAbove(held, 0);
  });

  it("shows each of 1,000 flows of 50 events", () => {
    const timeline = timelineOf(manyFlows({ flows: 1_000, steps: 16 }));
    const { flows } = stateAt(timeline, (timeline.lastAt ?? 0) / 2);
    assert.strictEqual(flows.length, 1_000);
  });
});
