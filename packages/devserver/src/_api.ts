import type Provider from "oidc-provider";
import { type Exchange, readText, sendJson } from "./_exchange.ts";
import { pathOf } from "./_route.ts";
import { scopesOf } from "./_scope.ts";
import type { DevUser } from "./dev_user.ts";

type Token = InstanceType<Provider["AccessToken"]> | InstanceType<Provider["ClientCredentials"]>;

export interface ApiContext {
  readonly provider: Provider;
  readonly issuer: string;
  readonly user: DevUser;
}

/** The protected API: who you are, an echo, and a room for administrators. RFC 6750 section 3. */
export async function callApi(context: ApiContext, exchange: Exchange): Promise<void> {
  const bearer = bearerOf(exchange.request.headers.authorization);
  if (bearer === undefined) {
    return challenge(exchange, { status: 401 });
  }
  const token = await tokenOf(context, bearer);
  if (token === undefined) {
    const description = "The access token is unknown, expired or revoked";
    return challenge(exchange, { status: 401, error: "invalid_token", description });
  }
  switch (pathOf(exchange.request.url)) {
    case "/api/me":
      return sendJson(exchange, identityOf(token, context.user));
    case "/api/echo":
      return sendJson(exchange, await echoOf(exchange));
    case "/api/admin":
      return admit(token, exchange);
    default:
      return sendJson(exchange, { error: "not_found" }, { status: 404 });
  }
}

interface Challenge {
  readonly status: number;
  readonly error?: string;
  readonly description?: string;
  readonly scope?: string;
}

/** A request without a token is told no error code: it did nothing wrong yet. RFC 6750 section 3.1. */
function challenge(exchange: Exchange, { status, error, description, scope }: Challenge): void {
  const parameters = [
    ["realm", "bellhop-devserver"],
    ["error", error],
    ["error_description", description],
    ["scope", scope],
  ].filter(([, value]) => value !== undefined).map(([name, value]) => `${name}="${value}"`);
  sendJson(
    exchange,
    { error: error ?? "unauthorized", error_description: description ?? "Send an access token" },
    { status, headers: { "www-authenticate": `Bearer ${parameters.join(", ")}` } },
  );
}

function bearerOf(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization ?? "")?.[1];
}

async function tokenOf({ provider, issuer }: ApiContext, bearer: string) {
  const token: Token | undefined = await provider.AccessToken.find(bearer) ??
    await provider.ClientCredentials.find(bearer);
  const isMeant = token?.aud === undefined || token.aud === `${issuer}/api`;
  return token?.isValid && isMeant ? token : undefined;
}

function identityOf(token: Token, user: DevUser): unknown {
  const isUser = "accountId" in token && token.accountId !== undefined;
  return {
    sub: isUser ? token.accountId : token.clientId,
    ...(isUser ? { name: user.name } : {}),
    client_id: token.clientId,
    scope: token.scope ?? "",
    expires_at: token.exp,
  };
}

async function echoOf(exchange: Exchange): Promise<unknown> {
  const { method, headers } = exchange.request;
  const { authorization: _, cookie: __, ...shown } = headers;
  return { method, headers: shown, body: await readText(exchange) };
}

function admit(token: Token, exchange: Exchange): void {
  if (scopesOf(token.scope).includes("api:admin")) {
    return sendJson(exchange, { admin: true });
  }
  challenge(exchange, {
    status: 403,
    error: "insufficient_scope",
    description: "The access token does not allow this",
    scope: "api:admin",
  });
}
