/**
 * The floors: the least that does the same, written by hand.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Data from "effect/Data";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import { Agent as HttpAgent, request as httpRequest, type RequestOptions } from "node:http";
import { Agent as UndiciAgent, request as undiciRequest } from "undici";
import { rawFetch } from "./builtin_fetch.ts";
import { accessToken, type Address, clientId, clientSecret } from "./loopback.ts";
import type { Call, NamedCall } from "./peer/call.ts";

/** The token that is kept must be renewed. */
export class Due extends Data.Error {
  override readonly message: string = "The token is due";
}

/** The least that a session's cached path can be: a clock read, a comparison and a kept `Exit`. */
export interface KeptToken {
  readonly token: () => Effect.Effect<string, Due>;
}

/** Keeps a token for an hour by the ambient clock. */
export const keptToken: Effect.Effect<KeptToken> = Effect.map(Clock.Clock, (clock) => {
  const dueAtMillis = clock.currentTimeMillisUnsafe() + 3_600_000;
  const held = Exit.succeed(accessToken);
  const due = Exit.fail(new Due());
  return { token: () => clock.currentTimeMillisUnsafe() < dueAtMillis ? held : due };
});

/** The same as an async function, which is the shape of every peer. */
export function keptAsync(): Call {
  const dueAtMillis = Date.now() + 3_600_000;
  // deno-lint-ignore require-await -- an async function is what is measured
  return async () => {
    if (Date.now() < dueAtMillis) return accessToken;
    throw new Due();
  };
}

/** One renewal however many ask, and the rotated refresh token kept. */
export function keptRenewal({ tokenEndpoint }: Address, family: string): Call {
  let held = { accessToken: "old", expiresAtMillis: 1, refreshToken: `${family}.0` };
  let renewal: Promise<void> | undefined;
  const renew = async (): Promise<void> => {
    const body = new URLSearchParams({
      grant_type: "refresh_token",
      refresh_token: held.refreshToken,
    });
    const headers = { authorization: basic };
    const response = await rawFetch(tokenEndpoint, { method: "POST", headers, body });
    if (!response.ok) throw new Error(`Refused with ${response.status}`);
    const answer = await response.json() as Answer;
    held = {
      accessToken: answer.access_token,
      expiresAtMillis: Date.now() + answer.expires_in * 1000,
      refreshToken: answer.refresh_token,
    };
  };
  return async () => {
    if (Date.now() >= held.expiresAtMillis) {
      await (renewal ??= renew().finally(() => (renewal = undefined)));
    }
    return held.accessToken;
  };
}

interface Answer {
  readonly access_token: string;
  readonly expires_in: number;
  readonly refresh_token: string;
}

/** What a transport is asked to send. */
interface Sending {
  readonly method: "GET" | "POST";
  readonly headers: Record<string, string>;
  readonly body?: string;
}

const basic = `Basic ${btoa(`${clientId}:${clientSecret}`)}`;

const authorised: Sending = {
  method: "GET",
  headers: { authorization: `Bearer ${accessToken}` },
};

const granting: Sending = {
  method: "POST",
  headers: { authorization: basic, "content-type": "application/x-www-form-urlencoded" },
  body: "grant_type=client_credentials",
};

/** An authorised request over each bare transport, raw `fetch` first. */
export function authorisedRequests({ resource }: Address): ReadonlyArray<NamedCall> {
  return transports(resource, authorised);
}

/** A client credentials grant over each bare transport, raw `fetch` first. */
export function clientCredentials({ tokenEndpoint }: Address): ReadonlyArray<NamedCall> {
  return transports(tokenEndpoint, granting).map(([name, call]) => [
    name,
    async () => JSON.parse(await call() as string) as unknown,
  ]);
}

function transports(url: string, sending: Sending): ReadonlyArray<NamedCall> {
  return [
    ["raw fetch", async () => (await rawFetch(url, sending)).text()],
    ["node:http", nodeHttp(new URL(url), sending)],
    ["undici.request", undici(url, sending)],
  ];
}

function nodeHttp(url: URL, { method, headers, body = "" }: Sending): Call {
  const agent = new HttpAgent({ keepAlive: true });
  const { hostname: host, port, pathname: path } = url;
  const options: RequestOptions = { agent, host, port, path, method, headers };
  return () =>
    new Promise((resolve, reject) => {
      const request = httpRequest(options, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (text += chunk));
        response.on("end", () => resolve(text));
      });
      request.on("error", reject);
      request.end(body);
    });
}

function undici(
  url: string,
  { method, headers, body = null }: Omit<Sending, "body"> & { readonly body?: string | null },
): Call {
  const dispatcher = new UndiciAgent();
  return async () => (await undiciRequest(url, { dispatcher, method, headers, body })).body.text();
}
