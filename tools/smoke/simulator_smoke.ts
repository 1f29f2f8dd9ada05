/**
 * The simulator on whatever runtime runs this file: prints the digest of the trace of each of some seeds,
 * and last `N passed, N failed`. Each is run twice, in order and then in reverse, and has to take the same
 * course. With `-` as its argument each has to be the one that standard input has, which is what another
 * runtime printed.
 *
 * @module
 */
import { argv, stdin } from "node:process";
import { mixed } from "@bellhop/simulator/scenario/mixed";
import { run } from "@bellhop/simulator/simulation/simulation";
import { digestOf } from "@bellhop/simulator/simulation/trace";

const SEEDS = 20;

const others = argv[2] === "-" ? (await textOf(stdin)).split("\n") : undefined;
const seeds = Array.from({ length: SEEDS }, (_, index) => index + 1);
const once = new Map(seeds.map((seed) => [seed, lineOf(seed)]));
const again = new Map(seeds.toReversed().map((seed) => [seed, lineOf(seed)]));
let failed = 0;
for (const [seed, line] of once) {
  const isSame = again.get(seed) === line;
  const isTheirs = others?.includes(line) ?? true;
  if (!isSame || !isTheirs) failed += 1;
  console.log(`${line}${isSame ? "" : " is another in reverse"}${isTheirs ? "" : " is another"}`);
}
console.log(`${SEEDS - failed} passed, ${failed} failed`);
if (failed > 0) throw new Error(`${failed} of ${SEEDS} seeds took another course`);

function lineOf(seed: number): string {
  return `seed ${seed} ${digestOf(run({ seed, scenario: mixed, faults: "chaos" }).events)}`;
}

async function textOf(input: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of input) text += decoder.decode(bytes, { stream: true });
  return text;
}
