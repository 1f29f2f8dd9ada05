/**
 * The authorization request: the URL that the user's browser is sent to.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Redacted, Result } from "effect";
 * import { prepare, urlOf } from "@bellhop/core/protocol/authorization_request";
 *
 * const client = {
 *   clientId: "s6BhdRkqt3",
 *   authentication: { method: "none" },
 *   server: {
 *     issuer: "https://as.example.com",
 *     authorizationEndpoint: "https://as.example.com/authorize",
 *   },
 * } as const;
 * const redirectUri = "https://client.example.com/cb";
 * const prepared = Result.getOrThrow(prepare({ client, redirectUri, scope: ["read"] }));
 * const url = urlOf(prepared, {
 *   state: Redacted.make("xyz"),
 *   challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
 * });
 *
 * const { searchParams } = new URL(Redacted.value(url));
 * assert.equal(searchParams.get("redirect_uri"), redirectUri);
 * assert.equal(searchParams.get("code_challenge_method"), "S256");
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1 | RFC 6749 section 4.1.1}
 * @see {@link https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest | OpenID Connect
 * Core section 3.1.2.1}
 * @module
 */
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import {
  AuthorizationRequestError,
  type AuthorizationRequestProblem,
} from "./authorization_request_error.ts";
import type { Client } from "./client.ts";
import { visible } from "./redaction.ts";
import * as RedirectUri from "./redirect_uri.ts";
import * as SecureUrl from "./secure_url.ts";
import type { ServerMetadata } from "./server_metadata.ts";

/** How the answer comes back: in the callback's query, or as a form that the browser posts. */
export type ResponseMode = "query" | "form_post";

/** What the user is to be asked, whether or not it seems needed. */
export type Prompt = "none" | "login" | "consent" | "select_account" | "create";

/**
 * PKCE is used unless it is turned off by a name that says why. 86 of 344 providers counted in the
 * field break when they are sent a challenge.
 */
export type PkceUse = "S256" | "off-because-the-server-refuses-it";

/** What to ask for, and how. The same for every attempt. */
export interface AuthorizationRequestOptions {
  /** Who asks, and at which server. */
  readonly client: Client;
  /** Exactly as registered; on loopback with the port that is listened on. */
  readonly redirectUri: string;
  /**
   * Scopes to ask for. RFC 6749 section 3.3.
   *
   * @default none: the server decides
   */
  readonly scope?: ReadonlyArray<string> | undefined;
  /**
   * How the answer comes back.
   *
   * @default the server's own, which is `query`
   */
  readonly responseMode?: ResponseMode | undefined;
  /** What to ask the user. `none` stands alone. OpenID Connect Core section 3.1.2.1. */
  readonly prompt?: ReadonlyArray<Prompt> | undefined;
  /** Who is expected to sign in: an address or a user name. */
  readonly loginHint?: string | undefined;
  /** Wanted strengths of authentication, the best first. */
  readonly acrValues?: ReadonlyArray<string> | undefined;
  /** How long ago the user may have signed in at most, in whole seconds; 0 asks anew. */
  readonly maxAgeSeconds?: number | undefined;
  /** Languages that the user reads, the best first, as BCP 47 writes them. */
  readonly uiLocales?: ReadonlyArray<string> | undefined;
  /** Where the token will be used: absolute URIs without a fragment. RFC 8707 section 2. */
  readonly resource?: ReadonlyArray<string> | undefined;
  /** The same in the words of servers that know no `resource`. */
  readonly audience?: string | undefined;
  /** What one server wants beyond that, such as Google's `access_type`. None of the above. */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  /**
   * Whether PKCE is used.
   *
   * @default "S256", also where the server's metadata says nothing of it
   */
  readonly pkce?: PkceUse | undefined;
}

/** A request that lacks only what is new in every attempt. */
export interface PreparedRequest {
  /** The URL so far. It may hold a person's name (`login_hint`). */
  readonly prefix: Redacted.Redacted;
}

/** What is new in every attempt. */
export interface AttemptParameters {
  /** Comes back with the answer. */
  readonly state: Redacted.Redacted;
  /** Comes back in the ID token. OpenID Connect Core section 3.1.2.1. */
  readonly nonce?: Redacted.Redacted | undefined;
  /** S256 challenge of the verifier, absent where PKCE is off. RFC 7636 section 4.3. */
  readonly challenge?: string | undefined;
}

/**
 * Checks what is asked for and writes down what is the same in every attempt.
 *
 * A query that the endpoint has stays. No parameter is sent twice, but for `resource`, of which RFC
 * 8707 allows several.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Result } from "effect";
 * import { prepare } from "@bellhop/core/protocol/authorization_request";
 *
 * const client = {
 *   clientId: "s6BhdRkqt3",
 *   authentication: { method: "none" },
 *   server: { issuer: "https://as.example.com" },
 * } as const;
 * const prepared = prepare({ client, redirectUri: "https://client.example.com/cb" });
 *
 * assert.equal(Result.getOrThrow(Result.flip(prepared)).problem, "missingEndpoint");
 * ```
 */
export function prepare(
  options: AuthorizationRequestOptions,
): Result.Result<PreparedRequest, AuthorizationRequestError> {
  const { client: { server } } = options;
  const endpoint = server.authorizationEndpoint;
  if (endpoint === undefined) {
    return refuse("missingEndpoint", `"${server.issuer}" names no "authorization_endpoint"`);
  }
  const parsed = SecureUrl.parse(endpoint);
  if (Result.isFailure(parsed)) return refuse("insecureEndpoint", parsed.failure.message);
  const redirectUri = RedirectUri.parse(options.redirectUri);
  if (Result.isFailure(redirectUri)) {
    const { hint, message } = redirectUri.failure;
    return Result.fail(
      new AuthorizationRequestError({ problem: "redirectUri", description: message, hint }),
    );
  }
  const [problem, description] = problemOf(options) ?? unsupportedBy(server, options) ?? [];
  return problem === undefined
    ? join(endpoint, parametersOf(options))
    : refuse(problem, description ?? "");
}

