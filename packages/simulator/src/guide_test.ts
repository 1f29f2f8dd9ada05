import { assert, it } from "@effect/vitest";
import { readFileSync } from "node:fs";
import { invariants } from "./invariant/invariants.ts";
import { mutants } from "./fixture/mutants.ts";

const guide = readFileSync(new URL("../../../docs/simulation.md", import.meta.url), "utf8")
  .replaceAll(/\s+/g, " ");

it("the guide of the simulator names every invariant, in its own words", () => {
  for (const { name, sentence } of invariants) {
    assert.include(guide, `| \`${name}\` | ${sentence} |`);
  }
});

it("the guide of the simulator names every mistake that it must find, and within how many seeds", () => {
  for (const { name, breaks, foundBy, seeds } of mutants) {
    const found = foundBy.map((invariant) => `\`${invariant}\``).join(", ");
    assert.include(guide, `| \`${name}\` | ${breaks} | ${found} | ${seeds} |`);
  }
});
