/**
 * client-oauth2: signs requests that the program sends itself, here with `fetch`.
 *
 * @module
 */
import ClientOAuth2 from "client-oauth2";
import { rawFetch } from "../builtin_fetch.ts";
import { accessToken, clientId, clientSecret, type Loopback } from "../loopback.ts";
import type { Call } from "./call.ts";

/** Makes one authorised request. */
export function authorisedRequest({ resource: url, tokenEndpoint }: Loopback): Call {
  const client = new ClientOAuth2({ clientId, clientSecret, accessTokenUri: tokenEndpoint });
  const token = client.createToken(accessToken, "", "bearer", {});
  return async () => {
    const { headers } = token.sign<SignedRequest>({ url, headers: {} });
    return (await rawFetch(url, { headers })).text();
  };
}

interface SignedRequest {
  readonly url: string;
  readonly headers: Record<string, string>;
}
