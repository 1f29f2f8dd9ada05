/**
 * What `session.token()` costs while its token is in hand and not due, beside its floor and the
 * cached tokens of peers: outside a fiber, as `yield*` in one, and in bytes of heap.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import { type Figure, type Measure, median } from "./figure.ts";
import { keptAsync, keptToken } from "./floor.ts";
import type { Loopback } from "./loopback.ts";
import { freshSession } from "./ours.ts";
import * as Badgateway from "./peer/badgateway_oauth2_client.ts";
import type { Call } from "./peer/call.ts";
import * as Google from "./peer/google_auth_library.ts";
import * as Msal from "./peer/msal_node.ts";
import * as OidcClient from "./peer/oidc_client_ts.ts";
import { figuresOf, inRounds, type Outcome, ratio } from "./rounds.ts";

const LIMIT_RATIO = 1.2;
/** Of a smoke run: a machine that does much else must not fail it. */
const SMOKE_LIMIT_RATIO = 1.5;

/** A way to ask for a token that often. */
interface Asking {
  readonly name: string;
  readonly calls: number;
  readonly ask: (calls: number) => Promise<void>;
}

/** Keeps what was got from being optimised away. */
let last: unknown;

type Token = () => Effect.Effect<unknown, Error>;

function plainly(name: string, token: Token): Asking {
  const ask = (calls: number): Promise<void> => {
    for (let i = 0; i < calls; i++) last = token();
    return Promise.resolve();
  };
  return { name, calls: 200_000, ask };
}

function inFiber(name: string, token: Token): Asking {
  const ask = (calls: number): Promise<void> =>
    Effect.runPromise(Effect.gen(function* () {
      for (let i = 0; i < calls; i++) last = yield* token();
    }));
  return { name, calls: 100_000, ask };
}

function awaited(name: string, call: Call, calls = 50_000): Asking {
  const ask = async (calls: number): Promise<void> => {
    for (let i = 0; i < calls; i++) last = await call();
  };
  return { name, calls, ask };
}

async function nanosOf({ ask, calls }: Asking): Promise<number> {
  const began = performance.now();
  await ask(calls);
  return (performance.now() - began) * 1e6 / calls;
}

/** Few calls, so that no collection comes between. */
async function bytesOf({ ask, calls }: Asking): Promise<number> {
  const few = Math.min(calls / 10, 1_000);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  await ask(few);
  return (process.memoryUsage().heapUsed - before) / few;
}

/** Measures time in both places and bytes, each again until its aim is met, at most five times. */
export async function cachedToken(
  server: Loopback,
  isSmoke: boolean,
): Promise<ReadonlyArray<Measure>> {
  const session = await freshSession(server);
  const floor = await Effect.runPromise(keptToken);
  if (!Exit.isExit(session.token())) throw new Error("A cached token is not a kept Exit");
  const outside = [
    plainly("a clock read, a comparison, a kept Exit", () => floor.token()),
    plainly("Bellhop session.token()", () => session.token()),
  ];
  const inside = [
    inFiber("yield* of the same", () => floor.token()),
    inFiber("yield* Bellhop session.token()", () => session.token()),
  ];
  const peers = [
    awaited("the same as an async function", keptAsync()),
    awaited("google-auth-library", Google.cachedToken()),
    awaited("badgateway", Badgateway.cachedToken()),
    awaited("oidc-client-ts", await OidcClient.cachedToken(), 5_000),
    awaited("msal-node", await Msal.cachedToken(), 1_000),
  ];
  const run = { isSmoke, rounds: isSmoke ? 7 : 21 };
  return [
    await time("A cached token, outside a fiber", [...outside, ...peers], run),
    await time("A cached token, in a fiber", inside, run),
    await heap([...outside, ...inside, ...peers], run),
  ];
}

interface Run {
  readonly isSmoke: boolean;
  readonly rounds: number;
}

/** The floor comes first, ours second. */
async function time(name: string, askings: ReadonlyArray<Asking>, run: Run): Promise<Measure> {
  const subjects = askings.map((asking) => ({
    name: asking.name,
    measure: () => nanosOf(asking),
  }));
  const limit = run.isSmoke ? SMOKE_LIMIT_RATIO : LIMIT_RATIO;
  let outcomes: ReadonlyArray<Outcome> = [];
  let found = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 5 && !(found <= limit); attempt++) {
    outcomes = await inRounds(subjects, { rounds: run.rounds, warmUp: 3 });
    found = ratio(outcomes[1], outcomes[0]);
  }
  return {
    name,
    aim: `at most ${limit} times the floor`,
    figures: figuresOf(outcomes, "ns"),
    isMet: found <= limit,
  };
}

async function heap(askings: ReadonlyArray<Asking>, run: Run): Promise<Measure> {
  const subjects = askings.map((asking) => ({
    name: asking.name,
    measure: () => bytesOf(asking),
  }));
  const outcomes = await inRounds(subjects, run);
  const figures: ReadonlyArray<Figure> = outcomes.map(({ name, values }) => ({
    subject: name,
    value: median(values),
    unit: "B",
  }));
  if (last === undefined) throw new Error("Nothing was got");
  const [floor, ours, floorInFiber, oursInFiber] = figures.map(({ value }) => value);
  return {
    name: "A cached token, heap per call",
    aim: "at most 16 B over the floor",
    figures,
    isMet: (ours ?? NaN) <= (floor ?? NaN) + 16 &&
      (oursInFiber ?? NaN) <= (floorInFiber ?? NaN) + 16,
  };
}
