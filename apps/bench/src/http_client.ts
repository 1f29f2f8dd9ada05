/**
 * Authorised requests a second against constant answers: raw transports, bare `HttpClient`s, Bellhop
 * over each of them, and peers; and what a session adds to the `HttpClient` that it wraps.
 *
 * @module
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient";
import * as Effect from "effect/Effect";
import * as ManagedRuntime from "effect/ManagedRuntime";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import * as HttpClient from "effect/http/HttpClient";
import * as HttpClientRequest from "effect/http/HttpClientRequest";
import { type Measure, median } from "./figure.ts";
import * as Floor from "./floor.ts";
import { accessToken, type Loopback } from "./loopback.ts";
import * as Ours from "./ours.ts";
import * as Badgateway from "./peer/badgateway_oauth2_client.ts";
import type { NamedCall } from "./peer/call.ts";
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

function peers(server: Loopback): ReadonlyArray<NamedCall> {
  return [
    ["client-oauth2", ClientOAuth2.authorisedRequest(server)],
    ["oauth4webapi", Oauth4webapi.authorisedRequest(server)],
    ["openid-client", OpenidClient.authorisedRequest(server)],
    ["badgateway", Badgateway.authorisedRequest(server)],
    ["google-auth-library", Google.authorisedRequest(server)],
  ];
}

/** Measures at one and at 64 at once. */
export async function httpClient(
  server: Loopback,
  isSmoke: boolean,
): Promise<ReadonlyArray<Measure>> {
  const fetching = ManagedRuntime.make(FetchHttpClient.layer);
  const undici = ManagedRuntime.make(NodeHttpClient.layerUndici);
  const clients = {
    fetch: await fetching.runPromise(HttpClient.HttpClient),
    undici: await undici.runPromise(HttpClient.HttpClient),
  };
  const rounds = isSmoke ? 2 : 9;
  const measures = [
    await rates(server, clients, { width: 1, requests: isSmoke ? 50 : 256, rounds }),
    await rates(server, clients, { width: 64, requests: isSmoke ? 256 : 1_024, rounds }),
  ];
  await Promise.all([fetching.dispose(), undici.dispose()]);
  return measures.flat();
}

interface Clients {
  readonly fetch: HttpClient.HttpClient;
  readonly undici: HttpClient.HttpClient;
}

async function rates(
  server: Loopback,
  clients: Clients,
  load: Load & { readonly rounds: number },
): Promise<ReadonlyArray<Measure>> {
  const { resource } = server;
  const { rounds, requests, width } = load;
  const session = await Ours.freshSession(server);
  const calls = (named: ReadonlyArray<NamedCall>): ReadonlyArray<Subject<Sample>> =>
    named.map(([name, call]) => rateOfCall(name, call, load));
  const pairs = (load: Load): ReadonlyArray<Subject<Sample>> => [
    rateOfEffect(names.bareFetch, bare(clients.fetch, resource), load),
    rateOfEffect(
      names.oursFetch,
      Ours.authorisedRequest(session, clients.fetch, server),
      load,
    ),
    rateOfEffect(names.bareUndici, bare(clients.undici, resource), load),
    rateOfEffect(
      names.oursUndici,
      Ours.authorisedRequest(session, clients.undici, server),
      load,
    ),
  ];
  const theirs = peers(server);
  const outcomes = await inRounds([
    ...calls(Floor.authorisedRequests(server)),
    ...pairs(load),
    ...calls([[names.ourFetch, Ours.fetchRequest(session, server)], ...theirs]),
  ], { rounds, warmUp: 2 });
  // A few in a hundred show in many short rounds only.
  const few = pairs({ width, requests: requests / 4 });
  return [
    ofRates(outcomes, theirs.map(([name]) => name), width),
    ofAddedCost(await inRounds(few, { rounds: rounds * 4, warmUp: 2 }), width),
  ];
}

const names = {
  bareFetch: "HttpClient over fetch, bare",
  oursFetch: "Bellhop session over HttpClient over fetch",
  bareUndici: "HttpClient over undici, bare",
  oursUndici: "Bellhop session over HttpClient over undici",
  ourFetch: "Bellhop session as a fetch function",
};

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
