import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { assert, describe, it } from "@effect/vitest";
import { Effect, Semaphore } from "effect";
import type { Explored } from "./fixture/explore_mutant.ts";
import { type Mutant, mutate } from "./fixture/mutant.ts";
import { mutants } from "./fixture/mutants.ts";
import { invariants } from "./invariant/invariants.ts";

const execute = promisify(execFile);
const script = fileURLToPath(new URL("fixture/explore_mutant.ts", import.meta.url));
const root = new URL("../../../", import.meta.url);
const children = Semaphore.makeUnsafe(2);

/** Those that are noticed in no time; a machine that checks everything has time for the others. */
const tried = process.env["CI"] === undefined
  ? mutants.filter(({ seeds }) => seeds <= 10)
  : mutants;

/** Runs the worlds of a mutant in a process of their own. */
function explore(
  { name }: Mutant,
  seeds: number,
  ...unchanged: ReadonlyArray<"unchanged">
): Promise<Explored> {
  const explored = Effect.promise(async () => {
    const { stdout } = await execute(process.execPath, [script, name, `${seeds}`, ...unchanged]);
    return JSON.parse(stdout) as Explored;
  });
  return Effect.runPromise(children.withPermits(1)(explored));
}

describe("mutants", () => {
  it.each(mutants)("$name is a mistake in the code as it is", (mutant) => {
    const source = readFileSync(new URL(mutant.file, root), "utf8");
    assert.notStrictEqual(mutate(mutant, source), source);
  });

  it("need every invariant to be found", () => {
    const finders = new Set(mutants.flatMap(({ foundBy }) => foundBy));
    assert.deepStrictEqual(invariants.filter(({ name }) => !finders.has(name)), []);
  });
});

describe.concurrent("a world", () => {
  it.each(tried)("notices $name: $breaks", { timeout: 600_000 }, async (mutant) => {
    const { invariant, detail } = await explore(mutant, mutant.seeds);
    assert.include(mutant.foundBy, invariant, detail ?? `none of ${mutant.seeds} seeds did`);
  });

  // The worlds in which only some things go wrong are other worlds: each kind of them once.
  const kinds = new Map(tried.map((mutant) => [mutant.troubles?.join(), mutant]));
  it.each([...kinds.values()])(
    "notices nothing in the code as it is, where it would notice $name",
    { timeout: 600_000 },
    async (mutant) => {
      const seeds = mutant.troubles === undefined ? 40 : 8;
      assert.deepStrictEqual(await explore(mutant, seeds, "unchanged"), {});
    },
  );
});
