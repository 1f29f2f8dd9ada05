/**
 * The assertion by which a client proves who it is without sending what it knows: a token that it
 * signs for one server, anew for each request, good for a minute.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Layer, Redacted, Result } from "effect";
 * import { Mac, SecureRandom } from "effect/crypto";
 * import { bySecret } from "@bellhop/core/protocol/client_assertion";
 * import { claimsOf, decode } from "@bellhop/core/protocol/jwt";
 * import { fromSecret } from "@bellhop/core/protocol/signing_key";
 *
 * const secret = Redacted.make("a-secret-of-at-least-thirty-two-bytes");
 * const program = Effect.gen(function* () {
 *   const assertion = yield* bySecret("service", yield* fromSecret(secret, "HS256"));
 *   return yield* assertion("https://as.example.com");
 * });
 * const crypto = Mac.layerWebCrypto.pipe(Layer.provideMerge(SecureRandom.layerWebCrypto));
 * const token = await Effect.runPromise(program.pipe(Effect.provide(crypto)));
 *
 * const { aud, iss, sub } = Result.getOrThrow(Result.flatMap(decode(token), claimsOf));
 * assert.deepEqual([iss, sub, aud], ["service", "service", "https://as.example.com"]);
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7523#section-2.2 | RFC 7523 section 2.2}
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Mac from "effect/crypto/Mac";
import * as SecureRandom from "effect/crypto/SecureRandom";
import * as Signature from "effect/crypto/Signature";
import * as Base64Url from "effect/encoding/Base64Url";
import type * as Redacted from "effect/Redacted";
import { ClientConfigError } from "./client_config_error.ts";
import type { JwsError } from "./jws_error.ts";
import { sign } from "./jws_signature.ts";
import type { JwtClaims } from "./jwt.ts";
import type { PrivateSigningKey, SharedKey } from "./signing_key.ts";

/**
 * Makes one assertion for one server, another with each run.
 *
 * It holds the key and whatever makes the signature, so that who sends requests needs neither. A
 * signature that fails after it has worked once is a defect.
 */
export type ClientAssertion = (audience: string) => Effect.Effect<Redacted.Redacted>;

/** What `client_assertion_type` says. RFC 7523 section 2.2. */
export const clientAssertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** How long an assertion lives from when it is made. */
const lifetimeSeconds = 60;

/** Unguessable, and so never made twice. */
const identifierBytes = 16;

/**
 * Assertions that a private key signs: `private_key_jwt`.
 *
 * Signs once to see that it can, and fails with `invalidKey` where it cannot.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Layer, Redacted } from "effect";
 * import { SecureRandom, Signature } from "effect/crypto";
 * import { byKey } from "@bellhop/core/protocol/client_assertion";
 * import { fromPrivateKey } from "@bellhop/core/protocol/signing_key";
 *
 * const program = Effect.gen(function* () {
 *   const signature = yield* Signature.Signature;
 *   const { privateKey } = yield* signature.generateKeyPair(Signature.ed25519);
 *   const key = yield* fromPrivateKey(privateKey, { algorithm: "EdDSA" });
 *   const assertion = yield* byKey("service", key);
 *   return yield* assertion("https://as.example.com");
 * });
 * const crypto = Signature.layerWebCrypto.pipe(Layer.provideMerge(SecureRandom.layerWebCrypto));
 *
 * const token = await Effect.runPromise(program.pipe(Effect.provide(crypto)));
 * assert.equal(Redacted.value(token).split(".").length, 3);
 * ```
 *
 * @param clientId Who signs: `iss` and `sub`.
 * @param key The server knows its public half.
 */
export const byKey: (
  clientId: string,
  key: PrivateSigningKey,
) => Effect.Effect<
  ClientAssertion,
  ClientConfigError,
  SecureRandom.SecureRandom | Signature.Signature
