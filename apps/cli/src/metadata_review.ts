/**
 * A look at a server's metadata: what Bellhop can use of it, and what looks wrong.
 *
 * @module
 */
import { isJwsAlgorithm, isMacAlgorithm } from "@bellhop/core/protocol/jws_algorithm";
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
    hasCodeGrant(server) ? "login --grant code" : undefined,
    hasDeviceGrant(server) ? "login --grant device" : undefined,
    hasClientCredentials(server) ? "login --grant client-credentials" : undefined,
    identityOf(server),
    server.userinfoEndpoint === undefined ? undefined : "whoami by userinfo",
    server.revocationEndpoint === undefined ? undefined : "logout with revocation",
    methods.length === 0 ? undefined : `client authentication: ${methods.join(", ")}`,
  ].filter((text) => text !== undefined);
}

/** What contradicts itself, is missing or is weak, in words. */
export function problemsOf(server: ServerMetadata): ReadonlyArray<string> {
  return [
    ...(server.ignoredMembers ?? []).map((name) => `${name} has a value that makes no sense`),
    ...missingEndpoints(server),
    ...codeProblems(server),
    ...identityProblems(server),
    ...weakPoints(server),
    ...foreignEndpoints(server),
  ];
}

/** Whether a login in the browser can succeed, as far as the metadata tells. */
export function hasCodeGrant(server: ServerMetadata): boolean {
  const { grantTypesSupported, responseTypesSupported, codeChallengeMethodsSupported } = server;
  return server.authorizationEndpoint !== undefined && server.tokenEndpoint !== undefined &&
    // Absent, the list means the code grant: RFC 8414 section 2.
    (grantTypesSupported?.includes("authorization_code") ?? true) &&
    (responseTypesSupported?.includes("code") ?? true) &&
    (codeChallengeMethodsSupported?.includes("S256") ?? true) &&
    server.requirePushedAuthorizationRequests !== true;
}

function identityOf(server: ServerMetadata): string | undefined {
  const algorithms = usableAlgorithms(server);
  return server.jwksUri === undefined || algorithms.length === 0
    ? undefined
    : `ID tokens signed by ${algorithms.join(", ")}`;
}

/** What signs with a key that the server publishes. */
function usableAlgorithms(
  { idTokenSigningAlgValuesSupported: offered = [] }: ServerMetadata,
): ReadonlyArray<string> {
  return offered.filter((name) => isJwsAlgorithm(name) && !isMacAlgorithm(name));
}

/** Whether a login with a code on another device can succeed, as far as the metadata tells. */
export function hasDeviceGrant(server: ServerMetadata): boolean {
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
  const known = [
    "none",
    "client_secret_basic",
    "client_secret_post",
    "client_secret_jwt",
    "private_key_jwt",
  ];
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

function codeProblems(server: ServerMetadata): ReadonlyArray<string> {
  if (server.authorizationEndpoint === undefined) return [];
  const pkce = server.codeChallengeMethodsSupported;
  const { grantTypesSupported: grants, responseTypesSupported: types } = server;
  return [
    pkce === undefined
      ? "code_challenge_methods_supported is missing: PKCE is not promised"
      : pkce.includes("S256")
      ? undefined
      : "code_challenge_methods_supported lacks S256: login --grant code is refused",
    grants?.includes("authorization_code") === false
      ? "there is an authorization_endpoint, but grant_types_supported lacks authorization_code"
      : undefined,
    types?.includes("code") === false
      ? "there is an authorization_endpoint, but response_types_supported lacks code"
      : undefined,
    server.requirePushedAuthorizationRequests === true
      ? "only pushed authorization requests are taken (RFC 9126), which Bellhop does not make"
      : undefined,
    server.authorizationResponseIssParameterSupported !== true
      ? "authorization responses carry no iss (RFC 9207): mix-up is harder to notice"
      : undefined,
  ].filter((text) => text !== undefined);
}

/** Of OpenID Connect, where the server says that it speaks it. OpenID Connect Discovery section 3. */
function identityProblems(server: ServerMetadata): ReadonlyArray<string> {
  const { idTokenSigningAlgValuesSupported: algorithms, jwksUri, scopesSupported } = server;
  if (algorithms === undefined && scopesSupported?.includes("openid") !== true) return [];
  return [
    jwksUri === undefined ? "jwks_uri is missing: ID tokens cannot be checked" : undefined,
    algorithms === undefined
      ? "id_token_signing_alg_values_supported is missing, though openid is offered"
      : usableAlgorithms(server).length === 0
      ? "id_token_signing_alg_values_supported has none with a public key that Bellhop knows"
      : undefined,
    algorithms?.includes("none") === true
      ? "id_token_signing_alg_values_supported has none: ID tokens without a signature are refused"
      : undefined,
  ].filter((text) => text !== undefined);
}

function weakPoints(server: ServerMetadata): ReadonlyArray<string> {
  return [
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
