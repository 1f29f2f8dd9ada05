import { assert, describe, it } from "@effect/vitest";
import { duration, sinceStart, spaced } from "./words.ts";

describe("words", () => {
  it("duration uses at most two units", () => {
    const cases = [0, 999, 1_050, 9_999, 59_999, 60_000, 125_000, 3_600_000, 5_400_000, -500];
    assert.deepStrictEqual(cases.map(duration), [
      "0 ms",
      "999 ms",
      "1.0 s",
      "9.9 s",
      "59 s",
      "1 min",
      "2 min 5 s",
      "1 h",
      "1 h 30 min",
      "−500 ms",
    ]);
  });

  it("sinceStart counts minutes, and hours where there are any", () => {
    assert.strictEqual(sinceStart(65_340), "1:05.3");
    assert.strictEqual(sinceStart(3_661_000), "1:01:01.0");
    assert.strictEqual(sinceStart(-5), "0:00.0");
  });

  it("spaced parts words", () => {
    assert.strictEqual(spaced("reauthorizationRequired"), "reauthorization required");
  });
});
