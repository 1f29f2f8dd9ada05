import { assert, describe, it } from "@effect/vitest";
import { Effect, Result } from "effect";
import { mixed } from "@bellhop/simulator/scenario/mixed";
import { run } from "@bellhop/simulator/simulation/simulation";
import { write } from "@bellhop/simulator/simulation/recording";
import { read } from "./read.ts";
import { recorded } from "./testdata/program.ts";
import { manyFlows } from "./testdata/many_flows.ts";
import { append, type Line, type Timeline, timelineOf } from "./timeline.ts";

const linesOf = (text: string) => Result.getOrThrow(read(text)).lines;
const world = (seed: number) => linesOf(write(run({ seed, scenario: mixed }), "mixed"));

/** All that a timeline tells. */
function toldBy({ flows, sessions, processes, revision: _revision, ...rest }: Timeline): unknown {
  const { firstAt, lastAt, exchanges, messages, happenings, calls, lost } = rest;
  const withoutRevision = (told: object) => ({ ...told, revision: 0 });
  return {
    flows: [...flows.values()].map(withoutRevision),
    sessions: [...sessions.values()].map(withoutRevision),
    processes: [...processes.values()],
    rest: { firstAt, lastAt, exchanges, messages, happenings, calls, lost },
  };
}

const observed = (seq: number, observation: Record<string, unknown>): Line => ({
  seq,
  at: seq,
  type: "observed",
  process: "main",
  observation: { flowId: "a", seq, at: seq, context: {}, ...observation },
});

const observationOf = ({ observation }: Line) => observation as Record<string, unknown>;

const started = (seq: number, resumed = false) =>
  observed(seq, { type: "flow.started", chart: "x", chartVersion: "1", path: "one", resumed });

