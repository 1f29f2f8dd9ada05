import { assert, describe, it } from "@effect/vitest";
import type { Observation } from "@bellhop/core/protocol/observation";
import { FlowNames } from "./flow_names.ts";

function started(flowId: string, chart: string): Observation {
  const flow = { chart, chartVersion: "1", path: "a", resumed: false, context: undefined };
  return { type: "flow.started", flowId, seq: 0, at: 0, ...flow };
}

function ended(flowId: string): Observation {
  return { type: "flow.ended", flowId, seq: 1, at: 0, path: "b", outcome: "done" };
}

const [first, second] = ["830dd68072899f39", "b9f0e90c80990d7d"];

describe("FlowNames", () => {
  it("calls a flow by its chart while it is the only one of it", () => {
    const names = new FlowNames();
    names.track(started(first, "session"));
    names.track(started(second, "refreshToken"));
    assert.deepStrictEqual([names.of(first), names.of(second)], ["session", "refreshToken"]);
    names.track(ended(first));
    names.track(started(first, "session"));
    assert.deepStrictEqual([names.of(first), names.size], ["session", 2]);
  });

  it("tells flows of one chart apart, and goes on to when one has ended", () => {
    const names = new FlowNames();
    for (const id of [first, second]) names.track(started(id, "session"));
    assert.deepStrictEqual(
      [names.of(first), names.of(second)],
      ["session 830dd6", "session b9f0e9"],
    );
    names.track(ended(first));
    assert.deepStrictEqual([names.of(second), names.size], ["session b9f0e9", 1]);
  });

  it("has a name for a flow whose start nobody saw", () => {
    assert.strictEqual(new FlowNames().of(first), "flow 830dd6");
  });
});
