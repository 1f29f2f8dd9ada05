/**
 * `pnpm check`: every `check:*` script of the root `package.json`, each as one step.
 *
 * `check:types` runs first and alone, because it builds what `check:packed` packs; the rest run side
 * by side. `pnpm check lint format` runs only those two. Prints a line for each step, what the failed
 * ones said, and last `N passed, N failed`.
 *
 * @module
 */
import { availableParallelism } from "node:os";
import { run } from "./command.ts";
import type { CommandResult } from "./command.ts";
import { readManifest } from "./project.ts";

interface Step {
  readonly name: string;
  readonly script: string;
}

const first = "types";

const steps = selected(process.argv.slice(2));
const results = new Map<Step, CommandResult>();
await runAll(steps.filter((step) => step.name === first), 1);
await runAll(steps.filter((step) => step.name !== first), Math.max(2, availableParallelism()));
report();

function selected(names: ReadonlyArray<string>): ReadonlyArray<Step> {
  const all = Object.entries(readManifest("package.json").scripts ?? {})
    .filter(([name]) => name.startsWith("check:"))
    .map(([name, script]) => ({ name: name.slice("check:".length), script }));
  const unknown = names.filter((name) => !all.some((step) => step.name === name));
  if (unknown.length > 0) {
    console.error(
      `No such step: ${unknown.join(", ")}. Steps: ${all.map((step) => step.name).join(", ")}`,
    );
    process.exit(2);
  }
  return names.length === 0 ? all : all.filter((step) => names.includes(step.name));
}

async function runAll(queue: ReadonlyArray<Step>, width: number): Promise<void> {
  const waiting = [...queue];
  const worker = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const result = await run("sh", ["-c", step.script]);
      results.set(step, result);
      console.log(`${mark(result)} ${step.name} (${(result.millis / 1000).toFixed(1)} s)`);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
}

function report(): void {
  const failed = steps.filter((step) => results.get(step)?.status !== 0);
  for (const step of failed) {
    console.log(`\n--- check:${step.name}: ${step.script}\n${results.get(step)?.output.trim()}`);
  }
  if (failed.length > 0) {
    console.log(`\nRun one step alone with: pnpm check ${failed[0]?.name}`);
  }
  console.log(`\n${steps.length - failed.length} passed, ${failed.length} failed`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

function mark(result: CommandResult): string {
  return result.status === 0 ? "ok  " : "FAIL";
}
