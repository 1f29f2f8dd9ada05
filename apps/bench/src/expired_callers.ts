/**
 * 1,000 callers at once on an expired token, at a server that rotates refresh tokens and revokes the
 * family when one is used again: how many requests are made, how many callers fail, and whether the
 * session still gets a token when the next one has expired.
 *
 * @module
 */
import type { Figure, Measure } from "./figure.ts";
import * as Floor from "./floor.ts";
import { LIFETIME_SECONDS, type Loopback } from "./loopback.ts";
import * as Ours from "./ours.ts";
import * as Badgateway from "./peer/badgateway_oauth2_client.ts";
import type { Call } from "./peer/call.ts";
import * as Google from "./peer/google_auth_library.ts";
import * as Oauth4webapi from "./peer/oauth4webapi.ts";
import * as OidcClient from "./peer/oidc_client_ts.ts";
import * as OpenidClient from "./peer/openid_client.ts";
import * as SimpleOAuth2 from "./peer/simple_oauth2.ts";

const CALLERS = 1_000;

type Make = (server: Loopback, family: string) => Call | Promise<Call>;

const subjects: ReadonlyArray<readonly [name: string, make: Make]> = [
  ["one promise, kept by hand", Floor.keptRenewal],
  ["Bellhop session.token()", Ours.expiredToken],
  ["google-auth-library", Google.expiredToken],
  ["badgateway", Badgateway.expiredToken],
  ["openid-client", OpenidClient.expiredToken],
  ["oauth4webapi", Oauth4webapi.expiredToken],
  ["simple-oauth2", SimpleOAuth2.expiredToken],
  ["oidc-client-ts", OidcClient.expiredToken],
];

/** What became of one subject's callers. */
interface Outcome {
  readonly name: string;
  readonly requests: number;
  readonly failures: number;
  readonly isAlive: boolean;
}

/** Counts; no time is measured, so that it binds on any machine. */
export async function expiredCallers(server: Loopback): Promise<Measure> {
  const bursts = [];
  for (const [i, [name, make]] of subjects.entries()) {
    const family = `family-${i}`;
    const call = await make(server, family);
    const failures = failuresOf(await Promise.allSettled(Array.from({ length: CALLERS }, call)));
    const { requests } = await server.family(family);
    bursts.push({ name, call, requests, failures });
  }
  await new Promise((resolve) => setTimeout(resolve, LIFETIME_SECONDS * 1000 + 500));
  const outcomes: Array<Outcome> = [];
  for (const { name, call, requests, failures } of bursts) {
    const isAlive = failuresOf(await Promise.allSettled([call()])) === 0;
    outcomes.push({ name, requests, failures, isAlive });
  }
  const ours = outcomes[1];
  return {
    name: "1,000 callers on an expired token, requests made",
    aim: "one request, no failure, alive afterwards",
    figures: outcomes.map(written),
    isMet: ours?.requests === 1 && ours.failures === 0 && ours.isAlive,
  };
}

function failuresOf(settled: ReadonlyArray<PromiseSettledResult<unknown>>): number {
  return settled.filter(({ status }) => status === "rejected").length;
}

function written({ name, requests, failures, isAlive }: Outcome): Figure {
  const note = `${failures} failed, ${isAlive ? "alive" : "lost"} afterwards`;
  return { subject: name, value: requests, unit: "req", note };
}