describe("timelineOf()", () => {
  it.effect("tells the flows of a program, and what they did", () =>
    Effect.gen(function* () {
      const { flows } = timelineOf(linesOf((yield* recorded).text));
      const [device = assert.fail()] = flows.values();
      assert.deepStrictEqual([device.chart, device.path, device.outcome, device.process], [
        "deviceAuthorization",
        "authorized",
        "done",
        "main",
      ]);
      assert.deepStrictEqual(
        device.steps.slice(0, 4).map(({ from, to, event }) => [from, to, event]),
        [
          ["", "requestingDeviceCode", "start"],
          ["requestingDeviceCode", "awaitingUser.waiting", "device_code"],
          ["awaitingUser.waiting", "awaitingUser.polling", "after interval"],
          ["awaitingUser.polling", "awaitingUser.waiting", "authorization_pending"],
        ],
      );
      const [request = assert.fail()] = device.operations;
      assert.deepStrictEqual([request.operation, request.answer], [
        "requestDeviceCode",
        "device_code",
      ]);
      const lifetime = device.timers.find(({ timer }) => timer === "after lifetime") ??
        assert.fail();
      assert.strictEqual(lifetime.end, "cancelled");
      assert.strictEqual(lifetime.dueAt - lifetime.armedAt, 600_000);
      assert.deepStrictEqual(device.emissions.map(({ event }) => event), ["user_code"]);
    }));

  it("believes an exchange that names its flow, among flows that could all have sent it", () => {
    const ids = ["a", "b", "c"];
    const begun = ids.flatMap((flowId, i) => [
      observed(2 * i, { ...observationOf(started(0)), flowId, at: 0 }),
      observed(2 * i + 1, { type: "operation.started", operation: "request", flowId, at: 0 }),
    ]);
    const exchange = (seq: number, flowId?: unknown) =>
      observed(seq, {
        type: "http.exchange",
        endpoint: "token",
        method: "POST",
        url: "https://as.example/token",
        outcome: "ok",
        durationMillis: 1,
        request: {},
        response: {},
        flowId,
      });
    const lines = [...begun, exchange(6, "b"), exchange(7), exchange(8, "unheard")];
    const { exchanges, flows } = timelineOf(lines);
    const named = exchanges.map(({ flow }) => flows.get(flow ?? "")?.flowId);
    assert.deepStrictEqual(named, ["b", undefined, undefined]);
  });

  it("tells what a session's token was used for", () => {
    const base = { type: "api.exchange", key: "work", method: "GET", outcome: "ok" };
    const call = (seq: number, more: Record<string, unknown>) =>
      observed(seq, { ...base, url: "https://api.example/v1/me", durationMillis: 2, ...more });
    const state = {
      type: "session.changed",
      key: "work",
      name: "fresh",
      path: "fresh",
      version: 1,
    };
    const lines = [
      observed(0, { ...state }),
      call(5, { status: 401, isReplay: false }),
      call(9, { status: 200, isReplay: true }),
      call(12, { outcome: "failed", isReplay: false }),
      call(13, { outcome: "ok", isReplay: "no" }),
    ];
    const { exchanges, messages } = timelineOf(lines);
    assert.deepStrictEqual(exchanges.map(({ to, session }) => [to, session]), [
      ["api", "main/work"],
      ["api", "main/work"],
      ["api", "main/work"],
    ]);
    assert.deepStrictEqual(messages.map(({ at, to, label }) => `${at} ${to} ${label}`), [
      "3 api GET me",
      "5 program 401",
      "7 api GET me again",
      "9 program 200",
      "10 api GET me",
      "12 program failed",
    ]);
  });

  it.effect("tells who spoke with whom, and for which flow", () =>
    Effect.gen(function* () {
      const { exchanges, messages, flows } = timelineOf(linesOf((yield* recorded).text));
      const chartOf = (id?: string) => flows.get(id ?? "")?.chart;
      assert.deepStrictEqual(
        [...new Set(exchanges.map(({ endpoint, flow }) => `${endpoint} ${chartOf(flow)}`))],
        [
          "device_authorization deviceAuthorization",
          "token deviceAuthorization",
          "token authorizationCode",
          "jwks authorizationCode",
          "token session",
          "api session",
          "revocation session",
          "token clientCredentials",
          "token refreshToken",
          "token tokenExchange",
          "token jwtBearer",
        ],
      );
      const code = messages.filter(({ flow }) => chartOf(flow) === "authorizationCode");
      assert.deepStrictEqual(code.map(({ from, to, label }) => `${from} > ${to}: ${label}`), [
        "program > browser: authorization_url",
        "browser > program: callback",
        "browser > program: callback",
        "program > server: POST token",
        "server > program: 200",
        "program > server: GET jwks",
        "server > program: 200",
      ]);
      const silent = messages.filter(({ kind }) => kind === "silence");
      assert.isAbove(silent.length, 1);
      const times = messages.map(({ at }) => at);
      assert.deepStrictEqual(times, times.toSorted((a, b) => a - b));
      assert.strictEqual(new Set(messages.map(({ id }) => id)).size, messages.length);
    }));

  it.effect("tells the sessions of a program, their renewals and leases", () =>
    Effect.gen(function* () {
      const { sessions, flows } = timelineOf(linesOf((yield* recorded).text));
      assert.deepStrictEqual([...sessions.keys()], ["main/work", "main/service"]);
      const work = sessions.get("main/work") ?? assert.fail();
      assert.strictEqual(flows.get(work.flow ?? "")?.session, work.id);
      assert.includeMembers(work.steps.map(({ name }) => name), ["absent", "fresh", "revoked"]);
      assert.isTrue(work.renewals.some(({ answer }) => answer === "token"));
      assert.isTrue(work.renewals.some(({ answer }) => answer === "unanswered"));
      assert.isTrue(work.leases.every(({ end }) => end === "released"));
      const fresh = work.steps.find(({ name }) => name === "fresh");
      assert.strictEqual((fresh?.expiresAt ?? 0) - (fresh?.at ?? 0), 600_000);
    }));

  it("tells what a world's network, people, stores and faults did", () => {
    const timeline = timelineOf(world(7));
    const { exchanges, happenings, calls, processes, messages } = timeline;
    assert.includeMembers(
      [...new Set(happenings.map(({ topic }) => topic))],
      ["process", "server", "store", "lease", "fault"],
    );
    assert.isTrue(
      exchanges.some(({ to, facts }) => to === "api" && facts?.["bearer"] !== undefined),
    );
    const apis = exchanges.filter(({ to }) => to === "api");
    assert.isTrue(
      apis.every(({ worldRequest, method, flow, session }) =>
        worldRequest !== undefined && method === "GET" && flow !== undefined &&
        session !== undefined
      ),
    );
    const told = exchanges.filter(({ request }) => request !== undefined);
    assert.isAbove(told.length, 50);
    assert.isTrue(
      told.every(({ worldRequest, flow }) => worldRequest !== undefined && flow !== undefined),
    );
    assert.isTrue(calls.some(({ outcome }) => outcome === "got"));
    assert.isTrue([...processes.values()].some(({ end }) => end === "ended"));
    const lost = [...timeline.flows.values()].filter(({ outcome }) => outcome === "lost");
    assert.isTrue(lost.every(({ process }) => processes.get(process)?.endedAt !== undefined));
    assert.isTrue(messages.some(({ from, to }) => from === "browser" && to === "server"));
    const crashes = [...timelineOf(world(8)).processes.values()].filter(({ end }) =>
      end === "crashed"
    );
    assert.strictEqual(crashes.length, 1);
  });

  it("tells a flow that was resumed from one that goes on", () => {
    const { flows } = timelineOf([
      started(0),
      started(1, true),
      observed(2, { type: "flow.ended", path: "one", outcome: "done" }),
      started(3, true),
    ]);
    assert.deepStrictEqual(
      [...flows.values()].map(({ id, isResumed, outcome }) => [id, isResumed, outcome]),
      [["main/a", false, "lost"], ["main/a#2", true, "done"], ["main/a#3", true, undefined]],
    );
  });

  it("takes the time of a clock that is set back for that of the line before", () => {
    const back = { ...started(1), at: -1_000 };
    const { firstAt, lastAt } = timelineOf([started(0), back]);
    assert.deepStrictEqual([firstAt, lastAt], [0, 0]);
  });
});

