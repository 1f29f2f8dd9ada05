/**
 * msal-node: a `ConfidentialClientApplication` with its cache in memory. It takes no authority over
 * HTTP; the token endpoint is told to it by its metadata.
 *
 * @module
 */
import {
  ConfidentialClientApplication,
  type Configuration,
  type INetworkModule,
} from "@azure/msal-node";
import { accessToken, type Address, clientId, clientSecret } from "../loopback.ts";
import type { Call } from "./call.ts";

const host = "login.bench.example";
const authority = `https://${host}/bench`;
const scopes = ["api://bench/.default"];

function application(
  tokenEndpoint: string,
  system: NonNullable<Configuration["system"]> = {},
): ConfidentialClientApplication {
  return new ConfidentialClientApplication({
    auth: {
      clientId,
      clientSecret,
      authority,
      knownAuthorities: [host],
      authorityMetadata: JSON.stringify({
        issuer: authority,
        token_endpoint: tokenEndpoint,
        authorization_endpoint: `${authority}/authorize`,
        jwks_uri: `${authority}/jwks`,
      }),
    },
    system,
  });
}

const granted = {
  status: 200,
  headers: {},
  body: { access_token: accessToken, token_type: "Bearer", expires_in: 3600 },
};

/** Answers every token request. What msal gets over HTTP from the loopback it does not cache. */
const answering: INetworkModule = {
  sendGetRequestAsync: () => Promise.reject(new Error("Nothing to get")),
  sendPostRequestAsync: () => Promise.resolve(granted as never),
};

/** Asks for a token that is held and good. */
export async function cachedToken(): Promise<Call> {
  const client = application(`${authority}/token`, { networkClient: answering });
  await client.acquireTokenByClientCredential({ scopes });
  const result = await client.acquireTokenByClientCredential({ scopes });
  if (result?.fromCache !== true) throw new Error("The token is not from the cache");
  return () => client.acquireTokenByClientCredential({ scopes });
}

/** Gets a token by the client credentials grant. */
export function clientCredentials({ tokenEndpoint }: Address): Call {
  const client = application(tokenEndpoint);
  return () => client.acquireTokenByClientCredential({ scopes, skipCache: true });
}
