import { assert, describe, it } from "@effect/vitest";
import type { Observation } from "@bellhop/core/protocol/observation";
import { enteredBy, type Progress, stateLine, track } from "./progress.ts";
import { progressLine } from "./user_code_view.ts";

const head = { flowId: "f", seq: 0, at: 1_000 };
const started: Observation = {
  ...head,
  type: "flow.started",
  chart: "deviceAuthorization",
  chartVersion: "1",
  path: "requestingDeviceCode",
  resumed: false,
  context: undefined,
};
const waiting: Observation = {
  ...head,
  type: "flow.transition",
  from: "requestingDeviceCode",
  to: "awaitingUser.waiting",
  event: "device_code",
  context: undefined,
};

describe("track()", () => {
  it("follows the path and the two timers", () => {
    const progress: Progress = { path: "" };
    track(progress, started);
    assert.strictEqual(progress.path, "requestingDeviceCode");
    track(progress, waiting);
    track(progress, { ...head, type: "timer.armed", timer: "after lifetime", dueAt: 601_000 });
    track(progress, { ...head, type: "timer.armed", timer: "after interval", dueAt: 6_250 });
    assert.strictEqual(
      progressLine(progress, 1_000),
      "awaitingUser.waiting · asks again in 6 s · code expires in 10:00",
    );
    track(progress, { ...head, type: "timer.fired", timer: "after interval" });
    track(progress, { ...waiting, to: "awaitingUser.polling" });
    assert.strictEqual(
      progressLine(progress, 7_000),
      "awaitingUser.polling · asking the server · code expires in 9:54",
    );
    track(progress, { ...head, type: "timer.armed", timer: "after backoff", dueAt: 20_000 });
    assert.include(progressLine(progress, 7_000), "asks again in 13 s");
    track(progress, { ...head, type: "timer.cancelled", timer: "after lifetime" });
    assert.notInclude(progressLine(progress, 7_000), "expires");
  });
});

describe("enteredBy()", () => {
  it("gives the states as JSON lines, and nothing for the other steps", () => {
    const entered = enteredBy(waiting);
    assert.strictEqual(
      entered && stateLine(entered),
      `{"type":"state","flow":"f","path":"awaitingUser.waiting","at":1000}`,
    );
    assert.isUndefined(enteredBy({ ...head, type: "operation.started", operation: "poll" }));
  });
});
