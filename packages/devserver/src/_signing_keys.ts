import { generateKeyPair, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import type { JWK } from "oidc-provider";

/** New signing keys: RSA for RS256, which every OIDC client must know, and Ed25519. */
export async function generateSigningKeys(): Promise<ReadonlyArray<JWK>> {
  const generate = promisify(generateKeyPair);
  const [rsa, ed25519] = await Promise.all([
    generate("rsa", { modulusLength: 2048 }),
    generate("ed25519", {}),
  ]);
  return [rsa.privateKey, ed25519.privateKey].map(signingKeyOf);
}

function signingKeyOf(privateKey: KeyObject): JWK {
  return { ...privateKey.export({ format: "jwk" }), use: "sig" };
}
