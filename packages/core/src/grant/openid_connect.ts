/**
 * OpenID Connect on top of a login: who it was, proved by the server's signature.
 *
 * Nothing of OAuth needs it. A login that should end in a person and not only in tokens is given a
 * {@linkcode validator}.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Layer, Redacted } from "effect";
 * import { Digest, Mac, SecureRandom, Signature } from "effect/crypto";
 * import { FetchHttpClient } from "effect/http";
 * import { layer } from "@bellhop/core/endpoint/jwks_cache";
 * import { validator } from "@bellhop/core/grant/openid_connect";
 * import { make } from "@bellhop/core/protocol/client";
 *
 * const validate = validator({ algorithm: "ES256" });
 * const program = Effect.gen(function* () {
 *   const client = yield* make({ issuer: "https://op.example.com" }, { clientId: "terminal" });
 *   const tokens = {
 *     accessToken: Redacted.make("2YotnFZFEjr1zCsicMWpAA"),
 *     tokenType: "Bearer",
 *     obtainedAtMillis: 0,
 *     scope: ["read"],
 *   };
 *   return yield* Effect.flip(validate(tokens, { client, nonce: Redacted.make("n-0S6_WzA2Mj") }));
 * });
 * const crypto = Layer.mergeAll(
 *   Digest.layerWebCrypto,
 *   Layer.mergeAll(Mac.layerWebCrypto, Signature.layerWebCrypto).pipe(
 *     Layer.provide(SecureRandom.layerWebCrypto),
 *   ),
 * );
 * const keys = layer().pipe(Layer.provide(FetchHttpClient.layer));
 *
 * const error = await Effect.runPromise(program.pipe(Effect.provide([crypto, keys])));
 * assert.equal(error.message, "ID token refused: the server sent none");
 * ```
 *
 * @see {@link https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth | OpenID Connect Core
 * section 3.1}
 * @module
 */
import * as Effect from "effect/Effect";
import type * as Digest from "effect/crypto/Digest";
import type * as Mac from "effect/crypto/Mac";
import type * as Signature from "effect/crypto/Signature";
import type * as HttpClient from "effect/http/HttpClient";
import type * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import { JwksCache } from "../endpoint/jwks_cache.ts";
import { fetchUserinfo } from "../endpoint/userinfo.ts";
import type { Client } from "../protocol/client.ts";
import type { EndpointError } from "../protocol/endpoint_error.ts";
import { readUnverified, validate } from "../protocol/id_token.ts";
import type { IdTokenClaims } from "../protocol/id_token_claims.ts";
import { IdTokenError } from "../protocol/id_token_error.ts";
import type { JwsAlgorithm } from "../protocol/jws_algorithm.ts";
import type { TokenSet } from "../protocol/token_set.ts";
import type { Userinfo } from "../protocol/userinfo_response.ts";

/** How a client's ID tokens are validated. */
export interface ValidatorOptions {
  /**
   * `id_token_signed_response_alg` as it is registered: the one algorithm that is accepted.
   *
   * @default "RS256"
   */
  readonly algorithm?: JwsAlgorithm | undefined;
  /**
   * Seconds by which the clocks of server and client may differ.
   *
   * @default 30
   */
  readonly clockToleranceSeconds?: number | undefined;
}

/** What a login sent, and to whom. */
export interface ExpectedIdentity {
  /** The client that logged somebody in, with its server. */
  readonly client: Client;
  /** What the authorization request sent. Absent: it sent none, and the token must have none. */
  readonly nonce?: Redacted.Redacted | undefined;
  /** `max_age` as it was sent. */
  readonly maxAgeSeconds?: number | undefined;
  /** `acr_values` as they were sent, one of which has to be met. */
  readonly acrValues?: ReadonlyArray<string> | undefined;
  /** Claims of the login that a refresh renews. OpenID Connect Core section 12.2. */
  readonly previous?: IdTokenClaims | undefined;
}

/** Tokens, and who they are of. */
export interface IdentifiedTokens {
  /** As they were given. */
  readonly tokens: TokenSet;
  /** Claims of their ID token, validated. */
  readonly claims: IdTokenClaims;
}

/** What a validation needs: the server's keys, and what checks signatures and hashes. */
export type ValidatorServices = JwksCache | Signature.Signature | Mac.Mac | Digest.Digest;

