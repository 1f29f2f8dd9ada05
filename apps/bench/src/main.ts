/**
 * Runs the benchmarks and prints what they found. Exits 1 where an aim was missed; with `--smoke`
 * only where bytes were, since times on a busy machine prove nothing.
 *
 * @module
 */
import { written } from "./figure.ts";
import { importCost } from "./import_cost.ts";
import { observerCost } from "./observer_cost.ts";
import { waitingFlow } from "./waiting_flow.ts";

const isSmoke = process.argv.includes("--smoke");
const measures = [
  await waitingFlow(isSmoke),
  await observerCost(isSmoke),
  importCost(isSmoke),
];
console.log(measures.map(written).join("\n\n"));
const binding = isSmoke ? measures.slice(0, 1) : measures;
process.exitCode = binding.every(({ isMet }) => isMet) ? 0 : 1;
