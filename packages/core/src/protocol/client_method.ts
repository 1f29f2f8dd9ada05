/**
 * How a client proves who it is, with all that it needs to do so.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Redacted } from "effect";
 * import type { ClientAuthentication } from "@bellhop/core/protocol/client_method";
 *
 * const signedElsewhere: ClientAuthentication = {
 *   method: "private_key_jwt",
 *   algorithm: "ES256",
 *   assertion: (audience) => Effect.succeed(Redacted.make(`signed for ${audience}`)),
 * };
 *
 * assert.equal(signedElsewhere.method, "private_key_jwt");
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7591#section-2 | RFC 7591 section 2}
 * @module
 */
import type * as Redacted from "effect/Redacted";
import type { ClientAssertion } from "./client_assertion.ts";
import type { MacAlgorithm, PublicKeyAlgorithm } from "./jws_algorithm.ts";

/** How a client proves who it is at the server's endpoints. */
export type ClientAuthentication =
  | { readonly method: "none" }
  | { readonly method: "client_secret_basic"; readonly clientSecret: Redacted.Redacted }
  | { readonly method: "client_secret_post"; readonly clientSecret: Redacted.Redacted }
  | ClientSecretJwt
  | PrivateKeyJwt;

/** An assertion signed with the client secret, which is not sent. OpenID Connect Core section 9. */
export interface ClientSecretJwt {
  /** As registered. */
  readonly method: "client_secret_jwt";
  /** Kept to be found, and redacted, should the server say it. */
  readonly clientSecret: Redacted.Redacted;
  /** HMAC. */
  readonly algorithm: MacAlgorithm;
  /** Makes the assertion of one request. */
  readonly assertion: ClientAssertion;
}

/** An assertion signed with a private key, which is not even in the client. RFC 7523 section 2.2. */
export interface PrivateKeyJwt {
  /** As registered. */
  readonly method: "private_key_jwt";
  /** RSA, a NIST curve or Ed25519. */
  readonly algorithm: PublicKeyAlgorithm;
  /** Name of the key, which stands in the assertion's header. */
  readonly keyId?: string;
  /** Makes the assertion of one request. */
  readonly assertion: ClientAssertion;
}

/** Registered names of the methods, as `token_endpoint_auth_methods_supported` lists them. */
export type ClientAuthenticationMethod = ClientAuthentication["method"];
