import { assert, describe, it } from "@effect/vitest";
import { mixed } from "../scenario/mixed.ts";
import { run } from "./simulation.ts";
import { digestOf, traceLine } from "./trace.ts";

function digest(seed: number): string {
  return digestOf(run({ seed, scenario: mixed, processes: 3 }).events);
}

describe("digestOf()", () => {
  it("is the same for the same seed, whatever ran in between", () => {
    const first = digest(1);
    const others = [2, 3, 4].map(digest);
    assert.strictEqual(digest(1), first);
    assert.strictEqual(new Set([first, ...others]).size, 4);
    assert.match(first, /^[0-9a-f]{64}$/);
  });

  it("looks at the order and at every event", () => {
    const { events } = run({ seed: 1, scenario: mixed, processes: 2, faults: "none" });
    const whole = digestOf(events);
    assert.notStrictEqual(digestOf(events.slice(1)), whole);
    assert.notStrictEqual(digestOf(events.toReversed()), whole);
  });
});

describe("traceLine()", () => {
  it("leaves the words of a runtime out", () => {
    const head = { seq: 3, at: 5, type: "process.faulted", process: "p0.0", what: "main" } as const;
    const v8 = "TypeError: Cannot read properties of undefined (reading 'a')";
    const jsc = "TypeError: undefined is not an object (evaluating 'b.a')";
    assert.strictEqual(traceLine({ ...head, fault: v8 }), traceLine({ ...head, fault: jsc }));
    assert.strictEqual(
      traceLine({ ...head, fault: v8 }),
      '{"seq":3,"at":5,"type":"process.faulted","process":"p0.0","what":"main","fault":"TypeError"}',
    );
  });
});
