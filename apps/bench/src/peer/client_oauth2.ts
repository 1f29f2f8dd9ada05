/**
 * client-oauth2: signs requests that the program sends itself, here with `fetch`.
 *
 * @module
 */
import ClientOAuth2 from "client-oauth2";
import { rawFetch } from "../builtin_fetch.ts";
import { accessToken, type Address, clientId, clientSecret } from "../loopback.ts";
import type { Call } from "./call.ts";

/** Makes one authorised request. */
export function authorisedRequest({ resource: url, tokenEndpoint }: Address): Call {
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
