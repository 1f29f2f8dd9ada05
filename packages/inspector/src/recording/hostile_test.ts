import { assert, describe, it } from "@effect/vitest";
import { Effect, Result } from "effect";
import { mixed } from "@bellhop/simulator/scenario/mixed";
import { type Draw, stream } from "@bellhop/simulator/seed";
import { run } from "@bellhop/simulator/simulation/simulation";
import { write } from "@bellhop/simulator/simulation/recording";
import { stateAt } from "./moment.ts";
import { read } from "./read.ts";
import { replay } from "./replay.ts";
import { recorded } from "./testdata/program.ts";
import { timelineOf } from "./timeline.ts";

const odd: readonly [unknown, ...ReadonlyArray<unknown>] = [
  null,
  "",
  "a.b,c.d",
  -1,
  1e308,
  true,
  [],
  [[]],
  {},
  { toString: 1, valueOf: 1 },
  { length: 1e9 },
  "__proto__",
  "constructor",
  "flow.transition",
  "http.exchange",
];

/** A line, one value of it another. */
function bent(line: string, draw: Draw): string {
  const value: unknown = JSON.parse(line);
  let at = value as Record<string, unknown>;
  for (;;) {
    const names = Object.keys(at);
    const [first] = names;
    if (first === undefined) break;
    const name = names[draw.below(names.length)] ?? first;
    const inner = at[name];
    if (typeof inner === "object" && inner !== null && Object.keys(inner).length > 0) {
      if (!draw.permille(200)) {
        at = inner as Record<string, unknown>;
        continue;
      }
    }
    at[name] = draw.pick(odd);
    break;
  }
  return JSON.stringify(value);
}

function assertHarmless(text: string, seed: number): void {
  const draw = stream(seed, "bend");
  const [header = "", ...lines] = text.trimEnd().split("\n");
  for (let turn = 0; turn < 60; turn++) {
    const count = Math.min(lines.length, 400);
    const start = draw.below(lines.length - count + 1);
    const part = lines.slice(start, start + count).flatMap((line) => {
      const changed = draw.permille(100) ? bent(line, draw) : line;
      const isRead = Result.isSuccess(read(`${header}\n${changed}\n`));
      return isRead ? [JSON.parse(changed)] : [];
    });
    const timeline = timelineOf(part);
    replay(timeline);
    const { at } = stateAt(timeline, ((timeline.firstAt ?? 0) + (timeline.lastAt ?? 0)) / 2);
    assert.isNumber(at);
  }
}

describe("a recording that somebody has tampered with", () => {
  it.effect("throws nothing, be it a program's", () =>
    Effect.gen(function* () {
      assertHarmless((yield* recorded).text, 1);
    }), 60_000);

  it("throws nothing, be it a world's", () => {
    for (const seed of [7, 11]) {
      assertHarmless(write(run({ seed, scenario: mixed }), "mixed"), seed);
    }
  }, 60_000);
});
