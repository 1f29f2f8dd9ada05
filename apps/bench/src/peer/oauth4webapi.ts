/**
 * oauth4webapi: functions over `fetch`; who holds the tokens is up to the program.
 *
 * @module
 */
import * as oauth from "oauth4webapi";
import { accessToken, type Address, clientId, clientSecret } from "../loopback.ts";
import type { Call } from "./call.ts";
import { renewedWhenExpired } from "./held_token.ts";

const client: oauth.Client = { client_id: clientId };
const authentication = oauth.ClientSecretBasic(clientSecret);
const insecure = { [oauth.allowInsecureRequests]: true };

function server({ origin, tokenEndpoint }: Address): oauth.AuthorizationServer {
  return { issuer: origin, token_endpoint: tokenEndpoint };
}

/** Makes one authorised request. */
export function authorisedRequest({ resource }: Address): Call {
  const url = new URL(resource);
  return async () => {
    const response = await oauth.protectedResourceRequest(
      accessToken,
      "GET",
      url,
      undefined,
      undefined,
      insecure,
    );
    return response.text();
  };
}

/** Gets a token by the client credentials grant. */
export function clientCredentials(loopback: Address): Call {
  const as = server(loopback);
  return async () => {
    const response = await oauth.clientCredentialsGrantRequest(
      as,
      client,
      authentication,
      {},
      insecure,
    );
    return oauth.processClientCredentialsResponse(as, client, response);
  };
}

/** Asks for a token where the one that is held has expired. */
export function expiredToken(loopback: Address, family: string): Call {
  const as = server(loopback);
  return renewedWhenExpired(family, async (refreshToken) => {
    const response = await oauth.refreshTokenGrantRequest(
      as,
      client,
      authentication,
      refreshToken,
      insecure,
    );
    return oauth.processRefreshTokenResponse(as, client, response);
  });
}
