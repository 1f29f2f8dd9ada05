/**
 * What an authorization server says about itself, by discovery or written down by hand.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect } from "effect";
 * import { make } from "@bellhop/core/protocol/server_metadata";
 *
 * const server = await Effect.runPromise(make({
 *   issuer: "https://as.example.com",
 *   tokenEndpoint: "https://as.example.com/token",
 *   deviceAuthorizationEndpoint: "https://as.example.com/device",
 * }));
 *
 * assert.equal(server.tokenEndpoint, "https://as.example.com/token");
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-2 | RFC 8414 section 2}
 * @module
 */
import * as Data from "effect/Data";
import * as Effect from "effect/Effect";
import * as Result from "effect/Result";
import { isLoopback, parse, stripped } from "./secure_url.ts";

/** An authorization server: who it is, where its endpoints are, what it can do. */
export interface ServerMetadata {
  /** Compared code point by code point, never normalised. */
  readonly issuer: string;
  /** Where the user grants access. RFC 6749 section 3.1. */
  readonly authorizationEndpoint?: string;
  /** Where grants become tokens. RFC 6749 section 3.2. */
  readonly tokenEndpoint?: string;
  /** Where device logins begin. RFC 8628 section 3.1. */
  readonly deviceAuthorizationEndpoint?: string;
  /** Where tokens are given up. RFC 7009 section 2. */
  readonly revocationEndpoint?: string;
  /** Where a resource server asks about a token. RFC 7662 section 2. */
  readonly introspectionEndpoint?: string;
  /** Claims about the user. OpenID Connect Core section 5.3. */
  readonly userinfoEndpoint?: string;
  /** Logout in the browser. OpenID Connect RP-Initiated Logout section 2. */
  readonly endSessionEndpoint?: string;
  /** Dynamic client registration. RFC 7591 section 3. */
  readonly registrationEndpoint?: string;
  /** Authorization requests in advance. RFC 9126 section 2. */
  readonly pushedAuthorizationRequestEndpoint?: string;
  /** The server's public keys. RFC 7517 section 5. */
  readonly jwksUri?: string;
  /** Absent: the server did not say. */
  readonly grantTypesSupported?: ReadonlyArray<string>;
  /** Such as `code`. */
  readonly responseTypesSupported?: ReadonlyArray<string>;
  /** Such as `query` and `form_post`. */
  readonly responseModesSupported?: ReadonlyArray<string>;
  /** Need not be all of them. */
  readonly scopesSupported?: ReadonlyArray<string>;
  /** Absent: `client_secret_basic`, says RFC 8414. */
  readonly tokenEndpointAuthMethodsSupported?: ReadonlyArray<string>;
  /** For client authentication by JWT. */
  readonly tokenEndpointAuthSigningAlgValuesSupported?: ReadonlyArray<string>;
  /** Absent: `client_secret_basic`. */
  readonly revocationEndpointAuthMethodsSupported?: ReadonlyArray<string>;
  /** Absent: no PKCE, says RFC 8414. */
  readonly codeChallengeMethodsSupported?: ReadonlyArray<string>;
  /** How ID tokens may be signed. */
  readonly idTokenSigningAlgValuesSupported?: ReadonlyArray<string>;
  /** How DPoP proofs may be signed. RFC 9449 section 5.1. */
  readonly dpopSigningAlgValuesSupported?: ReadonlyArray<string>;
  /** Such as `login` and `create`. */
  readonly promptValuesSupported?: ReadonlyArray<string>;
  /** RFC 9207: the authorization response carries `iss`. */
  readonly authorizationResponseIssParameterSupported?: boolean;
  /** Only pushed authorization requests are taken. RFC 9126 section 5. */
  readonly requirePushedAuthorizationRequests?: boolean;
  /** Wire names of members that were dropped because their value makes no sense. */
  readonly ignoredMembers?: ReadonlyArray<string>;
}

/** Why metadata was refused. */
export type ServerMetadataProblem = "issuer" | "endpoint";

