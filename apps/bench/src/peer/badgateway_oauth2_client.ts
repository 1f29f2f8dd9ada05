/**
 * badgateway's `@badgateway/oauth2-client`: its `OAuth2Fetch`, which holds a token.
 *
 * @module
 */
import { OAuth2Client, OAuth2Fetch, type OAuth2Token } from "@badgateway/oauth2-client";
import { accessToken, type Address, clientId, clientSecret } from "../loopback.ts";
import type { Call } from "./call.ts";

function holding(server: string, token: OAuth2Token): OAuth2Fetch {
  return new OAuth2Fetch({
    client: new OAuth2Client({ server, clientId, clientSecret, tokenEndpoint: "/token" }),
    getStoredToken: () => token,
    getNewToken: () => null,
    scheduleRefresh: false,
  });
}

function held(server: string): OAuth2Fetch {
  const expiresAt = Date.now() + 3_600_000;
  return holding(server, { accessToken, expiresAt, refreshToken: null });
}

/** Asks for a token that is held and good. */
export function cachedToken(): Call {
  const client = held("http://127.0.0.1");
  return () => client.getAccessToken();
}

/** Makes one authorised request. */
export function authorisedRequest({ origin, resource }: Address): Call {
  const client = held(origin);
  return async () => (await client.fetch(resource)).text();
}

/** Asks for a token where the one that is held has expired. */
export function expiredToken({ origin }: Address, family: string): Call {
  const token = { accessToken: "old", expiresAt: 1, refreshToken: `${family}.0` };
  const client = holding(origin, token);
  return () => client.getAccessToken();
}
