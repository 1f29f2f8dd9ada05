/** A server that signs ID tokens: its keys, and the keys that it publishes. */
import { Effect, type Redacted, Result } from "effect";
import { KeyFormat, type Mac, Signature } from "effect/crypto";
import { decode, isFitFor, type Jwk, type KeyQuery } from "../jwk.ts";
import { type PublicKeyAlgorithm, signatureOf } from "../jws_algorithm.ts";
import type { JwsError } from "../jws_error.ts";
import { sign } from "../jws_signature.ts";
import { fromPrivateKey, type PrivateSigningKey } from "../signing_key.ts";

/** A server's key pair. */
export interface Signer {
  readonly key: PrivateSigningKey;
  /** As it is published. */
  readonly json: Record<string, unknown>;
  readonly published: Jwk;
  /** Answers as a cache of this one key would. */
  readonly keys: (query: KeyQuery) => Effect.Effect<ReadonlyArray<Jwk>>;
  readonly sign: (
    claims: Record<string, unknown>,
    header?: Record<string, unknown>,
  ) => Effect.Effect<Redacted.Redacted, JwsError, Signature.Signature | Mac.Mac>;
}

/** Makes a key pair; RSA takes long, so ES256 unless told. */
export const makeSigner = Effect.fnUntraced(function* (
  options: { readonly algorithm?: PublicKeyAlgorithm; readonly keyId?: string } = {},
) {
  const { algorithm = "ES256", keyId = "one" } = options;
  const service = yield* Signature.Signature;
  const pair = yield* service.generateKeyPair(signatureOf(algorithm));
  const publicKey = pair.publicKey as Signature.PublicKey<Signature.Ed25519>;
  const json = { ...(yield* KeyFormat.encode(KeyFormat.jwk, publicKey)), kid: keyId };
  const key = yield* fromPrivateKey(pair.privateKey, { algorithm, keyId });
  const published = Result.getOrThrow(decode(json));
  return {
    key,
    json,
    published,
    keys: (query) => Effect.succeed([published].filter((own) => isFitFor(own, query))),
    sign: (claims, header = {}) => sign(header, claims, key),
  } satisfies Signer;
});
