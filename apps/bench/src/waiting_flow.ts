/**
 * How many bytes of heap one waiting device flow holds, beside other ways to wait.
 *
 * @module
 */
import { Context, Effect, Fiber } from "effect";
import * as Clock from "effect/Clock";
import * as HttpClient from "effect/http/HttpClient";
import * as HttpClientResponse from "effect/http/HttpClientResponse";
import { authorize } from "@bellhop/core/grant/device_authorization";
import type { Client } from "@bellhop/core/protocol/client";
import { deviceAuthorization } from "@bellhop/core/chart/device_authorization";
import { createActor, fromCallback } from "xstate";
import { type Measure, median } from "./figure.ts";

const LIMIT_BYTES = 4_096;

const client: Client = {
  clientId: "bench",
  authentication: { method: "none" },
  server: {
    issuer: "https://as.example.com",
    tokenEndpoint: "https://as.example.com/token",
    deviceAuthorizationEndpoint: "https://as.example.com/device_authorization",
  },
};

const answer = {
  device_code: "device-code",
  user_code: "WDJB-MJHT",
  verification_uri: "https://as.example.com/device",
  expires_in: 900,
  interval: 600,
};

const server: HttpClient.HttpClient = HttpClient.make((request) =>
  Effect.succeed(HttpClientResponse.fromWeb(request, Response.json(answer)))
);

/** A way to wait: starts that many, gives them a moment, and says how to end them. */
type Waiting = (count: number) => Promise<() => Promise<void>>;

/** The floor: the same things kept in a closure behind a timer. */
function handWritten(count: number): Promise<() => Promise<void>> {
  const timers: Array<NodeJS.Timeout> = [];
  for (let i = 0; i < count; i++) {
    const flow = { ...answer, device_code: `device-code-${i}`, waitMillis: 630_000, polls: 0 };
    timers.push(setTimeout(() => flow.polls++, flow.waitMillis));
  }
  return Promise.resolve(() => Promise.resolve(timers.forEach(clearTimeout)));
}

/** The floor inside Effect: one fiber that sleeps in a loop. */
function sleepingFiber(count: number): Promise<() => Promise<void>> {
  const loop = (deviceCode: string) =>
    Effect.gen(function* () {
      const clock = yield* Clock.Clock;
      const began = clock.currentTimeMillisUnsafe();
      while (clock.currentTimeMillisUnsafe() - began < 900_000) {
        yield* Effect.sleep(630_000);
        if (deviceCode === "") return;
      }
    });
  return fibers(count, (i) => Effect.runFork(loop(`device-code-${i}`)));
}

function onUserCode(): Effect.Effect<void> {
  return Effect.void;
}

function bellhop(count: number): Promise<() => Promise<void>> {
  const fork = Effect.runForkWith(Context.make(HttpClient.HttpClient, server));
  return fibers(count, () => fork(authorize({ client, onUserCode })));
}

async function fibers(
  count: number,
  fork: (i: number) => Fiber.Fiber<unknown, unknown>,
): Promise<() => Promise<void>> {
  const running = Array.from({ length: count }, (_, i) => fork(i));
  await settled();
  return () => Effect.runPromise(Fiber.interruptAll(running));
}

async function actors(count: number): Promise<() => Promise<void>> {
  const chart = deviceAuthorization.provide({
    actors: {
      requestDeviceCode: fromCallback(({ sendBack }) =>
        sendBack({
          type: "device_code",
          response: {
            deviceCode: undefined,
            userCode: answer.user_code,
            verificationUri: answer.verification_uri,
            expiresInMillis: 900_000,
            intervalMillis: 600_000,
          },
        })
      ),
    },
  });
  const input = { issuer: "", clientId: "", scope: [], requestLimitMillis: 15_000 };
  const running = Array.from({ length: count }, () => createActor(chart, { input }).start());
  await settled();
  return () => Promise.resolve(running.forEach((actor) => actor.stop()));
}

function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 300));
}

async function bytesOf(waiting: Waiting, count: number): Promise<number> {
  const before = await heap();
  const end = await waiting(count);
  const after = await heap();
  await end();
  return (after - before) / count;
}

async function heap(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return process.memoryUsage().heapUsed;
}

/** Measures, interleaved: each subject once a round, the median of the rounds. */
export async function waitingFlow(isSmoke: boolean): Promise<Measure> {
  const count = isSmoke ? 1_000 : 5_000;
  const subjects: ReadonlyArray<readonly [string, Waiting]> = [
    ["hand-written closure and timer", handWritten],
    ["Effect fiber asleep in a loop", sleepingFiber],
    ["Bellhop device flow", bellhop],
    ["XState actor of the same chart", actors],
  ];
  for (const [, waiting] of subjects) await bytesOf(waiting, 200);
  const rounds = await inTurn(
    isSmoke ? 3 : 5,
    () => inTurn(subjects.length, (i) => bytesOf(subjects[i]?.[1] ?? handWritten, count)),
  );
  const figures = subjects.map(([subject], i) => ({
    subject,
    value: median(rounds.map((round) => round[i] ?? Number.NaN)),
    unit: "B",
  }));
  return {
    name: "A waiting device flow, heap",
    aim: "at most 4 kB",
    figures,
    isMet: (figures[2]?.value ?? Number.NaN) <= LIMIT_BYTES,
  };
}

async function inTurn<A>(times: number, make: (i: number) => Promise<A>): Promise<Array<A>> {
  const made: Array<A> = [];
  for (let i = 0; i < times; i++) made.push(await make(i));
  return made;
}
