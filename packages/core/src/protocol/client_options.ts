/**
 * What is known of a client before its method of authentication is chosen.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Redacted } from "effect";
 * import type { ClientOptions } from "@bellhop/core/protocol/client_options";
 *
 * const options: ClientOptions = {
 *   clientId: "service",
 *   clientSecret: Redacted.make("gX1fBat3bV"),
 * };
 *
 * assert.equal(options.method, undefined);
 * ```
 *
 * @module
 */
import type * as Redacted from "effect/Redacted";
import type { ClientKey } from "./client_key.ts";
import type { ClientAuthenticationMethod } from "./client_method.ts";
import type { MacAlgorithm, PublicKeyAlgorithm } from "./jws_algorithm.ts";

/** What is known of a client that is public or has a secret, before a method is chosen. */
export interface ClientOptions {
  /** As the server registered it. */
  readonly clientId: string;
  /** Absent: a public client. */
  readonly clientSecret?: Redacted.Redacted | undefined;
  /** Not beside a secret. */
  readonly key?: undefined;
  /**
   * Overrules what the server's metadata says.
   *
   * @default chosen from the metadata: Basic where both are offered or nothing is said
   */
  readonly method?: "none" | "client_secret_basic" | "client_secret_post" | undefined;
}

/** What is known of a client that signs with its secret. */
export interface ClientSecretJwtOptions {
  /** As the server registered it. */
  readonly clientId: string;
  /** At least as long as the digest: 32 bytes for HS256, 48 for HS384, 64 for HS512. */
  readonly clientSecret: Redacted.Redacted;
  /** Not beside a secret. */
  readonly key?: undefined;
  /** Overrules what the server's metadata says. */
  readonly method: "client_secret_jwt";
  /**
   * How it signs, as the client is registered.
   *
   * @default the first of HS256, HS384 and HS512 that the server lists; HS256 where it lists none
   */
  readonly algorithm?: MacAlgorithm | undefined;
}

/** What is known of a client that signs with a private key. */
export interface ClientKeyOptions {
  /** As the server registered it. */
  readonly clientId: string;
  /** The server knows its public half. */
  readonly key: ClientKey;
  /** Not beside a key. */
  readonly clientSecret?: undefined;
  /**
   * Overrules what the server's metadata says, of the method and of the algorithm.
   *
   * @default `private_key_jwt`, unless the server says that it does not take it
   */
  readonly method?: "private_key_jwt" | undefined;
  /**
   * How it signs, as the client is registered.
   *
   * @default the `alg` of the JSON Web Key; else what its curve is for. Anything else needs one.
   */
  readonly algorithm?: PublicKeyAlgorithm | undefined;
  /**
   * Goes into the assertion's header as `kid`.
   *
   * @default the `kid` of the JSON Web Key, or none
   */
  readonly keyId?: string | undefined;
}

/** What a program knows that learns only when it runs what sort of client it is. */
export interface AnyClientOptions {
  /** As the server registered it. */
  readonly clientId: string;
  /** Absent: a public client, or one with a key. */
  readonly clientSecret?: Redacted.Redacted | undefined;
  /** As in {@linkcode ClientKeyOptions}. */
  readonly key?: ClientKey | undefined;
  /** Overrules what the server's metadata says. */
  readonly method?: ClientAuthenticationMethod | undefined;
  /** For the methods that sign. */
  readonly algorithm?: PublicKeyAlgorithm | MacAlgorithm | undefined;
  /** As in {@linkcode ClientKeyOptions}. */
  readonly keyId?: string | undefined;
}