/**
 * Writes one attempt's URL. It holds secrets: show it to the user's browser and to nobody else.
 *
 * The module's example shows it.
 */
export function urlOf(
  { prefix }: PreparedRequest,
  { challenge, nonce, state }: AttemptParameters,
): Redacted.Redacted {
  let url = `${Redacted.value(prefix)}&state=${encode(Redacted.value(state))}`;
  if (nonce !== undefined) url += `&nonce=${encode(Redacted.value(nonce))}`;
  if (challenge !== undefined) {
    url += `&code_challenge=${encode(challenge)}&code_challenge_method=S256`;
  }
  return Redacted.make(url);
}

type RequestParameters = ReadonlyArray<readonly [name: string, value: string | undefined]>;

/** Names that this module gives a value, or that come with each attempt, or that must not be sent. */
const ownNames: ReadonlySet<string> = new Set([
  "response_type",
  "client_id",
  "client_secret",
  "redirect_uri",
  "scope",
  "response_mode",
  "prompt",
  "login_hint",
  "acr_values",
  "max_age",
  "ui_locales",
  "resource",
  "audience",
  "state",
  "nonce",
  "code_challenge",
  "code_challenge_method",
  "request",
  "request_uri",
]);

/** Those of them that only an attempt can know. */
const attemptNames: ReadonlyArray<string> = [
  "state",
  "nonce",
  "code_challenge",
  "code_challenge_method",
];

function parametersOf(options: AuthorizationRequestOptions): RequestParameters {
  return [
    ["response_type", "code"],
    ["client_id", options.client.clientId],
    ["redirect_uri", options.redirectUri],
    ["scope", options.scope?.join(" ")],
    ["response_mode", options.responseMode],
    ["prompt", options.prompt?.join(" ")],
    ["login_hint", options.loginHint],
    ["acr_values", options.acrValues?.join(" ")],
    ["max_age", options.maxAgeSeconds?.toString()],
    ["ui_locales", options.uiLocales?.join(" ")],
    ["audience", options.audience],
    ...Object.entries(options.parameters ?? {}),
    ...(options.resource ?? []).map((resource) => ["resource", resource] as const),
  ];
}

/** Adds parameters to the endpoint's own query, whose words stay as they are. */
function join(
  endpoint: string,
  parameters: RequestParameters,
): Result.Result<PreparedRequest, AuthorizationRequestError> {
  const own = new URL(endpoint).searchParams;
  let added = "";
  for (const [name, value] of parameters) {
    if (value === undefined || value === "") continue;
    if (!own.has(name)) added += `&${encode(name)}=${encode(value)}`;
    else if (own.getAll(name).length > 1 || own.get(name) !== value) return conflict(name);
  }
  const taken = attemptNames.find((name) => own.has(name));
  if (taken !== undefined) return conflict(taken);
  const separator = !endpoint.includes("?") ? "?" : /[?&]$/.test(endpoint) ? "" : "&";
  return Result.succeed({ prefix: Redacted.make(endpoint + separator + added.slice(1)) });
}

function conflict(name: string): Result.Result<never, AuthorizationRequestError> {
  return refuse(
    "repeatedParameter",
    `the authorization endpoint has a "${name}" of its own in its query`,
  );
}

type Problem = readonly [AuthorizationRequestProblem, string];

function problemOf(options: AuthorizationRequestOptions): Problem | undefined {
  const { maxAgeSeconds, parameters = {}, prompt = [], resource = [] } = options;
  if (maxAgeSeconds !== undefined && !(Number.isSafeInteger(maxAgeSeconds) && maxAgeSeconds >= 0)) {
    return ["maxAge", `a maximum age is a whole number of seconds, not ${maxAgeSeconds}`];
  }
  if (prompt.includes("none") && prompt.length > 1) {
    return ["prompt", `"none" does not go with another prompt`];
  }
  const unfit = resource.find((uri) => !isResource(uri));
  if (unfit !== undefined) {
    const shown = visible(unfit).slice(0, 200);
    return ["resource", `"${shown}" is not an absolute URI without fragment`];
  }
  const reserved = Object.keys(parameters).find((name) => ownNames.has(name));
  return reserved === undefined
    ? undefined
    : ["reservedParameter", `"${reserved}" is not for "parameters" to set`];
}

function unsupportedBy(
  server: ServerMetadata,
  { pkce, responseMode }: AuthorizationRequestOptions,
): Problem | undefined {
  const { codeChallengeMethodsSupported: methods, responseModesSupported: modes } = server;
  if (server.requirePushedAuthorizationRequests === true) {
    return ["pushedOnly", "the server takes pushed authorization requests only"];
  }
  const isPkceUsed = pkce !== "off-because-the-server-refuses-it";
  if (isPkceUsed && methods !== undefined && !methods.includes("S256")) {
    return ["pkceUnsupported", `the server's metadata lists no PKCE method "S256"`];
  }
  return responseMode !== undefined && modes !== undefined && !modes.includes(responseMode)
    ? ["responseMode", `the server's metadata lists no response mode "${responseMode}"`]
    : undefined;
}

/** RFC 8707 section 2. */
function isResource(uri: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(uri) && !/[#\s]/.test(uri) && URL.canParse(uri);
}

/** A space becomes `%20`, which form decoders and plain ones read alike. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function refuse(
  problem: AuthorizationRequestProblem,
  description: string,
): Result.Result<never, AuthorizationRequestError> {
  return Result.fail(new AuthorizationRequestError({ problem, description }));
}
