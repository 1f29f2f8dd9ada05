/**
 * What being watched costs client credentials flows, 64 at once: by an observer that only counts, by
 * the inspector's hub with nobody reading, and by an inspector whose lines another process reads as
 * its page does. Each round has an inspector of its own, and is measured until the flows are done;
 * what the inspector still sends afterwards is said beside.
 *
 * It is the worst case: no flow is smaller, and the program does nothing but such flows, as many as
 * it can, so that every line is paid for by little work. `watched_program` is the ordinary case.
 *
 * @module
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient";
import { Observer } from "@bellhop/core/protocol/observation";
import { make as makeHub } from "@bellhop/inspector/server/hub";
import * as Effect from "effect/Effect";
import * as ManagedRuntime from "effect/ManagedRuntime";
import * as HttpClient from "effect/http/HttpClient";
import type { ChildProcess } from "node:child_process";
import { type Measure, median } from "./figure.ts";
import type { Loopback } from "./loopback.ts";
import * as Ours from "./ours.ts";
import { readInspector, startReader } from "./read_inspector.ts";
import { cpuOf, type Load, rateOfEffect, type Sample } from "./request_rate.ts";
import { figuresOf, inRounds, type Outcome, spread, type Subject } from "./rounds.ts";

const unwatched = "nobody watches";
const counted = "an observer that counts";
const kept = "the hub, nobody reads";
const read = "the inspector, a page reads";

/** A sample, and what came after the flows. */
interface Watched extends Sample {
  /** What the hub holds, in bytes of the heap. */
  readonly heldBytes: number;
  /** Until the page had all lines. */
  readonly lateMillis: number;
  /** What all lines took that were sent then, in processor time for one flow. */
  readonly lateCpuMicros: number;
  /** Lines that came to the page. */
  readonly lines: number;
}

const none = { heldBytes: 0, lateMillis: 0, lateCpuMicros: 0, lines: 0 };

type Sampling = (name: string, observer: Observer | undefined) => Promise<Sample>;

/** Measures the four in turn, round by round. */
export async function inspectorCost(
  server: Loopback,
  isSmoke: boolean,
): Promise<ReadonlyArray<Measure>> {
  const load = { width: 64, requests: isSmoke ? 256 : 1_000 };
  const http = await ManagedRuntime.make(NodeHttpClient.layerUndici).runPromise(
    HttpClient.HttpClient,
  );
  const grant = Ours.clientCredentials(http, server);
  const sampling: Sampling = (name, observer) =>
    rateOfEffect(name, Effect.provideService(grant, Observer, observer), load).measure();
  const reader = startReader();
  const outcomes = await inRounds(subjectsOf(sampling, reader, load), {
    rounds: isSmoke ? 3 : 11,
    warmUp: isSmoke ? 1 : 2,
  });
  reader.disconnect();
  return [timeOf(outcomes), heapOf(outcomes, load)];
}

function subjectsOf(
  sampling: Sampling,
  reader: ChildProcess,
  load: Load,
): ReadonlyArray<Subject<Watched>> {
  let seen = 0;
  const counting: Observer = { observe: () => void seen++ };
  return [
    {
      name: unwatched,
      measure: async () => ({ ...await sampling(unwatched, undefined), ...none }),
    },
    { name: counted, measure: async () => ({ ...await sampling(counted, counting), ...none }) },
    { name: kept, measure: () => keeping(sampling) },
    { name: read, measure: () => reading(sampling, reader, load) },
  ];
}

async function keeping(sampling: Sampling): Promise<Watched> {
  const before = heapBytes();
  const hub = makeHub();
  const sample = await sampling(kept, hub.observer);
  const heldBytes = heapBytes() - before;
  await Effect.runPromise(hub.close);
  return { ...sample, ...none, heldBytes };
}

async function reading(sampling: Sampling, reader: ChildProcess, load: Load): Promise<Watched> {
  const { hub, close } = await readInspector(reader);
  const before = heapBytes();
  const sample = await sampling(read, hub.observer);
  const cpu = process.cpuUsage();
  const began = performance.now();
  await Effect.runPromise(hub.delivered);
  const lateMillis = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  const heldBytes = heapBytes() - before;
  const { lines } = await close();
  const lateCpuMicros = (user + system) / load.requests;
  return { ...sample, heldBytes, lateMillis, lateCpuMicros, lines };
}

function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

/** Time and processor time of one flow, and how far apart the rounds were. */
function timeOf(outcomes: ReadonlyArray<Outcome<Watched>>): Measure {
  const times = outcomes.map(({ name, values }) => ({
    name,
    values: values.map(({ perSecond }) => 1e6 / perSecond),
  }));
  const cpu = figuresOf(cpuOf(outcomes), "µs");
  const figures = figuresOf(times, "µs").map((figure, i) => ({
    ...figure,
    note: [
      `${cpu[i]?.value.toFixed(0)} µs CPU, ${cpu[i]?.ratio?.toFixed(2)}x`,
      `rounds ${spread(times[i], times[0])}`,
      ...(figure.subject === read ? [lateOf(outcomes[i]?.values ?? [])] : []),
    ].join("; "),
  }));
  const ratios = new Map(figures.map(({ subject, ratio }) => [subject, ratio ?? Number.NaN]));
  return {
    name: "A watched flow, 64 at once",
    aim: "read by a page: at most 1.10 times the unwatched",
    figures,
    isMet: (ratios.get(read) ?? Number.NaN) <= 1.1,
  };
}

function lateOf(values: ReadonlyArray<Watched>): string {
  const millis = median(values.map(({ lateMillis }) => lateMillis));
  const micros = median(values.map(({ lateCpuMicros }) => lateCpuMicros));
  const lines = median(values.map((value) => value.lines));
  return `all ${lines} lines sent ${millis.toFixed(0)} ms later, ${micros.toFixed(0)} µs CPU more`;
}

function heapOf(outcomes: ReadonlyArray<Outcome<Watched>>, { requests }: Load): Measure {
  const held = outcomes.filter(({ name }) => name === kept || name === read).map((
    { name, values },
  ) => ({ name, values: values.map(({ heldBytes }) => heldBytes / requests) }));
  const figures = figuresOf(held, "B");
  return {
    name: `The heap a hub holds for each flow, after ${requests}`,
    aim: "at most 16 KiB",
    figures,
    isMet: figures.every(({ value }) => value <= 16 * 1024),
  };
}
