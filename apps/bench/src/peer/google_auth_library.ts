/**
 * google-auth-library: one `OAuth2Client` that holds its credentials.
 *
 * @module
 */
import { OAuth2Client } from "google-auth-library";
import { accessToken, type Address, clientId, clientSecret } from "../loopback.ts";
import type { Call } from "./call.ts";

/** Asks for a token that is held and good. */
export function cachedToken(): Call {
  const client = new OAuth2Client({ clientId, clientSecret });
  client.setCredentials({ access_token: accessToken, expiry_date: Date.now() + 3_600_000 });
  return () => client.getAccessToken();
}

/** Makes one authorised request. */
export function authorisedRequest({ resource: url }: Address): Call {
  const client = new OAuth2Client({ clientId, clientSecret });
  client.setCredentials({ access_token: accessToken, expiry_date: Date.now() + 3_600_000 });
  return () => client.request({ url });
}

/** Asks for a token where the one that is held has expired. */
export function expiredToken({ tokenEndpoint }: Address, family: string): Call {
  const client = new OAuth2Client({
    clientId,
    clientSecret,
    endpoints: { oauth2TokenUrl: tokenEndpoint },
    // Else every token of a short life counts as expired.
    eagerRefreshThresholdMillis: 0,
  });
  client.setCredentials({ access_token: "old", refresh_token: `${family}.0`, expiry_date: 1 });
  return () => client.getAccessToken();
}