> = Effect.fnUntraced(function* (clientId: string, key: PrivateSigningKey) {
  const signature = yield* Signature.Signature;
  return yield* make(clientId, (claims) =>
    sign({ typ: "JWT" }, claims, key).pipe(
      Effect.provideService(Signature.Signature, signature),
      Effect.provideService(Mac.Mac, unusedMac),
    ));
});

/**
 * Assertions that the client secret signs: `client_secret_jwt`. The secret itself is never sent.
 *
 * Signs once to see that it can, and fails with `invalidKey` where it cannot.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Layer, Redacted } from "effect";
 * import { Mac, SecureRandom } from "effect/crypto";
 * import { bySecret } from "@bellhop/core/protocol/client_assertion";
 * import { fromSecret } from "@bellhop/core/protocol/signing_key";
 *
 * const secret = Redacted.make("a-secret-of-at-least-thirty-two-bytes");
 * const program = Effect.gen(function* () {
 *   const assertion = yield* bySecret("service", yield* fromSecret(secret, "HS256"));
 *   return yield* Effect.all([assertion("https://a.example"), assertion("https://a.example")]);
 * });
 * const crypto = Mac.layerWebCrypto.pipe(Layer.provideMerge(SecureRandom.layerWebCrypto));
 *
 * const [first, second] = await Effect.runPromise(program.pipe(Effect.provide(crypto)));
 * assert.notEqual(Redacted.value(first), Redacted.value(second));
 * ```
 *
 * @param clientId Who signs: `iss` and `sub`.
 * @param key Made of the client secret.
 *
 * @see {@link https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication | OpenID
 * Connect Core section 9}
 */
export const bySecret: (
  clientId: string,
  key: SharedKey,
) => Effect.Effect<ClientAssertion, ClientConfigError, Mac.Mac | SecureRandom.SecureRandom> = Effect
  .fnUntraced(function* (clientId: string, key: SharedKey) {
    const mac = yield* Mac.Mac;
    return yield* make(clientId, (claims) =>
      sign({ typ: "JWT" }, claims, key).pipe(
        Effect.provideService(Mac.Mac, mac),
        Effect.provideService(Signature.Signature, unusedSignature),
      ));
  });

type Sign = (claims: JwtClaims) => Effect.Effect<Redacted.Redacted, JwsError>;

const make = Effect.fnUntraced(function* (clientId: string, sign: Sign) {
  const random = yield* SecureRandom.SecureRandom;
  yield* Effect.mapError(sign({}), cannotSign);
  return Effect.fnUntraced(function* (audience: string) {
    const iat = Math.floor((yield* Clock.currentTimeMillis) / 1000);
    const jti = Base64Url.encode(yield* random.randomBytes(identifierBytes));
    const exp = iat + lifetimeSeconds;
    return yield* sign({ iss: clientId, sub: clientId, aud: audience, jti, iat, exp }).pipe(
      Effect.mapError(cannotSign),
      Effect.orDie,
    );
  });
});

/** Without the cause, which may quote the key. */
function cannotSign(): ClientConfigError {
  return new ClientConfigError({
    problem: "invalidKey",
    description: "The key cannot sign",
    hint: "Pass a key that this runtime supports, and that belongs to the crypto it is used with",
  });
}

/** `sign` wants both services, and a private key has use for one. */
const unusedMac: Mac.Mac["Service"] = {
  generateKey: () => Effect.die("A private key makes no HMAC"),
  sign: () => Effect.die("A private key makes no HMAC"),
  verify: () => Effect.die("A private key makes no HMAC"),
};

/** `sign` wants both services, and a secret has use for one. */
const unusedSignature: Signature.Signature["Service"] = {
  generateKeyPair: () => Effect.die("A secret makes no signature"),
  publicKeyOf: () => Effect.die("A secret makes no signature"),
  sign: () => Effect.die("A secret makes no signature"),
  verify: () => Effect.die("A secret makes no signature"),
};
