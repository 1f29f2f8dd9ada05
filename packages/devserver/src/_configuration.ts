// deno-lint-ignore-file require-await -- the library asks for promises
import { randomBytes } from "node:crypto";
import * as Redacted from "effect/Redacted";
import type {
  AdapterFactory,
  ClientMetadata,
  Configuration,
  errors,
  JWK,
  KoaContextWithOIDC,
  ResourceServer,
} from "oidc-provider";
import { codeConfirmationPage, codeInputPage, type CodeProblem } from "./_device_page.ts";
import { messagePage } from "./_message_page.ts";
import { pageHeaders } from "./_page.ts";
import { routes } from "./_route.ts";
import { allScopes, apiScopes, defaultScope, scopesOf } from "./_scope.ts";
import type { Settings } from "./_settings.ts";
import { signOutPage } from "./_sign_out_page.ts";
import type { DevClient, DevClientKey } from "./dev_client.ts";
import type { DevUser } from "./dev_user.ts";

export interface ConfigurationContext {
  readonly settings: Settings;
  readonly issuer: string;
  readonly adapter: AdapterFactory;
  readonly keys: ReadonlyArray<JWK>;
  readonly invalidTarget: () => Error;
}

/** Everything the library is told. What it would warn about when left to its default is set here too. */
export function configurationOf(context: ConfigurationContext): Configuration {
  const { settings, adapter, keys } = context;
  return {
    adapter,
    jwks: { keys: [...keys] },
    clients: settings.clients.map(metadataOf),
    routes: routes(),
    scopes: [...allScopes()],
    claims: {
      openid: ["sub"],
      profile: ["name", "preferred_username"],
      email: ["email", "email_verified"],
    },
    responseTypes: ["code"],
    clientAuthMethods: [
      "client_secret_basic",
      "client_secret_post",
      "client_secret_jwt",
      "private_key_jwt",
      "none",
    ],
    clientBasedCORS: (_ctx, origin) => isLoopbackOrigin(origin),
    clockTolerance: 0,
    cookies: { keys: [randomBytes(32).toString("base64url")] },
    extraParams: { audience: assignDefaultScope },
    features: featuresOf(context),
    pkce: { required: () => true },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    findAccount: (_ctx, sub) => accountOf(settings.user, sub),
    issueRefreshToken: async (_ctx, client, source) =>
      client.grantTypeAllowed("refresh_token") &&
      (settings.refreshTokens === "always" || source.scopes.has("offline_access")),
    expiresWithSession: async () => false,
    rotateRefreshToken: () => settings.rotateRefreshTokens,
    renderError: (ctx, out) => {
      ctx.set(pageHeaders());
      ctx.body = messagePage({
        title: "That did not work",
        text: out.error_description ?? "The server could not do what was asked.",
        detail: out.error,
      });
    },
    ttl: {
      AccessToken: settings.accessTokenSeconds,
      ClientCredentials: settings.accessTokenSeconds,
      AuthorizationCode: settings.authorizationCodeSeconds,
      DeviceCode: settings.deviceCodeSeconds,
      IdToken: settings.idTokenSeconds,
      RefreshToken: settings.refreshTokenSeconds,
      Grant: settings.refreshTokenSeconds + 30 * 24 * 3600,
      Interaction: 3600,
      Session: 24 * 3600,
    },
  };
}

function featuresOf(context: ConfigurationContext): NonNullable<Configuration["features"]> {
  return {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    deviceFlow: {
      enabled: true,
      deviceInfo: () => ({}),
      userCodeInputSource: (...[ctx, , , error]) => {
        sendPage(ctx, codeInputOf(ctx, error));
      },
      userCodeConfirmSource: (...[ctx, form, client, , userCode]) => {
        const clientName = client.clientName ?? client.clientId;
        const scopes = scopesOf(ctx.oidc.deviceCode?.params?.["scope"]);
        sendPage(ctx, codeConfirmationPage({ form, clientName, userCode, scopes }));
      },
      successSource: (ctx) => {
        sendPage(ctx, connectedPage(ctx.oidc.client?.clientName));
      },
    },
    introspection: {
      enabled: true,
      allowedPolicy: (_ctx, client, token) =>
        client.clientAuthMethod !== "none" || token.clientId === client.clientId,
    },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: async () => true,
      getResourceServerInfo: (_ctx, resource) => resourceServerOf(context, resource),
    },
    revocation: {
      enabled: true,
      allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
    },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (ctx, form) => {
        sendPage(ctx, signOutPage(form));
      },
      postLogoutSuccessSource: (ctx) => {
        sendPage(ctx, messagePage({ title: "Signed out", text: "You may close this page." }));
      },
    },
  };
}

