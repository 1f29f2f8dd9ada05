import { assert, describe, it } from "@effect/vitest";
import { mixed } from "@bellhop/simulator/scenario/mixed";
import { write } from "@bellhop/simulator/simulation/recording";
import { run } from "@bellhop/simulator/simulation/simulation";
import { encode } from "./_encode.ts";

const outcome = run({ seed: 7, scenario: mixed });

describe("write()", () => {
  it("writes what a process observed as the recorder does, errors as their words", () => {
    const lines = write(outcome, mixed.name).trimEnd().split("\n").slice(1);
    let errors = 0;
    for (const [index, event] of outcome.events.entries()) {
      if (event.type !== "observed") continue;
      const { observation } = JSON.parse(lines[index] ?? "");
      assert.deepStrictEqual(observation, JSON.parse(JSON.stringify(encode(event.observation))));
      if (JSON.stringify(observation).includes('"tag":"EndpointError"')) errors++;
    }
    assert.isAbove(errors, 0);
  });
});
