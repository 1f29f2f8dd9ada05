/**
 * oidc-client-ts: a `UserManager` with its user in memory, since there is no browser here.
 *
 * @module
 */
import { InMemoryWebStorage, User, UserManager, WebStorageStateStore } from "oidc-client-ts";
import { accessToken, type Address, clientId, clientSecret } from "../loopback.ts";
import type { Call } from "./call.ts";

function manager(origin: string): UserManager {
  return new UserManager({
    authority: origin,
    metadata: {
      issuer: origin,
      token_endpoint: `${origin}/token`,
      authorization_endpoint: `${origin}/authorize`,
    },
    client_id: clientId,
    client_secret: clientSecret,
    redirect_uri: `${origin}/callback`,
    scope: "read",
    userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
    stateStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
    automaticSilentRenew: false,
    monitorSession: false,
  });
}

function user(tokens: { readonly expiresAt: number; readonly refreshToken?: string }): User {
  return new User({
    access_token: accessToken,
    token_type: "Bearer",
    scope: "read",
    profile: { sub: "bench", iss: "", aud: clientId, exp: tokens.expiresAt, iat: 0 },
    expires_at: tokens.expiresAt,
    ...(tokens.refreshToken === undefined ? {} : { refresh_token: tokens.refreshToken }),
  });
}

/** Asks for a token that is held and good. */
export async function cachedToken(): Promise<Call> {
  const client = manager("http://127.0.0.1");
  await client.storeUser(user({ expiresAt: Math.floor(Date.now() / 1000) + 3_600 }));
  return async () => (await client.getUser())?.access_token;
}

/** Asks for a token where the one that is held has expired. */
export async function expiredToken({ origin }: Address, family: string): Promise<Call> {
  const client = manager(origin);
  await client.storeUser(user({ expiresAt: 1, refreshToken: `${family}.0` }));
  return async () => {
    let user = await client.getUser();
    if (user === null || user.expired === true) user = await client.signinSilent();
    if (user === null) throw new Error("No user");
    return user.access_token;
  };
}
