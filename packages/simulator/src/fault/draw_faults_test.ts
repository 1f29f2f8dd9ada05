import { assert, describe, it } from "@effect/vitest";
import { stream } from "../seed.ts";
import { drawFaults, type FaultLevel } from "./draw_faults.ts";
import type { Fault } from "./fault.ts";

const extent = { machines: 4, durationMillis: 300_000 };
const drawn = (level: FaultLevel, seed: number) =>
  drawFaults(stream(seed, "faults"), level, extent);
const many = (level: FaultLevel) =>
  Array.from({ length: 500 }, (_, seed) => drawn(level, seed)).flat();
const troubles = (faults: ReadonlyArray<Fault>, on: Fault["on"]) =>
  [...new Set(faults.flatMap((fault) => fault.on === on ? [fault.trouble] : []))].toSorted();

describe("drawFaults()", () => {
  it("gives nothing where nothing goes wrong", () => {
    assert.deepStrictEqual(drawn("none", 1), []);
  });

  it("gives the same for the same seed", () => {
    assert.deepStrictEqual(drawn("chaos", 3), drawn("chaos", 3));
    assert.notDeepEqual(drawn("chaos", 3), drawn("chaos", 4));
  });

  it("gives every trouble that there is in chaos", () => {
    const faults = many("chaos");
    assert.deepStrictEqual(troubles(faults, "network"), [
      "429",
      "502 after",
      "503 before",
      "HTML page",
      "answer lost",
      "duplicate",
      "duplicate, last answer",
      "partition",
      "refused",
      "request lost",
      "reset after",
      "reset before",
      "slow",
      "slow body",
      "truncated",
    ]);
    assert.deepStrictEqual(troubles(faults, "store"), [
      "conflict",
      "lease forgotten",
      "slow",
      "stale",
      "unreadable",
      "unwritable",
      "written, conflict",
      "written, unsaid",
    ]);
    assert.deepStrictEqual(troubles(faults, "process"), ["clock jump", "crash", "hang", "stop"]);
  });

  it("gives what any day brings where it is light: nothing is lost, and no clock is wrong", () => {
    const faults = many("light");
    assert.deepStrictEqual(troubles(faults, "network"), [
      "429",
      "503 before",
      "refused",
      "reset before",
      "slow",
    ]);
    assert.deepStrictEqual(troubles(faults, "store"), ["conflict", "slow"]);
    assert.deepStrictEqual(troubles(faults, "process"), ["stop"]);
  });

  it("gives 1 to 5 in five minutes where it is light, and 5 to 15 in chaos", () => {
    for (const [level, least, most] of [["light", 1, 5], ["chaos", 5, 15]] as const) {
      const counts = Array.from({ length: 500 }, (_, seed) => drawn(level, seed).length);
      assert.deepStrictEqual([Math.min(...counts), Math.max(...counts)], [least, most]);
    }
  });

  it("leaves the first minute in peace", () => {
    assert.isTrue(many("chaos").every(({ atMillis }) => atMillis >= 60_000 && atMillis <= 300_000));
  });

  it("has every partition cut all, and other weather concern some or all", () => {
    const weather = many("chaos").flatMap((fault) => fault.on === "process" ? [] : [fault]);
    const partitions = weather.filter(({ trouble }) => trouble === "partition");
    assert.isTrue(partitions.every(({ permille }) => permille === 1_000));
    const permilles = new Set(weather.map(({ permille }) => permille));
    assert.deepStrictEqual([...permilles].toSorted((one, other) => one - other), [150, 500, 1_000]);
    const machines = new Set(weather.map(({ machine = -1 }) => machine));
    assert.deepStrictEqual([...machines].toSorted((one, other) => one - other), [-1, 0, 1, 2, 3]);
  });

  it("has crashes come after some turns, and clocks jump by up to two minutes", () => {
    const faults = many("chaos").flatMap((fault) => fault.on === "process" ? [fault] : []);
    const turns = faults.flatMap(({ turns: count }) => count === undefined ? [] : [count]);
    assert.isTrue(turns.includes(0) && turns.some((count) => count > 10));
    const jumps = faults.flatMap(({ byMillis }) => byMillis === undefined ? [] : [byMillis]);
    assert.isTrue(jumps.some((by) => by < 0) && jumps.some((by) => by > 0));
    assert.isTrue(jumps.every((by) => Math.abs(by) <= 120_000));
  });
});
