/** A program with a thousand flows and some sessions, as an inspector hears of it. */
import type { Observation } from "@bellhop/core/protocol/observation";
import type { Hub } from "@bellhop/inspector/server/hub";
import { Effect } from "effect";
import { deviceLines } from "./device_lines.ts";

/** How many flows there are. */
const flowCount = 1_000;

const sessionCount = 20;
const observations = deviceLines.map((line) => line["observation"] as Observation);
const [started] = observations;
const moves = observations.filter(({ type }) => type === "flow.transition").slice(1, 3);
const exchange = observations.find(({ type }) => type === "http.exchange");
const timer = "after interval";

/** Begins all flows. */
export function begin(hub: Hub): void {
  for (let index = 0; index < flowCount; index++) beginOne(hub, `flow ${index}`);
}

/** Begins one flow. */
export function beginOne({ observer }: Hub, flowId: string): void {
  observer.observe({ ...started, flowId, at: Date.now() } as Observation);
}

/** All flows take so many steps, as fast as a page can hear of them. */
export function feed(
  hub: Hub,
  { from, count }: { readonly from: number; readonly count: number },
): Effect.Effect<void> {
  return Effect.gen(function* () {
    for (let number = from; number < from + count; number++) {
      for (let index = 0; index < flowCount; index++) step(hub, number, index);
      for (let index = 0; index < sessionCount; index++) change(hub, number, index);
      yield* hub.delivered;
    }
  });
}

/** Some flows take a step and some sessions change, again and again, until it is interrupted. */
export function trickle(hub: Hub, from: number): Effect.Effect<never> {
  let number = from;
  return Effect.gen(function* () {
    for (let index = 0; index < flowCount; index += 20) step(hub, number, index);
    change(hub, number, number % sessionCount);
    number++;
    yield* Effect.sleep(50);
  }).pipe(Effect.forever);
}

function step({ observer }: Hub, number: number, index: number): void {
  const [flowId, at] = [`flow ${index}`, Date.now()];
  const tell = (observation: object | undefined) => observer.observe(observation as Observation);
  tell({ ...moves[number % moves.length], flowId, seq: number, at });
  if (index % 4 === 0 && number % 2 === 1) {
    tell({ type: "timer.armed", timer, flowId, seq: number, at, dueAt: at + 60_000 });
  } else if (index % 4 === 0) tell({ type: "timer.fired", timer, flowId, seq: number, at });
  if (index % 20 === 0) tell({ ...exchange, flowId, at });
}

function change({ observer }: Hub, number: number, index: number): void {
  const [key, at] = [`session ${index}`, Date.now()];
  observer.observe({
    type: "session.changed",
    at,
    key,
    name: number % 2 === 0 ? "fresh" : "stale",
    path: number % 2 === 0 ? "fresh" : "stale",
    version: number,
    expiresAtMillis: at + 60_000,
  });
  const type = number % 2 === 0 ? "lease.released" : "lease.taken";
  observer.observe({ type, at, key, durationMillis: 5 });
}

/** Requests that go well, all in one second: more than a hub tells of. */
export function request({ observer }: Hub, count: number): void {
  const sent = { method: "GET", url: "https://api.example.com/", status: 200, isReplay: false };
  const ended = { outcome: "ok", durationMillis: 5, at: Date.now() } as const;
  for (let i = 0; i < count; i++) {
    observer.observe({ type: "api.exchange", key: "session 0", ...sent, ...ended });
  }
}
