/**
 * Who logged in: the ID token of a login, held against the server's keys before anything is stored.
 *
 * It takes more code than the rest of a login, so that it is loaded where it is needed.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Digest from "effect/crypto/Digest";
import * as Mac from "effect/crypto/Mac";
import * as SecureRandom from "effect/crypto/SecureRandom";
import * as Signature from "effect/crypto/Signature";
import type { HttpClient } from "effect/http/HttpClient";
import * as JwksCache from "@bellhop/core/endpoint/jwks_cache";
import { type ExpectedIdentity, validator } from "@bellhop/core/grant/openid_connect";
import type { EndpointError } from "@bellhop/core/protocol/endpoint_error";
import type { IdTokenError } from "@bellhop/core/protocol/id_token_error";
import type { TokenSet } from "@bellhop/core/protocol/token_set";
import { idTokenAlgorithm } from "./identity.ts";
import type { Profile } from "./profile.ts";
import { Settings } from "./settings.ts";

/** What is expected of the ID token. */
export interface IdentifyOptions extends ExpectedIdentity {
  readonly profile: Profile;
}

/** Validates the ID token. OpenID Connect Core section 3.1.3.7. */
export const identify: (
  tokens: TokenSet,
  options: IdentifyOptions,
) => Effect.Effect<void, IdTokenError | EndpointError, HttpClient | Settings> = Effect.fnUntraced(
  function* (tokens: TokenSet, { profile, ...expected }: IdentifyOptions) {
    const { requestLimitMillis } = yield* Settings;
    const validate = validator({ algorithm: idTokenAlgorithm(profile, expected.client.server) });
    yield* validate(tokens, expected).pipe(
      Effect.provide(Layer.merge(crypto, JwksCache.layer({ requestLimitMillis }))),
    );
  },
);

const crypto = Layer.mergeAll(
  Digest.layerWebCrypto,
  Layer.merge(Mac.layerWebCrypto, Signature.layerWebCrypto).pipe(
    Layer.provide(SecureRandom.layerWebCrypto),
  ),
);
