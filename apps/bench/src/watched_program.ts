/**
 * What a program's authorised requests lose to an inspector, which tells of each of them: where it
 * makes nothing but requests, as many as it can, and beside 1,000 device logins that wait and poll
 * every five seconds. Each round begins its own flows, and takes a whole interval, so that every flow
 * polls once. The rate is what a program's users notice; beside a page and a server on one machine it
 * is theirs as well, so that processor time is shown, with that of sending all lines.
 *
 * @module
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient";
import { authorize } from "@bellhop/core/grant/device_authorization";
import type { Client } from "@bellhop/core/protocol/client";
import { Observer } from "@bellhop/core/protocol/observation";
import type { Session } from "@bellhop/core/session/session";
import { make as makeHub } from "@bellhop/inspector/server/hub";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Fiber from "effect/Fiber";
import * as ManagedRuntime from "effect/ManagedRuntime";
import * as HttpClient from "effect/http/HttpClient";
import type { ChildProcess } from "node:child_process";
import type { Measure } from "./figure.ts";
import { clientId, DEVICE_INTERVAL_SECONDS, type Loopback } from "./loopback.ts";
import * as Ours from "./ours.ts";
import { readInspector, startReader } from "./read_inspector.ts";
import { cpuOf, type Sample as Rate } from "./request_rate.ts";
import { figuresOf, inRounds, spread } from "./rounds.ts";

const width = 16;

/** How many requests it got done, too. */
interface Sample extends Rate {
  readonly requests: number;
}

interface Program {
  readonly server: Loopback;
  readonly http: HttpClient.HttpClient;
  readonly session: Session;
  readonly flows: number;
  /** How long requests are made in a round. */
  readonly millis: number;
}

/** Measures with and without flows, each way in turn, round by round. */
export async function watchedProgram(
  server: Loopback,
  isSmoke: boolean,
): Promise<ReadonlyArray<Measure>> {
  const http = await ManagedRuntime.make(NodeHttpClient.layerUndici).runPromise(
    HttpClient.HttpClient,
  );
  const session = await Ours.freshSession(server);
  const reader = startReader();
  const program = { server, http, session };
  const alone = { ...program, flows: 0, millis: isSmoke ? 200 : 1_000 };
  const millis = DEVICE_INTERVAL_SECONDS * 1_000;
  const beside = { ...program, flows: isSmoke ? 100 : 1_000, millis };
  const measures = [
    await measured(alone, reader, isSmoke ? 3 : 21),
    await measured(beside, reader, isSmoke ? 1 : 7),
  ];
  reader.disconnect();
  return measures;
}

async function measured(program: Program, reader: ChildProcess, rounds: number): Promise<Measure> {
  const outcomes = await inRounds([
    { name: "nobody watches", measure: () => sampled(program, undefined) },
    { name: "the hub, nobody reads", measure: () => kept(program) },
    { name: "the inspector, a page reads", measure: () => read(program, reader) },
  ], { rounds, warmUp: 1 });
  const cpu = cpuOf(outcomes);
  const rates = figuresOf(
    outcomes.map(({ name, values }) => ({
      name,
      values: values.map(({ perSecond }) => perSecond),
    })),
    "req/s",
  );
  const figures = figuresOf(cpu, "µs").map((figure, i) => ({
    ...figure,
    note: `rounds ${spread(cpu[i], cpu[0])}; ` +
      `${rates[i]?.value.toFixed(0)} req/s, ${rates[i]?.ratio?.toFixed(2)}x`,
  }));
  return {
    name: program.flows === 0
      ? "A program's requests, and processor time of one"
      : `A program's requests beside ${program.flows} flows that poll, and processor time of one`,
    aim: "read by a page: at least 0.90 of the unwatched requests a second",
    figures,
    isMet: (rates.at(-1)?.ratio ?? Number.NaN) >= 0.9,
  };
}

async function kept(program: Program): Promise<Sample> {
  const hub = makeHub();
  const sample = await sampled(program, hub.observer);
  await Effect.runPromise(hub.close);
  return sample;
}

/** Of each request, and of the flows beside them, the page has to hear. */
async function read(program: Program, reader: ChildProcess): Promise<Sample> {
  const { hub, close } = await readInspector(reader);
  const sample = await sampled(program, hub.observer, hub.delivered);
  const { lines, exchanges, skipped, dropped } = await close();
  const told = exchanges + skipped;
  const isWhole = told + dropped >= sample.requests && told <= sample.requests;
  if (!isWhole || lines + dropped < exchanges + program.flows) {
    throw new Error(`The page was told of ${told} requests out of ${sample.requests}`);
  }
  return sample;
}

/** Begins the flows, and counts what the program gets done until each has polled once. */
async function sampled(
  program: Program,
  observer: Observer | undefined,
  settled: Effect.Effect<void> = Effect.void,
): Promise<Sample> {
  const { server, http, session, flows } = program;
  const services = Context.make(HttpClient.HttpClient, http).pipe(Context.add(Observer, observer));
  const client: Client = {
    clientId,
    authentication: { method: "none" },
    server: {
      issuer: server.origin,
      tokenEndpoint: server.tokenEndpoint,
      deviceAuthorizationEndpoint: `${server.origin}/device_authorization`,
    },
  };
  const login = authorize({ client, onUserCode: () => Effect.void });
  const fibers = Array.from({ length: flows }, () => Effect.runForkWith(services)(login));
  await new Promise((resolve) => setTimeout(resolve, flows === 0 ? 20 : 2_000));
  globalThis.gc?.();
  const request = Ours.authorisedRequest(session, http, server);
  const cpu = process.cpuUsage();
  const sample = await requests(Effect.provide(request, services), program.millis);
  await Effect.runPromise(settled);
  const { user, system } = process.cpuUsage(cpu);
  await Effect.runPromise(Fiber.interruptAll(fibers));
  return { ...sample, cpuMicros: (user + system) / sample.requests };
}

async function requests(
  request: Effect.Effect<unknown, Error>,
  millis: number,
): Promise<Omit<Sample, "cpuMicros">> {
  const began = performance.now();
  const end = began + millis;
  let done = 0;
  const worker = Effect.gen(function* () {
    while (performance.now() < end) {
      yield* request;
      done++;
    }
  });
  const workers = Array.from({ length: width }, () => worker);
  await Effect.runPromise(Effect.all(workers, { concurrency: "unbounded", discard: true }));
  const seconds = (performance.now() - began) / 1_000;
  return { requests: done, perSecond: done / seconds };
}
