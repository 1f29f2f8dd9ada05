/**
 * simple-oauth2: a client per grant, and access tokens that know whether they have expired.
 *
 * @module
 */
import { AuthorizationCode, ClientCredentials } from "simple-oauth2";
import { type Address, clientId, clientSecret } from "../loopback.ts";
import type { Call } from "./call.ts";

function options(tokenHost: string): ConstructorParameters<typeof ClientCredentials>[0] {
  return {
    client: { id: clientId, secret: clientSecret },
    auth: { tokenHost, tokenPath: "/token" },
  };
}

/** Gets a token by the client credentials grant. */
export function clientCredentials({ origin }: Address): Call {
  const client = new ClientCredentials(options(origin));
  return () => client.getToken({});
}

/** Asks for a token where the one that is held has expired. */
export function expiredToken({ origin }: Address, family: string): Call {
  const client = new AuthorizationCode(options(origin));
  let held = client.createToken({
    access_token: "old",
    refresh_token: `${family}.0`,
    expires_at: new Date(1),
  });
  return async () => {
    if (held.expired()) held = await held.refresh();
    return held.token["access_token"];
  };
}