/** Validates the ID token of a token set. */
export type Validator = (
  tokens: TokenSet,
  expected: ExpectedIdentity,
) => Effect.Effect<IdentifiedTokens, IdTokenError | EndpointError, ValidatorServices>;

/**
 * Makes the function that a login calls with the tokens it was given, before it believes any of them.
 *
 * That function fails with {@linkcode IdTokenError}, `missing` where there is no ID token, and with
 * an `EndpointError` where the server's keys are needed and do not come.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { validator } from "@bellhop/core/grant/openid_connect";
 *
 * const validate = validator({ algorithm: "ES256", clockToleranceSeconds: 5 });
 *
 * assert.equal(validate.length, 2);
 * ```
 *
 * @param options The registered algorithm, and how far clocks may differ.
 */
export function validator(options: ValidatorOptions = {}): Validator {
  return Effect.fn("OpenIdConnect.validate")(
    function* (tokens: TokenSet, expected: ExpectedIdentity) {
      const { client, ...login } = expected;
      const { accessToken, idToken } = tokens;
      if (idToken === undefined) return yield* missing();
      const cache = yield* JwksCache;
      const claims = yield* validate(idToken, {
        ...options,
        ...login,
        issuer: client.server.issuer,
        clientId: client.clientId,
        clientSecret: secretOf(client),
        accessToken,
        keys: (query) => cache.keysFor(client.server, query),
      });
      return { tokens, claims };
    },
  );
}

/**
 * Who a token set is of, as its ID token said when it was validated. Validates nothing again, for a
 * session's tokens have lain sealed in a store since.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Redacted, Result } from "effect";
 * import { claimsOf } from "@bellhop/core/grant/openid_connect";
 *
 * const claims = { iss: "https://op.example.com", sub: "24400320", aud: "terminal", exp: 60, iat: 0 };
 * const payload = btoa(JSON.stringify(claims)).replace(/=+$/, "");
 * const idToken = Redacted.make(`eyJhbGciOiJSUzI1NiJ9.${payload}.AAAA`);
 *
 * assert.equal(Result.getOrThrow(claimsOf({ idToken })).subject, "24400320");
 * ```
 *
 * @param tokens Of a session; not what just came from a server.
 */
export function claimsOf(
  tokens: { readonly idToken?: Redacted.Redacted },
): Result.Result<IdTokenClaims, IdTokenError> {
  return tokens.idToken === undefined ? Result.fail(missing()) : readUnverified(tokens.idToken);
}

/**
 * Asks the server for more about the user of validated tokens.
 *
 * Fails as {@linkcode fetchUserinfo} does: claims about another user are refused.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Redacted } from "effect";
 * import { HttpClient, HttpClientResponse } from "effect/http";
 * import { userinfo } from "@bellhop/core/grant/openid_connect";
 *
 * const answering = HttpClient.make((request) =>
 *   Effect.succeed(HttpClientResponse.fromWeb(request, Response.json({ sub: "ada", name: "Ada" })))
 * );
 * const server = {
 *   issuer: "https://op.example.com",
 *   userinfoEndpoint: "https://op.example.com/userinfo",
 * };
 * const client = { clientId: "terminal", authentication: { method: "none" }, server } as const;
 * const accessToken = Redacted.make("2YotnFZFEjr1zCsicMWpAA");
 * const program = userinfo(client, { accessToken, subject: "ada" }).pipe(
 *   Effect.provideService(HttpClient.HttpClient, answering),
 * );
 *
 * assert.equal((await Effect.runPromise(program)).members["name"], "Ada");
 * ```
 *
 * @param client The client, with its server.
 * @param user The access token, and `subject` of the claims that came with it.
 */
export function userinfo(
  client: Client,
  user: { readonly accessToken: Redacted.Redacted; readonly subject: string },
): Effect.Effect<Userinfo, EndpointError, HttpClient.HttpClient> {
  return fetchUserinfo(client.server, user.accessToken, { subject: user.subject });
}

function missing(): IdTokenError {
  return new IdTokenError({ problem: "missing", description: "the server sent none" });
}

function secretOf({ authentication }: Client): Redacted.Redacted | undefined {
  return "clientSecret" in authentication ? authentication.clientSecret : undefined;
}
