import { assert, describe, it } from "@effect/vitest";
import { Result } from "effect";
import { mixed } from "@bellhop/simulator/scenario/mixed";
import { run } from "@bellhop/simulator/simulation/simulation";
import { write } from "@bellhop/simulator/simulation/recording";
import { read } from "./read.ts";

const header = '{"type":"recording","format":1,"source":"program","name":"login","later":1}';
const line = (seq: number, rest = "") => `{"seq":${seq},"at":5,"type":"note"${rest}}`;
const whole = [header, line(0), line(1), ""].join("\n");

function problemOf(text: string): unknown {
  const result = read(text);
  return Result.isFailure(result) ? [result.failure.problem, result.failure.line] : "read";
}

describe("read()", () => {
  it("gives the header and the lines", () => {
    const { header, lines, isCutOff } = Result.getOrThrow(read(whole));
    assert.deepStrictEqual(header, {
      type: "recording",
      format: 1,
      source: "program",
      name: "login",
    });
    assert.deepStrictEqual(lines.map(({ seq }) => seq), [0, 1]);
    assert.isFalse(isCutOff);
  });

  it("reads what other systems do to text", () => {
    const { lines } = Result.getOrThrow(read(`\ufeff${whole.replaceAll("\n", "\r\n")}`));
    assert.strictEqual(lines.length, 2);
  });

  it("reads a simulator's recording", () => {
    const outcome = run({ seed: 3, scenario: mixed });
    const { header, lines } = Result.getOrThrow(read(write(outcome, "mixed")));
    assert.deepStrictEqual(header, {
      type: "recording",
      format: 1,
      source: "simulator",
      name: "mixed",
      seed: 3,
    });
    assert.strictEqual(lines.length, outcome.events.length);
  });

  it("leaves out a last line that was cut off, wherever that was", () => {
    const start = whole.indexOf(line(1));
    for (let end = start + 1; end < whole.length - 1; end++) {
      const { lines, isCutOff } = Result.getOrThrow(read(whole.slice(0, end)));
      const isThere = end === whole.length - 1;
      assert.deepStrictEqual([lines.length, isCutOff], isThere ? [2, false] : [1, true]);
    }
    const { lines, isCutOff } = Result.getOrThrow(read(whole.slice(0, -1)));
    assert.deepStrictEqual([lines.length, isCutOff], [2, false]);
  });

  it("says what is wrong, and where", () => {
    assert.deepStrictEqual(problemOf(""), ["notARecording", 1]);
    assert.deepStrictEqual(problemOf("hello\n"), ["notARecording", 1]);
    assert.deepStrictEqual(problemOf("[]\n"), ["notARecording", 1]);
    assert.deepStrictEqual(problemOf('{"type":"recording"}\n'), ["notARecording", 1]);
    assert.deepStrictEqual(problemOf(header.replace("program", "other")), ["notARecording", 1]);
    assert.deepStrictEqual(problemOf('{"type":"recording","format":2}\n'), ["newerFormat", 1]);
    const broken = (text: string) => problemOf(`${header}\n${line(0)}\n${text}\n${line(9)}\n`);
    assert.deepStrictEqual(broken("{"), ["brokenLine", 3]);
    assert.deepStrictEqual(broken(""), ["brokenLine", 3]);
    assert.deepStrictEqual(broken(line(0)), ["brokenLine", 3]);
    assert.deepStrictEqual(broken('{"seq":1,"at":null,"type":"note"}'), ["brokenLine", 3]);
    assert.deepStrictEqual(broken('{"seq":1,"at":1,"type":"observed"}'), ["brokenLine", 3]);
    const observation = '{"seq":1,"at":1,"type":"observed","observation":{"type":"flow.ended"}}';
    assert.deepStrictEqual(broken(observation), ["brokenLine", 3]);
    assert.deepStrictEqual(problemOf(`${header}\n${line(0)}\n{\n`), ["brokenLine", 3]);
  });

  it("lets a type through that a later version knows", () => {
    const later =
      '{"seq":0,"at":1,"type":"observed","observation":{"type":"flow.paused","flowId":7}}';
    assert.strictEqual(problemOf(`${header}\n${later}\n`), "read");
  });
});
