/**
 * Runs the benchmarks and prints what they found. Exits 1 where an aim was missed; with `--smoke`
 * only where one was that holds on a busy machine: bytes, counts, and a cached token's generous bound.
 * Words after it name the benchmarks to run, such as `cached_token`.
 *
 * @module
 */
import { authorizationUrl } from "./authorization_url.ts";
import { restoreFetch } from "./builtin_fetch.ts";
import { cachedToken } from "./cached_token.ts";
import { clientCredentials } from "./client_credentials.ts";
import { expiredCallers } from "./expired_callers.ts";
import { type Measure, written } from "./figure.ts";
import { httpClient } from "./http_client.ts";
import { importCost } from "./import_cost.ts";
import { inspectorCost } from "./inspector_cost.ts";
import { type Loopback, loopback } from "./loopback.ts";
import { observerCost } from "./observer_cost.ts";
import { simulation } from "./simulation.ts";
import { waitingFlow } from "./waiting_flow.ts";
import { watchedProgram } from "./watched_program.ts";

/** A benchmark, and whether it binds in a smoke run. */
interface Bench {
  readonly name: string;
  readonly isBinding: boolean;
  readonly run: (server: Loopback, isSmoke: boolean) => Promise<Measure | ReadonlyArray<Measure>>;
}

const benches: ReadonlyArray<Bench> = [
  { name: "waiting_flow", isBinding: true, run: (_, isSmoke) => waitingFlow(isSmoke) },
  { name: "observer_cost", isBinding: false, run: (_, isSmoke) => observerCost(isSmoke) },
  { name: "inspector_cost", isBinding: false, run: inspectorCost },
  { name: "watched_program", isBinding: false, run: watchedProgram },
  { name: "cached_token", isBinding: true, run: cachedToken },
  { name: "authorization_url", isBinding: false, run: authorizationUrl },
  { name: "http_client", isBinding: false, run: httpClient },
  { name: "client_credentials", isBinding: false, run: clientCredentials },
  { name: "expired_callers", isBinding: true, run: expiredCallers },
  { name: "simulation", isBinding: false, run: (_, isSmoke) => simulation(isSmoke) },
  {
    name: "import_cost",
    isBinding: false,
    run: (_, isSmoke) => Promise.resolve(importCost(isSmoke)),
  },
];

const isSmoke = process.argv.includes("--smoke");
const wanted = process.argv.slice(2).filter((word) => !word.startsWith("--"));

restoreFetch();
const server = await loopback();
for (const { name, isBinding, run } of benches) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const measure of [await run(server, isSmoke)].flat()) {
    console.log(`${written(measure)}\n`);
    if (!measure.isMet && (isBinding || !isSmoke)) process.exitCode = 1;
  }
}
server.close();
// Peers leave timers and idle connections behind.
process.exit();
