/**
 * Client credentials grants a second, 64 at once, against constant answers.
 *
 * @module
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import type * as Layer from "effect/Layer";
import * as ManagedRuntime from "effect/ManagedRuntime";
import * as HttpClient from "effect/http/HttpClient";
import type { Measure } from "./figure.ts";
import * as Floor from "./floor.ts";
import type { Address, Loopback } from "./loopback.ts";
import * as Ours from "./ours.ts";
import { isolated } from "./isolated.ts";
import type { Call } from "./peer/call.ts";
import * as Msal from "./peer/msal_node.ts";
import * as Oauth4webapi from "./peer/oauth4webapi.ts";
import * as OpenidClient from "./peer/openid_client.ts";
import * as SimpleOAuth2 from "./peer/simple_oauth2.ts";
import {
  bestRatio,
  type Load,
  rateFigures,
  rateOfCall,
  rateOfEffect,
  type Sample,
} from "./request_rate.ts";
import { inRounds, type Subject } from "./rounds.ts";

const overFetch = "Bellhop over HttpClient over fetch";
const overUndici = "Bellhop over HttpClient over undici";

const transports: Readonly<Record<string, Layer.Layer<HttpClient.HttpClient>>> = {
  [overFetch]: FetchHttpClient.layer,
  [overUndici]: NodeHttpClient.layerUndici,
};

const withoutChart = ", no chart";

const peers: Readonly<Record<string, (server: Address) => Call>> = {
  "simple-oauth2": SimpleOAuth2.clientCredentials,
  "openid-client": OpenidClient.clientCredentials,
  "oauth4webapi": Oauth4webapi.clientCredentials,
  "msal-node": Msal.clientCredentials,
};

/** One of the subjects, by its name. */
export async function subjectOf(
  name: string,
  server: Address,
  load: Load,
): Promise<Subject<Sample>> {
  const transport = transports[name.replace(withoutChart, "")];
  if (transport !== undefined) {
    const http = await ManagedRuntime.make(transport).runPromise(HttpClient.HttpClient);
    const grant = name.endsWith(withoutChart)
      ? Ours.clientCredentialsOnce(http, server)
      : Ours.clientCredentials(http, server);
    return rateOfEffect(name, grant, load);
  }
  const floor = Floor.clientCredentials(server).find(([each]) => each === name)?.[1];
  const call = floor ?? peers[name]?.(server);
  if (call === undefined) throw new Error(`There is no subject "${name}"`);
  return rateOfCall(name, call, load);
}

/** Measures 64 at once. */
export async function clientCredentials(server: Loopback, isSmoke: boolean): Promise<Measure> {
  const load = { width: 64, requests: isSmoke ? 256 : 2_048 };
  const names = [
    ...Floor.clientCredentials(server).map(([name]) => name),
    ...Object.keys(transports),
    ...Object.keys(transports).map((name) => name + withoutChart),
    ...Object.keys(peers),
  ];
  const { subjects, close } = await isolated(names, { bench: "client_credentials", load, server });
  const outcomes = await inRounds(subjects, { rounds: isSmoke ? 2 : 9, warmUp: 2 });
  close();
  const figures = rateFigures(outcomes);
  const best = bestRatio(figures, Object.keys(peers));
  return {
    name: "Client credentials grants, 64 at once",
    aim: "over undici ahead of every peer",
    figures,
    isMet: bestRatio(figures, [overUndici]) > best,
  };
}
