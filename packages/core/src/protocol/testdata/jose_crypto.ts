/** The crypto services that signed tokens need, by WebCrypto. */
import * as Layer from "effect/Layer";
import * as Digest from "effect/crypto/Digest";
import * as Mac from "effect/crypto/Mac";
import * as SecureRandom from "effect/crypto/SecureRandom";
import * as Signature from "effect/crypto/Signature";

export const layer: Layer.Layer<
  Digest.Digest | Mac.Mac | SecureRandom.SecureRandom | Signature.Signature
> = Layer.mergeAll(Mac.layerWebCrypto, Signature.layerWebCrypto, Digest.layerWebCrypto).pipe(
  Layer.provideMerge(SecureRandom.layerWebCrypto),
);
