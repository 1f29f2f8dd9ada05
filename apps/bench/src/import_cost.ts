/**
 * How long a process takes to import parts of Bellhop as published, each in a process of its own.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { type Measure, median } from "./figure.ts";

const subjects: ReadonlyArray<readonly [string, ReadonlyArray<string>]> = [
  ["nothing", []],
  ["what a device login needs of effect and xstate", [
    "effect/Effect",
    "effect/Schema",
    "effect/http/HttpClient",
    "xstate",
  ]],
  ["@bellhop/core/protocol/client", [published("protocol/client")]],
  ["@bellhop/core/grant/device_authorization", [published("grant/device_authorization")]],
  ["@bellhop/core (everything)", [published("mod")]],
];

/** The built file: from source, Node strips types first, which is not what users pay for. */
function published(subpath: string): string {
  return new URL(`../../../packages/core/dist/${subpath}.js`, import.meta.url).href;
}

function millisFor(modules: ReadonlyArray<string>): number {
  const script = modules.map((name) => `await import(${JSON.stringify(name)});`).join("");
  const began = performance.now();
  const { status, stderr } = spawnSync(
    process.execPath,
    ["--input-type=module", "--eval", script],
    { cwd: import.meta.dirname },
  );
  if (status !== 0) throw new Error(String(stderr));
  return performance.now() - began;
}

/** Whole processes, interleaved; each figure is a median. */
export function importCost(isSmoke: boolean): Measure {
  const rounds = Array.from(
    { length: isSmoke ? 3 : 9 },
    () => subjects.map(([, modules]) => millisFor(modules)),
  );
  const medians = subjects.map((_, i) => median(rounds.map((row) => row[i] ?? Number.NaN)));
  const [bare, peers, , grant] = medians;
  return {
    name: "A process that imports, unbundled",
    aim: "a grant costs at most 1.6 times what effect and xstate cost by themselves",
    figures: subjects.map(([subject], i) => ({ subject, value: medians[i] ?? NaN, unit: "ms" })),
    isMet: (grant ?? NaN) - (bare ?? 0) <= ((peers ?? 0) - (bare ?? 0)) * 1.6,
  };
}
