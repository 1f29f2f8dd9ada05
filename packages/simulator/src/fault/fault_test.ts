import { assert, describe, it } from "@effect/vitest";
import { type NetworkFault, troubleOf } from "./fault.ts";

function weather(
  trouble: NetworkFault["trouble"],
  permille: number,
  machine?: number,
): NetworkFault {
  return { on: "network", trouble, permille, machine, atMillis: 0, forMillis: 0 };
}

const always = (permille: number) => permille >= 1_000;

describe("troubleOf()", () => {
  it("gives the first trouble that chance has the machine meet", () => {
    const faults = [weather("slow", 500), weather("429", 1_000), weather("refused", 1_000)];
    assert.strictEqual(troubleOf(faults, 0, always), "429");
    assert.isUndefined(troubleOf(faults, 0, () => false));
    assert.isUndefined(troubleOf([], 0, always));
  });

  it("leaves out what concerns another machine, and asks chance nothing about it", () => {
    const asked: Array<number> = [];
    const happens = (permille: number) => {
      asked.push(permille);
      return false;
    };
    const faults = [weather("slow", 1, 0), weather("429", 2, 1), weather("refused", 3)];
    assert.isUndefined(troubleOf(faults, 1, happens));
    assert.deepStrictEqual(asked, [2, 3]);
    assert.strictEqual(troubleOf([weather("slow", 1_000, 0)], 0, always), "slow");
    assert.isUndefined(troubleOf([weather("slow", 1_000, 0)], 1, always));
  });
});
