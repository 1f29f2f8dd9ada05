/**
 * openid-client: functions over a `Configuration`; who holds the tokens is up to the program.
 *
 * @module
 */
import * as client from "openid-client";
import { accessToken, type Address, clientId, clientSecret } from "../loopback.ts";
import type { Call } from "./call.ts";
import { renewedWhenExpired } from "./held_token.ts";

function configuration({ origin, tokenEndpoint }: Address): client.Configuration {
  const server = { issuer: origin, token_endpoint: tokenEndpoint };
  const made = new client.Configuration(server, clientId, clientSecret);
  // oxlint-disable-next-line typescript/no-deprecated -- the mark warns of it, the loopback needs it
  client.allowInsecureRequests(made);
  return made;
}

/** Makes one authorised request. */
export function authorisedRequest(loopback: Address): Call {
  const made = configuration(loopback);
  const url = new URL(loopback.resource);
  return async () => (await client.fetchProtectedResource(made, accessToken, url, "GET")).text();
}

/** Gets a token by the client credentials grant. */
export function clientCredentials(loopback: Address): Call {
  const made = configuration(loopback);
  return () => client.clientCredentialsGrant(made);
}

/** Asks for a token where the one that is held has expired. */
export function expiredToken(loopback: Address, family: string): Call {
  const made = configuration(loopback);
  return renewedWhenExpired(
    family,
    (refreshToken) => client.refreshTokenGrant(made, refreshToken),
  );
}
