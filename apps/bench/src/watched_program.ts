/**
 * What a program loses to an inspector that watches 1,000 of its flows: device logins that wait and
 * poll every five seconds, while the program makes authorised requests, as many as it can. Each round
 * begins its own flows, and takes a whole interval, so that every flow polls once.
 *
 * @module
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient";
import { authorize } from "@bellhop/core/grant/device_authorization";
import type { Client } from "@bellhop/core/protocol/client";
import { Observer } from "@bellhop/core/protocol/observation";
import type { Session } from "@bellhop/core/session/session";
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
import { cpuOf, type Sample } from "./request_rate.ts";
import { figuresOf, inRounds } from "./rounds.ts";

const width = 16;

interface Program {
  readonly server: Loopback;
  readonly http: HttpClient.HttpClient;
  readonly session: Session;
  readonly flows: number;
}

/** Measures both in turn, round by round. */
export async function watchedProgram(server: Loopback, isSmoke: boolean): Promise<Measure> {
  const http = await ManagedRuntime.make(NodeHttpClient.layerUndici).runPromise(
    HttpClient.HttpClient,
  );
  const session = await Ours.freshSession(server);
  const program = { server, http, session, flows: isSmoke ? 100 : 1_000 };
  const reader = startReader();
  const outcomes = await inRounds([
    { name: "nobody watches", measure: () => sampled(program, undefined) },
    { name: "the inspector, a page reads", measure: () => read(program, reader) },
  ], { rounds: isSmoke ? 1 : 7, warmUp: 1 });
  reader.disconnect();
  const rates = outcomes.map(({ name, values }) => ({
    name,
    values: values.map(({ perSecond }) => perSecond),
  }));
  const cpu = figuresOf(cpuOf(outcomes), "µs");
  const figures = figuresOf(rates, "req/s").map((figure, i) => ({
    ...figure,
    note: `${cpu[i]?.value.toFixed(0)} µs CPU, ${cpu[i]?.ratio?.toFixed(2)}x`,
  }));
  return {
    name: `A program's requests beside ${program.flows} flows that poll`,
    aim: "read by a page: at least 0.90 times the unwatched",
    figures,
    isMet: (figures[1]?.ratio ?? 0) >= 0.9,
  };
}

async function read(program: Program, reader: ChildProcess): Promise<Sample> {
  const { hub, close } = await readInspector(reader);
  const sample = await sampled(program, hub.observer);
  await close();
  return sample;
}

/** Begins the flows, and counts what the program gets done until each has polled once. */
async function sampled(program: Program, observer: Observer | undefined): Promise<Sample> {
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
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  globalThis.gc?.();
  const sample = await requests(Ours.authorisedRequest(session, http, server));
  await Effect.runPromise(Fiber.interruptAll(fibers));
  return sample;
}

async function requests(request: Effect.Effect<unknown, Error>): Promise<Sample> {
  const cpu = process.cpuUsage();
  const began = performance.now();
  const end = began + DEVICE_INTERVAL_SECONDS * 1_000;
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
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: done / seconds, cpuMicros: (user + system) / done };
}
