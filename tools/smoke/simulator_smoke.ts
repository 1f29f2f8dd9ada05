/**
 * The simulator on whatever runtime runs this file: prints the digest of the trace of each of some seeds,
 * and last `N passed, N failed`. With `-` as its argument each has to be the one that standard input has,
 * which is what another runtime printed.
 *
 * @module
 */
import { argv, stdin } from "node:process";
import { mixed } from "@bellhop/simulator/scenario/mixed";
import { run } from "@bellhop/simulator/simulation/simulation";
import { digestOf } from "@bellhop/simulator/simulation/trace";

const SEEDS = 20;

const others = argv[2] === "-" ? (await textOf(stdin)).split("\n") : undefined;
let failed = 0;
for (let seed = 1; seed <= SEEDS; seed++) {
  const line = `seed ${seed} ${digestOf(run({ seed, scenario: mixed, faults: "chaos" }).events)}`;
  const isSame = others?.includes(line) ?? true;
  if (!isSame) failed += 1;
  console.log(isSame ? line : `${line} is another`);
}
console.log(`${SEEDS - failed} passed, ${failed} failed`);
if (failed > 0) throw new Error(`${failed} of ${SEEDS} seeds took another course`);

async function textOf(input: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of input) text += decoder.decode(bytes, { stream: true });
  return text;
}
