/**
 * Authorised requests a second against constant answers: raw transports, bare `HttpClient`s, Bellhop
 * over each of them, and peers; and what a session adds to the `HttpClient` that it wraps.
 *
 * @module
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient";
import * as Effect from "effect/Effect";
import type * as Layer from "effect/Layer";
import * as ManagedRuntime from "effect/ManagedRuntime";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import * as HttpClient from "effect/http/HttpClient";
import * as HttpClientRequest from "effect/http/HttpClientRequest";
import { type Measure, median } from "./figure.ts";
import * as Floor from "./floor.ts";
import { accessToken, type Address, type Loopback } from "./loopback.ts";
import { isolated } from "./isolated.ts";
import * as Ours from "./ours.ts";
import * as Badgateway from "./peer/badgateway_oauth2_client.ts";
import type { Call } from "./peer/call.ts";
import * as ClientOAuth2 from "./peer/client_oauth2.ts";
import * as Google from "./peer/google_auth_library.ts";
import * as Oauth4webapi from "./peer/oauth4webapi.ts";
import * as OpenidClient from "./peer/openid_client.ts";
import {
  bestRatio,
  cpuOf,
  type Load,
  rateFigures,
  rateOfCall,
  rateOfEffect,
  type Sample,
} from "./request_rate.ts";
import { inRounds, type Outcome, ratio, type Subject } from "./rounds.ts";

const LIMIT_RATIO = 1.05;
/** Rates of two that do the same differ by as much on a busy machine. */
const LEVEL_RATIO = 0.95;

type Request = Effect.Effect<unknown, Error>;

const bare = (client: HttpClient.HttpClient, url: string): Request => {
  const request = HttpClientRequest.get(url).pipe(HttpClientRequest.bearerToken(accessToken));
  return Effect.flatMap(client.execute(request), ({ text }) => text);
};

const names = {
  bareFetch: "HttpClient over fetch, bare",
  oursFetch: "Bellhop session over HttpClient over fetch",
  bareUndici: "HttpClient over undici, bare",
  oursUndici: "Bellhop session over HttpClient over undici",
  ourFetch: "Bellhop session as a fetch function",
};

const peers: Readonly<Record<string, (server: Address) => Call>> = {
  "client-oauth2": ClientOAuth2.authorisedRequest,
  "oauth4webapi": Oauth4webapi.authorisedRequest,
  "openid-client": OpenidClient.authorisedRequest,
  "badgateway": Badgateway.authorisedRequest,
  "google-auth-library": Google.authorisedRequest,
};

const effects: Readonly<Record<string, (server: Address) => Promise<Request>>> = {
  [names.bareFetch]: async ({ resource }) => bare(await over(FetchHttpClient.layer), resource),
  [names.oursFetch]: async (server) =>
    Ours.authorisedRequest(
      await Ours.freshSession(server),
      await over(FetchHttpClient.layer),
      server,
    ),
  [names.bareUndici]: async ({ resource }) =>
    bare(await over(NodeHttpClient.layerUndici), resource),
  [names.oursUndici]: async (server) =>
    Ours.authorisedRequest(
      await Ours.freshSession(server),
      await over(NodeHttpClient.layerUndici),
      server,
    ),
};

/** Stays open as long as the process. */
function over(layer: Layer.Layer<HttpClient.HttpClient>): Promise<HttpClient.HttpClient> {
  return ManagedRuntime.make(layer).runPromise(HttpClient.HttpClient);
}

/** One of the subjects, by its name. */
export async function subjectOf(
  name: string,
  server: Address,
  load: Load,
): Promise<Subject<Sample>> {
  const effect = effects[name];
  if (effect !== undefined) return rateOfEffect(name, await effect(server), load);
  const floor = Floor.authorisedRequests(server).find(([each]) => each === name)?.[1];
  const call = name === names.ourFetch
    ? Ours.fetchRequest(await Ours.freshSession(server), server)
    : floor ?? peers[name]?.(server);
  if (call === undefined) throw new Error(`There is no subject "${name}"`);
  return rateOfCall(name, call, load);
}

/** Measures at one and at 64 at once. */
export async function httpClient(
  server: Loopback,
  isSmoke: boolean,
): Promise<ReadonlyArray<Measure>> {
  const rounds = isSmoke ? 2 : 9;
  const measures = [
    await rates(server, { width: 1, requests: isSmoke ? 50 : 1_024, rounds }),
    await rates(server, { width: 64, requests: isSmoke ? 256 : 4_096, rounds }),
  ];
  return measures.flat();
}

async function rates(
  server: Loopback,
  { rounds, ...load }: Load & { readonly rounds: number },
): Promise<ReadonlyArray<Measure>> {
  const all = [
    ...Floor.authorisedRequests(server).map(([name]) => name),
    ...Object.keys(effects),
    names.ourFetch,
    ...Object.keys(peers),
  ];
  const { subjects, close } = await isolated(all, { bench: "http_client", load, server });
  const outcomes = await inRounds(subjects, { rounds, warmUp: 3 });
  // A few in a hundred show in many rounds only.
  const pairs = subjects.filter(({ name }) => name in effects);
  const costs = await inRounds(pairs, { rounds: rounds * 2, warmUp: 1 });
  close();
  return [
    ofRates(outcomes, Object.keys(peers), load.width),
    ofAddedCost(costs, load.width),
  ];
}

function ofRates(
  outcomes: ReadonlyArray<Outcome<Sample>>,
  peers: ReadonlyArray<string>,
  width: number,
): Measure {
  const figures = rateFigures(outcomes);
  const best = bestRatio(figures, peers);
  return {
    name: `Authorised requests, ${width} at once`,
    aim: "over undici ahead of raw fetch and every peer, as fetch level with the best peer",
    figures,
    isMet: bestRatio(figures, [names.oursUndici]) > Math.max(1, best) &&
      bestRatio(figures, [names.ourFetch]) >= best * LEVEL_RATIO,
  };
}

function ofAddedCost(outcomes: ReadonlyArray<Outcome<Sample>>, width: number): Measure {
  const cpu = cpuOf(outcomes);
  const named = (name: string): Outcome =>
    cpu.find((outcome) => outcome.name === name) ?? { name, values: [] };
  const pairs = [
    [named(names.bareFetch), named(names.oursFetch)],
    [named(names.bareUndici), named(names.oursUndici)],
  ] as const;
  const figures = pairs.flatMap(([floor, ours]) => [
    { subject: floor.name, value: median(floor.values), ratio: 1, unit: "µs" },
    { subject: ours.name, value: median(ours.values), ratio: ratio(ours, floor), unit: "µs" },
  ]);
  return {
    name: `What a session adds to a request, processor time, ${width} at once`,
    aim: `at most ${LIMIT_RATIO} times the HttpClient it wraps`,
    figures,
    isMet: figures.every(({ ratio }) => ratio <= LIMIT_RATIO),
  };
}
