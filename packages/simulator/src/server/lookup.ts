/**
 * What a state says about a secret in clear, for whoever checks that clients hold what they should.
 *
 * @module
 */
import * as HashMap from "effect/HashMap";
import * as Option from "effect/Option";
import { partsOf, type SecretKind } from "./secret.ts";
import type { FamilyEnd } from "./server_fact.ts";
import type { RotationPolicy } from "./server_options.ts";
import type { AccessToken, Family, RefreshToken, ServerState } from "./server_state.ts";

/**
 * The access token itself.
 *
 * @param secret Any text.
 */
export function accessTokenOf(state: ServerState, secret: string): AccessToken | undefined {
  return found(state.accessTokens, ordinalIf("at", secret));
}

/**
 * The refresh token itself.
 *
 * @param secret Any text.
 */
export function refreshTokenOf(state: ServerState, secret: string): RefreshToken | undefined {
  return found(state.refreshTokens, ordinalIf("rt", secret));
}

/**
 * What an access token descends from.
 *
 * @param secret Any text.
 */
export function familyOfAccessToken(state: ServerState, secret: string): Family | undefined {
  return found(state.families, accessTokenOf(state, secret)?.family);
}

/**
 * What a refresh token descends from.
 *
 * @param secret Any text.
 */
export function familyOfRefreshToken(state: ServerState, secret: string): Family | undefined {
  return found(state.families, refreshTokenOf(state, secret)?.family);
}

/**
 * Why a family is over; `undefined` as long as it is not, or if there is none.
 *
 * @param family Its number.
 */
export function familyEnded(state: ServerState, family: number): FamilyEnd | undefined {
  return found(state.families, family)?.ended?.cause;
}

/**
 * Whether a protected resource takes an access token.
 *
 * @param secret Any text.
 * @param nowMillis By the clock of the server.
 */
export function isAlive(state: ServerState, secret: string, nowMillis: number): boolean {
  const token = accessTokenOf(state, secret);
  if (token === undefined || token.isRevoked) return false;
  const ended = familyEnded(state, token.family);
  return (ended === undefined || ended === "expired") &&
    nowMillis < (token.expiresAtMillis ?? Infinity);
}

/**
 * Whether the token endpoint takes a refresh token, its grace included.
 *
 * @param secret Any text.
 * @param nowMillis By the clock of the server.
 */
export function isRefreshable(state: ServerState, secret: string, nowMillis: number): boolean {
  const token = refreshTokenOf(state, secret);
  if (token === undefined || familyEnded(state, token.family) !== undefined) return false;
  return token.replaced === undefined
    ? nowMillis < (token.expiresAtMillis ?? Infinity)
    : isWithinGrace(state.settings.rotation, token.replaced.atMillis, nowMillis);
}

/**
 * Whether a refresh token that was replaced may be used again.
 *
 * @param replacedAtMillis When it was replaced first.
 * @param nowMillis By the clock of the server.
 */
export function isWithinGrace(
  rotation: RotationPolicy,
  replacedAtMillis: number,
  nowMillis: number,
): boolean {
  return rotation.type === "rotate" && nowMillis - replacedAtMillis < rotation.graceMillis;
}

function ordinalIf(kind: SecretKind, secret: string): number | undefined {
  const parts = partsOf(secret);
  return parts?.kind === kind ? parts.ordinal : undefined;
}

function found<A>(map: HashMap.HashMap<number, A>, key: number | undefined): A | undefined {
  return key === undefined ? undefined : Option.getOrUndefined(HashMap.get(map, key));
}
