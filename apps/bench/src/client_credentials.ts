/**
 * Client credentials grants a second, 64 at once, against constant answers.
 *
 * @module
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import * as ManagedRuntime from "effect/ManagedRuntime";
import * as HttpClient from "effect/http/HttpClient";
import type { Measure } from "./figure.ts";
import * as Floor from "./floor.ts";
import type { Loopback } from "./loopback.ts";
import * as Ours from "./ours.ts";
import type { NamedCall } from "./peer/call.ts";
import * as Msal from "./peer/msal_node.ts";
import * as Oauth4webapi from "./peer/oauth4webapi.ts";
import * as OpenidClient from "./peer/openid_client.ts";
import * as SimpleOAuth2 from "./peer/simple_oauth2.ts";
import { bestRatio, rateFigures, rateOfCall, rateOfEffect } from "./request_rate.ts";
import { inRounds } from "./rounds.ts";

const overUndici = "Bellhop over HttpClient over undici";

/** Measures 64 at once. */
export async function clientCredentials(server: Loopback, isSmoke: boolean): Promise<Measure> {
  const fetching = ManagedRuntime.make(FetchHttpClient.layer);
  const undici = ManagedRuntime.make(NodeHttpClient.layerUndici);
  const load = { width: 64, requests: isSmoke ? 256 : 1_024 };
  const peers: ReadonlyArray<NamedCall> = [
    ["simple-oauth2", SimpleOAuth2.clientCredentials(server)],
    ["openid-client", OpenidClient.clientCredentials(server)],
    ["oauth4webapi", Oauth4webapi.clientCredentials(server)],
    ["msal-node", Msal.clientCredentials(server)],
  ];
  const ours = [
    ["Bellhop over HttpClient over fetch", await fetching.runPromise(HttpClient.HttpClient)],
    [overUndici, await undici.runPromise(HttpClient.HttpClient)],
  ] as const;
  const outcomes = await inRounds([
    ...Floor.clientCredentials(server).map(([name, call]) => rateOfCall(name, call, load)),
    ...ours.map(([name, client]) =>
      rateOfEffect(name, Ours.clientCredentials(client, server), load)
    ),
    ...ours.map(([name, client]) =>
      rateOfEffect(`${name}, no chart`, Ours.clientCredentialsOnce(client, server), load)
    ),
    ...peers.map(([name, call]) => rateOfCall(name, call, load)),
  ], { rounds: isSmoke ? 2 : 9, warmUp: 2 });
  await Promise.all([fetching.dispose(), undici.dispose()]);
  const figures = rateFigures(outcomes);
  const best = bestRatio(figures, peers.map(([name]) => name));
  return {
    name: "Client credentials grants, 64 at once",
    aim: "over undici ahead of every peer",
    figures,
    isMet: bestRatio(figures, [overUndici]) > best,
  };
}
