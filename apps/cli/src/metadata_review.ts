/**
 * A look at a server's metadata: what Bellhop can use of it, and what looks wrong.
 *
 * @module
 */
import type { ServerMetadata } from "@bellhop/core/protocol/server_metadata";

const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code";

/** The members, by their wire names. RFC 8414 section 2. */
export function membersOf(server: ServerMetadata): Readonly<Record<string, unknown>> {
  const { ignoredMembers: _, ...members } = server;
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => [wireName(name), value]),
  );
}

/** What Bellhop can use, in words. */
export function usableOf(server: ServerMetadata): ReadonlyArray<string> {
  const methods = authMethodsOf(server);
  return [
    hasDeviceGrant(server) ? "login --grant device" : undefined,
    hasClientCredentials(server) ? "login --grant client-credentials" : undefined,
    server.revocationEndpoint === undefined ? undefined : "logout with revocation",
    methods.length === 0 ? undefined : `client authentication: ${methods.join(", ")}`,
  ].filter((text) => text !== undefined);
}

/** What contradicts itself, is missing or is weak, in words. */
export function problemsOf(server: ServerMetadata): ReadonlyArray<string> {
  return [
    ...(server.ignoredMembers ?? []).map((name) => `${name} has a value that makes no sense`),
    ...missingEndpoints(server),
    ...weakPoints(server),
    ...foreignEndpoints(server),
  ];
}

function hasDeviceGrant(server: ServerMetadata): boolean {
  return server.deviceAuthorizationEndpoint !== undefined && server.tokenEndpoint !== undefined &&
    (server.grantTypesSupported?.includes(deviceGrant) ?? true);
}

function hasClientCredentials({ tokenEndpoint, grantTypesSupported }: ServerMetadata): boolean {
  return tokenEndpoint !== undefined &&
    grantTypesSupported?.includes("client_credentials") === true;
}

function authMethodsOf(
  { tokenEndpointAuthMethodsSupported }: ServerMetadata,
): ReadonlyArray<string> {
  const known = ["none", "client_secret_basic", "client_secret_post"];
  const offered = tokenEndpointAuthMethodsSupported ?? ["client_secret_basic"];
  return known.filter((method) => offered.includes(method));
}

function missingEndpoints(server: ServerMetadata): ReadonlyArray<string> {
  const grants = server.grantTypesSupported;
  const hasDevice = server.deviceAuthorizationEndpoint !== undefined;
  return [
    server.tokenEndpoint === undefined ? "token_endpoint is missing: no grant will do" : undefined,
    grants?.includes(deviceGrant) === true && !hasDevice
      ? "grant_types_supported has the device grant, but device_authorization_endpoint is missing"
      : undefined,
    hasDevice && grants !== undefined && !grants.includes(deviceGrant)
      ? "there is a device_authorization_endpoint, but grant_types_supported lacks its grant"
      : undefined,
    grants?.includes("authorization_code") === true && server.authorizationEndpoint === undefined
      ? "grant_types_supported has authorization_code, but authorization_endpoint is missing"
      : undefined,
    server.revocationEndpoint === undefined
      ? "revocation_endpoint is missing: tokens live on after logout"
      : undefined,
  ].filter((text) => text !== undefined);
}

function weakPoints(server: ServerMetadata): ReadonlyArray<string> {
  const isForCode = server.authorizationEndpoint !== undefined;
  const pkce = server.codeChallengeMethodsSupported;
  return [
    isForCode && pkce?.includes("S256") !== true
      ? "code_challenge_methods_supported lacks S256: PKCE is not promised"
      : undefined,
    isForCode && server.authorizationResponseIssParameterSupported !== true
      ? "authorization responses carry no iss (RFC 9207): mix-up is harder to notice"
      : undefined,
    authMethodsOf(server).length === 0
      ? "token_endpoint_auth_methods_supported has none that Bellhop knows"
      : undefined,
    server.issuer.startsWith("http:")
      ? "the issuer is plain http: for this machine only"
      : undefined,
  ].filter((text) => text !== undefined);
}

function foreignEndpoints(server: ServerMetadata): ReadonlyArray<string> {
  const { origin } = new URL(server.issuer);
  return Object.entries(membersOf(server)).flatMap(([name, value]) =>
    typeof value === "string" && name !== "issuer" && new URL(value).origin !== origin
      ? [`${name} is on another origin (${new URL(value).origin}); that may be meant so`]
      : []
  );
}

function wireName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