/** Metadata that must not be used. */
export class ServerMetadataError extends Data.Error<{
  readonly problem: ServerMetadataProblem;
  /** The member at fault, as the wire calls it. */
  readonly member: string;
  /** What is wrong with it, URLs without their query. */
  readonly description: string;
}> {
  override readonly name = "ServerMetadataError";
  readonly _tag = "ServerMetadataError";
  override readonly message: string =
    `Server metadata has an unusable "${this.member}": ${this.description}`;
}

type MembersOf<A> = keyof {
  [K in keyof ServerMetadata as Exclude<ServerMetadata[K], undefined> extends A ? K : never]: K;
};
type UrlMember = Exclude<MembersOf<string>, "issuer">;
type ListMember = Exclude<MembersOf<ReadonlyArray<string>>, "ignoredMembers">;
type FlagMember = MembersOf<boolean>;

const urlMembers: Record<UrlMember, string> = {
  authorizationEndpoint: "authorization_endpoint",
  tokenEndpoint: "token_endpoint",
  deviceAuthorizationEndpoint: "device_authorization_endpoint",
  revocationEndpoint: "revocation_endpoint",
  introspectionEndpoint: "introspection_endpoint",
  userinfoEndpoint: "userinfo_endpoint",
  endSessionEndpoint: "end_session_endpoint",
  registrationEndpoint: "registration_endpoint",
  pushedAuthorizationRequestEndpoint: "pushed_authorization_request_endpoint",
  jwksUri: "jwks_uri",
};

const listMembers: Record<ListMember, string> = {
  grantTypesSupported: "grant_types_supported",
  responseTypesSupported: "response_types_supported",
  responseModesSupported: "response_modes_supported",
  scopesSupported: "scopes_supported",
  tokenEndpointAuthMethodsSupported: "token_endpoint_auth_methods_supported",
  tokenEndpointAuthSigningAlgValuesSupported: "token_endpoint_auth_signing_alg_values_supported",
  revocationEndpointAuthMethodsSupported: "revocation_endpoint_auth_methods_supported",
  codeChallengeMethodsSupported: "code_challenge_methods_supported",
  idTokenSigningAlgValuesSupported: "id_token_signing_alg_values_supported",
  dpopSigningAlgValuesSupported: "dpop_signing_alg_values_supported",
  promptValuesSupported: "prompt_values_supported",
};

const flagMembers: Record<FlagMember, string> = {
  authorizationResponseIssParameterSupported: "authorization_response_iss_parameter_supported",
  requirePushedAuthorizationRequests: "require_pushed_authorization_requests",
};

/**
 * Takes metadata that is known without asking the server.
 *
 * Fails where the issuer or an endpoint is not an HTTPS (or loopback) URL.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect } from "effect";
 * import { make } from "@bellhop/core/protocol/server_metadata";
 *
 * const error = await Effect.runPromise(Effect.flip(make({
 *   issuer: "https://as.example.com",
 *   tokenEndpoint: "http://as.example.com/token",
 * })));
 *
 * assert.equal(error.member, "token_endpoint");
 * ```
 *
 * @param metadata The issuer and what is known about it.
 * @returns The same metadata.
 */
export function make(
  metadata: ServerMetadata,
): Effect.Effect<ServerMetadata, ServerMetadataError> {
  const error = problemOf(metadata);
  return error === undefined ? Effect.succeed(metadata) : Effect.fail(error);
}

/**
 * Reads a metadata document.
 *
 * Unknown members are ignored; members whose value is of the wrong type are dropped and named in
 * `ignoredMembers`. Refuses a document without issuer, and endpoints that are URLs but not HTTPS.
 * Plain HTTP on loopback is taken only of an issuer that is on loopback itself: a server elsewhere
 * must not send the client to whatever listens on this machine.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Result } from "effect";
 * import { fromDocument } from "@bellhop/core/protocol/server_metadata";
 *
 * const server = Result.getOrThrow(fromDocument({
 *   issuer: "https://as.example.com",
 *   token_endpoint: "https://as.example.com/token",
 *   scopes_supported: "openid",
 * }));
 *
 * assert.equal(server.tokenEndpoint, "https://as.example.com/token");
 * assert.deepEqual(server.ignoredMembers, ["scopes_supported"]);
 * ```
 *
 * @param document The members of the JSON object that the server published.
 */