function metadataOf(client: DevClient): ClientMetadata {
  const isCode = client.grantTypes.includes("authorization_code");
  return {
    client_id: client.clientId,
    client_name: client.name,
    ...(client.clientSecret === undefined
      ? {}
      : { client_secret: Redacted.value(client.clientSecret) }),
    ...(client.publicKeys === undefined ? {} : { jwks: { keys: client.publicKeys.map(jwkOf) } }),
    token_endpoint_auth_method: client.authentication,
    application_type: client.redirectUris.every(isLoopbackUri) ? "native" : "web",
    grant_types: [...client.grantTypes],
    redirect_uris: [...client.redirectUris],
    response_types: isCode ? ["code"] : [],
    ...(client.scopes === undefined ? {} : { scope: client.scopes.join(" ") }),
  };
}

function jwkOf(key: DevClientKey): JWK {
  return { ...key, use: "sig" };
}

/** The library calls the check of an extra parameter also where the parameter is absent. */
function assignDefaultScope(ctx: KoaContextWithOIDC): void {
  const { params } = ctx.oidc;
  if (params !== undefined && scopesOf(params["scope"]).length === 0) {
    params["scope"] = defaultScope();
  }
}

function accountOf(user: DevUser, sub: string): Awaited<
  ReturnType<NonNullable<Configuration["findAccount"]>>
> {
  return sub !== user.sub ? undefined : {
    accountId: sub,
    claims: async () => ({
      sub,
      name: user.name,
      preferred_username: user.sub,
      email: user.email,
      email_verified: true,
    }),
  };
}

/** The resource `${issuer}/api`. RFC 8707 section 2. */
function resourceServerOf(context: ConfigurationContext, resource: string): ResourceServer {
  if (resource !== `${context.issuer}/api`) {
    throw context.invalidTarget();
  }
  return { scope: apiScopes().join(" "), audience: resource, accessTokenFormat: "opaque" };
}

function codeInputOf(ctx: KoaContextWithOIDC, error: unknown): string {
  const typed = error instanceof Error && "userCode" in error ? error.userCode : undefined;
  if (error instanceof Error && error.name === "AbortedError") {
    return messagePage({
      title: "Denied",
      text: "The device was told that you do not want this. You may close this page.",
    });
  }
  return codeInputPage({
    xsrf: textOf(ctx.oidc.session?.state?.["secret"]),
    userCode: textOf(typed ?? ctx.query["code"]),
    problem: error === undefined ? undefined : problemOf(error),
  });
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function problemOf(error: unknown): CodeProblem {
  switch ((error as errors.OIDCProviderError).name) {
    case "NotFoundError":
      return "unknown";
    case "ExpiredError":
      return "expired";
    case "AlreadyUsedError":
      return "used";
    case "NoCodeError":
      return "missing";
    default:
      return "other";
  }
}

function connectedPage(clientName: string | undefined): string {
  return messagePage({
    title: "Device connected",
    text: `${clientName ?? "The device"} is signed in. You may close this page.`,
  });
}

function sendPage(ctx: KoaContextWithOIDC, markup: string): void {
  ctx.set(pageHeaders());
  ctx.body = markup;
}

function isLoopbackUri(uri: string): boolean {
  return /^http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost)(?:[:/]|$)/.test(uri);
}

function isLoopbackOrigin(origin: string): boolean {
  return isLoopbackUri(origin);
}
