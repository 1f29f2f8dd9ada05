import { assert, describe, it } from "@effect/vitest";
import { formatMillis, parseMillis } from "./duration.ts";

describe("parseMillis()", () => {
  const cases: ReadonlyArray<readonly [string, number | undefined]> = [
    ["60s", 60_000],
    ["60", 60_000],
    ["0", 0],
    ["1.5m", 90_000],
    ["250ms", 250],
    ["2h", 7_200_000],
    [" 5s ", 5_000],
    ["soon", undefined],
    ["", undefined],
    ["-1s", undefined],
    ["1e3", undefined],
    ["5 days", undefined],
    ["600h", undefined],
  ];
  for (const [text, millis] of cases) {
    it(`reads "${text}" as ${millis ?? "nothing"}`, () => {
      assert.strictEqual(parseMillis(text), millis);
    });
  }
});

describe("formatMillis()", () => {
  const cases: ReadonlyArray<readonly [number, string]> = [
    [-5, "0 s"],
    [1, "1 s"],
    [59_000, "59 s"],
    [59_001, "1:00"],
    [545_000, "9:05"],
    [3_723_000, "1:02:03"],
  ];
  for (const [millis, text] of cases) {
    it(`writes ${millis} ms as "${text}"`, () => {
      assert.strictEqual(formatMillis(millis), text);
    });
  }
});
