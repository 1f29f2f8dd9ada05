import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import { mixed } from "../scenario/mixed.ts";
import { read, RecordingError, write } from "./recording.ts";
import { run } from "./simulation.ts";

const outcome = run({ seed: 3, scenario: mixed, processes: 3 });
const text = write(outcome, mixed.name);

describe("read()", () => {
  it.effect("gives back what write() wrote", () =>
    Effect.gen(function* () {
      const { header, events } = yield* read(text);
      const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
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
  it("writes no secret of a client", () => {
    assert.notInclude(text, "pl4nted");
    assert.include(text.split("\n", 1)[0], '{"clientId":"service"}');
  });
});
