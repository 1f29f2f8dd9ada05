/**
 * Starts the benchmarks' server and knows its addresses.
 *
 * @module
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { rawFetch } from "./builtin_fetch.ts";

/** How long the access tokens of a refresh live, in seconds. */
export const LIFETIME_SECONDS = 2;

/** How often a device login polls, in seconds: what RFC 8628 takes where a server does not say. */
export const DEVICE_INTERVAL_SECONDS = 5;

/** The client that everyone is at the server. */
export const clientId = "bench";
/** Its secret. */
export const clientSecret = "bench-secret";
/** What everyone sends to the resource. */
export const accessToken = "bench-access-token";

/** Where the server is. */
export interface Address {
  readonly origin: string;
  readonly resource: string;
  readonly tokenEndpoint: string;
}

/** The running server. */
export interface Loopback extends Address {
  /** What was asked with the refresh tokens of a family. */
  readonly family: (
    name: string,
  ) => Promise<{ readonly requests: number; readonly refused: number }>;
  readonly close: () => void;
}

/** Starts the server. It ends with this process at the latest. */
export async function loopback(): Promise<Loopback> {
  const child = fork(new URL("./loopback_server.ts", import.meta.url), { execArgv: [] });
  const [origin] = await once(child, "message") as [string];
  return {
    origin,
    resource: `${origin}/resource`,
    tokenEndpoint: `${origin}/token`,
    family: async (name) => {
      const response = await rawFetch(`${origin}/families/${name}`);
      return await response.json() as { readonly requests: number; readonly refused: number };
    },
    close: () => child.disconnect(),
  };
}
