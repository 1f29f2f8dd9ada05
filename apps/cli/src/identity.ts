/**
 * Whether a login asks who the user is, and by what the answer is checked.
 *
 * @module
 */
import {
  isJwsAlgorithm,
  isMacAlgorithm,
  type JwsAlgorithm,
} from "@bellhop/core/protocol/jws_algorithm";
import type { ServerMetadata } from "@bellhop/core/protocol/server_metadata";
import type { Profile } from "./profile.ts";

/** Whether a login asks who the user is. OpenID Connect Core section 3.1.2.1. */
export function wantsIdentity({ scope }: Profile): boolean {
  return scope.includes("openid");
}

/**
 * The one algorithm that is accepted: as it was told; else RS256, which every server has to offer; else
 * the first with a public key of a server that does not. OpenID Connect Discovery section 3.
 */
export function idTokenAlgorithm(
  { idTokenAlgorithm: told }: Pick<Profile, "idTokenAlgorithm">,
  { idTokenSigningAlgValuesSupported: offered = [] }: ServerMetadata,
): JwsAlgorithm {
  if (told !== undefined) return told;
  const usable = offered.filter(isJwsAlgorithm).filter((name) => !isMacAlgorithm(name));
  return usable.includes("RS256") ? "RS256" : usable[0] ?? "RS256";
}

/** Whether there is what the ID token can be held against: published keys, or the client's secret. */
export function canIdentify(profile: Profile, server: ServerMetadata): boolean {
  return server.jwksUri !== undefined || isMacAlgorithm(idTokenAlgorithm(profile, server));
}