describe("append()", () => {
  it("comes to the same as all lines at once, however they come", () => {
    for (const seed of [3, 11]) {
      const lines = world(seed);
      const timeline = timelineOf();
      for (let at = 0; at < lines.length; at += 1 + (at % 37)) {
        append(timeline, lines.slice(at, at + 37));
      }
      assert.deepStrictEqual(toldBy(timeline), toldBy(timelineOf(lines)));
    }
  });

  it("passes over lines that it has, and those that are none", () => {
    const lines = [started(0), started(1)];
    const timeline = timelineOf(lines);
    const { revision } = timeline;
    append(timeline, lines);
    append(timeline, [{ seq: 2, at: 2, type: "observed" }]);
    assert.deepStrictEqual([timeline.lineCount, timeline.revision], [2, revision]);
  });

  it("keeps no more than its limits, and all flows that run", () => {
    const limits = { endedFlows: 10, perFlow: 8, perKind: 16 };
    const timeline = timelineOf(
      manyFlows({ flows: 200, steps: 50, isEnding: (flow) => flow >= 3 }),
      limits,
    );
    assert.strictEqual(timeline.flows.size, 13);
    assert.deepStrictEqual([...timeline.flows.keys()].slice(0, 3), [
      "main/f0",
      "main/f1",
      "main/f2",
    ]);
    assert.isTrue([...timeline.flows.values()].every(({ steps }) => steps.length <= 9));
    assert.isAtMost(timeline.exchanges.length, 18);
    assert.isAtMost(timeline.messages.length, 18);
    assert.strictEqual(timeline.lost.flows, 187);
    assert.isAbove(timeline.lost.exchanges, 0);
  });

  it("counts requests that were left out", () => {
    const line = { at: 0, type: "skipped", process: "main", what: "request" };
    const timeline = timelineOf([{ ...line, seq: 0, count: 3 }, { ...line, seq: 1, count: 4 }]);
    assert.strictEqual(timeline.lost.requests, 7);
    assert.lengthOf(timeline.happenings, 0);
    assert.strictEqual(timeline.lost.lines, 0);
  });

  it("keeps fewer steps of each flow the more flows there are, and counts the others", () => {
    const flows = 20;
    const timeline = timelineOf(
      manyFlows({ flows, steps: 200, isEnding: () => false }),
      { steps: 1_200 },
    );
    const kept = [...timeline.flows.values()].map(({ steps }) => steps.length);
    // A list is shortened once it is an eighth too long.
    assert.isAtMost(Math.max(...kept), 67);
    assert.isAtLeast(Math.min(...kept), 60);
    const dropped = [...timeline.flows.values()].map(({ droppedSteps }) => droppedSteps);
    const all = kept.map((count, at) => count + (dropped[at] ?? 0));
    assert.isTrue(all.every((count) => count === 201));
    assert.strictEqual(timeline.lost.steps, dropped.reduce((sum, count) => sum + count, 0));
    const few = timelineOf(manyFlows({ flows, steps: 200 }), { steps: 1 });
    assert.isAtLeast(Math.min(...[...few.flows.values()].map(({ steps }) => steps.length)), 50);
  });

  it("takes 1,000 flows of 50 events that take turns", () => {
    const lines = manyFlows({ flows: 1_000, steps: 16 });
    assert.isAbove(lines.length, 50_000);
    const timeline = timelineOf();
    for (let at = 0; at < lines.length; at += 100) append(timeline, lines.slice(at, at + 100));
    assert.strictEqual(timeline.flows.size, 1_000);
  });
});