export function fromDocument(
  document: Readonly<Record<string, unknown>>,
): Result.Result<ServerMetadata, ServerMetadataError> {
  const { issuer } = document;
  if (typeof issuer !== "string" || issuer === "") {
    return fail("issuer", "issuer", "it is missing or not a string");
  }
  const ignored: Array<string> = [];
  const pick = <M extends string, A>(
    members: Record<M, string>,
    isFitting: (value: unknown) => value is A,
  ): Partial<Record<M, A>> => pickMembers(document, members, { isFitting, ignored });
  const metadata: ServerMetadata = {
    issuer,
    ...pick(urlMembers, isUrl),
    ...pick(listMembers, isStringList),
    ...pick(flagMembers, (value): value is boolean => typeof value === "boolean"),
    ...(ignored.length > 0 ? { ignoredMembers: ignored } : {}),
  };
  const error = problemOf(metadata) ?? trespassOf(metadata);
  return error === undefined ? Result.succeed(metadata) : Result.fail(error);
}

interface PickOptions<A> {
  readonly isFitting: (value: unknown) => value is A;
  readonly ignored: Array<string>;
}

function pickMembers<M extends string, A>(
  document: Readonly<Record<string, unknown>>,
  members: Record<M, string>,
  options: PickOptions<A>,
): Partial<Record<M, A>> {
  const picked: Partial<Record<M, A>> = {};
  for (const member of Object.keys(members) as Array<M>) {
    const wire = members[member];
    const value = Object.hasOwn(document, wire) ? document[wire] : undefined;
    if (value === undefined || value === null) continue;
    if (options.isFitting(value)) picked[member] = value;
    else options.ignored.push(wire);
  }
  return picked;
}

function problemOf(metadata: ServerMetadata): ServerMetadataError | undefined {
  const issuer = parse(metadata.issuer);
  if (Result.isFailure(issuer)) return unusable("issuer", "issuer", issuer.failure.message);
  if (metadata.issuer.includes("?")) return unusable("issuer", "issuer", "it holds a query");
  for (const member of Object.keys(urlMembers) as Array<UrlMember>) {
    const url = metadata[member];
    if (url === undefined) continue;
    const endpoint = parse(url);
    if (Result.isFailure(endpoint)) {
      return unusable("endpoint", urlMembers[member], endpoint.failure.message);
    }
  }
  return undefined;
}

/** A plain-HTTP endpoint in the document of an issuer that is not on this machine. */
function trespassOf(metadata: ServerMetadata): ServerMetadataError | undefined {
  if (isLoopback(new URL(metadata.issuer).hostname)) return undefined;
  for (const member of Object.keys(urlMembers) as Array<UrlMember>) {
    const url = metadata[member];
    if (url === undefined || new URL(url).protocol === "https:") continue;
    const description = `"${stripped(url)}" is on the loopback interface, its issuer is not`;
    return unusable("endpoint", urlMembers[member], description);
  }
  return undefined;
}

function isUrl(value: unknown): value is string {
  return typeof value === "string" && URL.canParse(value);
}

function isStringList(value: unknown): value is ReadonlyArray<string> {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function unusable(
  problem: ServerMetadataProblem,
  member: string,
  description: string,
): ServerMetadataError {
  return new ServerMetadataError({ problem, member, description });
}

function fail(
  problem: ServerMetadataProblem,
  member: string,
  description: string,
): Result.Result<never, ServerMetadataError> {
  return Result.fail(unusable(problem, member, description));
}
