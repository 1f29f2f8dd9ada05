import { assert, it } from "@effect/vitest";
import { readFileSync } from "node:fs";
import { invariants } from "./invariant/invariants.ts";
import { mutants } from "./fixture/mutants.ts";

function read(path: string): string {
  return readFileSync(new URL(path, import.meta.url), "utf8");
}

const guide = read("../../../docs/simulation.md")
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

it("the guide of the simulator names regression tests that are there", () => {
  const rows = [...guide.matchAll(/\| `([a-z_/]+_test\.ts)`: "([^"]+)" +\|/g)];
  assert.isAbove(rows.length, 5);
  for (const [, path = "", name = ""] of rows) {
    const file = new URL(`../../core/src/${path}`, import.meta.url);
    assert.include(readFileSync(file, "utf8"), `"${name}"`, path);
  }
});

it("the guide and the README of the simulator show the test of nightly reports as it runs", () => {
  const test = read("nightly_reports_test.ts").replace("./mod.ts", "@bellhop/simulator");
  const fence = `\`\`\`ts ignore\n${test}\`\`\`\n`;
  assert.include(read("../../../docs/simulation.md"), fence);
  assert.include(read("../README.md"), fence);
});
