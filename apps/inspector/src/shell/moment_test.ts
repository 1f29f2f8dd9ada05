import { timelineOf } from "@bellhop/inspector/recording/timeline";
import { assert, describe, it } from "@effect/vitest";
import { beginning, deviceLines } from "../testdata/device_lines.ts";
import { afterStep, countAt, momentOf, nextStep, previousStep, standingOf } from "./moment.ts";

const timeline = timelineOf(deviceLines);
const [flow] = timeline.flows.values();
if (flow === undefined) throw new Error("No flow");

describe("moment", () => {
  it("momentOf is the end where none was chosen", () => {
    assert.deepStrictEqual(momentOf({ moment: undefined, timeline }), { at: beginning + 4_300 });
  });

  it("countAt counts what had happened, within one millisecond too", () => {
    assert.strictEqual(countAt(flow.steps, { at: beginning - 1 }), 0);
    assert.strictEqual(countAt(flow.steps, { at: beginning + 100 }), 2);
    const seq = flow.steps[1]?.seq ?? 0;
    assert.strictEqual(countAt(flow.steps, { at: beginning + 100, seq: seq - 1 }), 1);
  });

  it("nextStep and previousStep go through all steps and no further", () => {
    let moment = afterStep(flow, 0);
    const paths: Array<string> = [];
    for (; moment !== undefined; moment = nextStep(flow, moment)) {
      paths.push(standingOf(flow, moment).path);
    }
    assert.deepStrictEqual(paths, [
      "requestingDeviceCode",
      "awaitingUser.waiting",
      "awaitingUser.polling",
      "awaitingUser.waiting",
      "awaitingUser.polling",
      "authorized",
    ]);
    const before = previousStep(flow, { at: beginning + 4_300 });
    assert.strictEqual(before && standingOf(flow, before).path, "awaitingUser.polling");
    assert.isUndefined(previousStep(flow, { at: beginning }));
  });

  it("standingOf says whether a flow had begun and ended", () => {
    assert.isFalse(standingOf(flow, { at: beginning - 1 }).hasBegun);
    assert.strictEqual(standingOf(flow, { at: beginning + 4_299 }).status, "running");
    assert.strictEqual(standingOf(flow, undefined).status, "done");
  });
});
