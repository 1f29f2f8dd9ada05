import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import { mixed } from "../scenario/mixed.ts";
import type { WorldEvent } from "../world/world_event.ts";
import { read, RecordingError, write } from "./recording.ts";
import { run } from "./simulation.ts";

const outcome = run({ seed: 3, scenario: mixed, processes: 3 });
const text = write(outcome, mixed.name);

/** Leaves out errors, of which a recording holds words alone. */
function wordless(key: string, value: unknown): unknown {
  const isError = (key === "error" || key === "lastError") && typeof value === "object";
  return isError ? "words" : value;
}

describe("read()", () => {
  it.effect("gives back what write() wrote", () =>
    Effect.gen(function* () {
      const { header, events } = yield* read(text);
      const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value, wordless));
      assert.deepStrictEqual(plain(events), plain(outcome.events));
      assert.deepStrictEqual([header.seed, header.scenario, header.format], [3, "mixed", 1]);
      assert.deepStrictEqual(header.plan.errands, outcome.plan.errands);
      assert.deepStrictEqual(plain(header.plan.faults), plain(outcome.plan.faults));
    }));

  it.effect("says what is no recording", () =>
    Effect.gen(function* () {
      const [first = "", ...rest] = text.split("\n");
      for (
        const other of [
          "",
          "{}",
          "not JSON",
          '{"type":"recording","format":1}',
          first.replace('"format":1', '"format":2'),
          rest.join("\n"),
        ]
      ) {
        const error = yield* Effect.flip(read(other));
        assert.deepStrictEqual(error, new RecordingError({ line: 1, problem: "header" }));
      }
    }));

  it.effect("says which line is damaged", () =>
    Effect.gen(function* () {
      const lines = text.split("\n");
      const damaged = [
        lines.with(4, "{"),
        lines.with(4, '{"seq":3,"at":"x","type":"server"}'),
        lines.with(4, "null"),
        lines.toSpliced(4, 1),
      ];
      for (const each of damaged) {
        const error = yield* Effect.flip(read(each.join("\n")));
        assert.deepStrictEqual(error, new RecordingError({ line: 5, problem: "event" }));
        assert.strictEqual(error.message, "Recording is damaged in line 5");
      }
    }));
});

describe("write()", () => {
  it("writes of an error what it says, and none of its other members", () => {
    const refusal = Object.assign(new Error("No"), {
      _tag: "Refusal",
      reason: { _tag: "Unreachable", url: "https://as.example.com" },
      hint: "Try again",
      body: "pl4nted",
      toJSON: () => ({ body: "pl4nted" }),
    });
    const event = {
      type: "observed",
      process: "p0.0",
      seq: 0,
      at: 0,
      observation: {
        type: "flow.transition",
        data: { error: refusal, plain: new Error("n") },
      },
    } as unknown as WorldEvent;
    const [, line = ""] = write({ ...outcome, events: [event] }, mixed.name).split("\n");
    assert.deepStrictEqual(JSON.parse(line).observation.data, {
      error: {
        name: "Error",
        tag: "Refusal",
        reason: "Unreachable",
        message: "No",
        hint: "Try again",
      },
      plain: { name: "Error", message: "n" },
    });
  });

  it("writes no secret of a client", () => {
    assert.notInclude(text, "pl4nted");
    assert.include(text.split("\n", 1)[0], '{"clientId":"service"}');
  });
});
