import { timelineOf } from "@bellhop/inspector/recording/timeline";
import { assert, describe, it } from "@effect/vitest";
import { deviceLines } from "../testdata/device_lines.ts";
import { guessOf } from "./guess.ts";

describe("guessOf", () => {
  it("guessOf draws each state and each way that was seen once", () => {
    const [flow] = timelineOf(deviceLines).flows.values();
    const chart = guessOf(flow ?? assert.fail("No flow"));
    assert.isTrue(chart.isGuess);
    assert.deepStrictEqual(chart.nodes.map(({ id }) => id), [
      "requestingDeviceCode",
      "awaitingUser.waiting",
      "awaitingUser.polling",
      "authorized",
    ]);
    assert.deepStrictEqual(chart.edges.map(({ id }) => id), [
      "requestingDeviceCode/device_code/awaitingUser.waiting",
      "awaitingUser.waiting/after interval/awaitingUser.polling",
      "awaitingUser.polling/authorization_pending/awaitingUser.waiting",
      "awaitingUser.polling/token/authorized",
    ]);
    assert.strictEqual(chart.nodes.at(-1)?.kind, "final");
  });
});
