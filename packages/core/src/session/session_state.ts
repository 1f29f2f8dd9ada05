/**
 * What a session is doing at one moment, for whoever watches it.
 *
 * ```ts
 * import { hasToken, type SessionState } from "@bellhop/core/session/session_state";
 * import { equal } from "node:assert/strict";
 *
 * const state: SessionState = {
 *   name: "renewing",
 *   path: "renewing.requesting",
 *   atMillis: 1_767_225_600_000,
 *   version: 3,
 *   expiresAtMillis: 1_767_225_660_000,
 * };
 * equal(hasToken(state), true);
 * ```
 *
 * @module
 */
import type { EndpointError } from "../protocol/endpoint_error.ts";
import type { StoreError } from "./store_error.ts";

/** Names of the states that a session can be in, as the chart calls them. */
export type SessionStateName =
  /** Nothing lies under the key. */
  | "absent"
  /** The tokens of a login are being stored. */
  | "acquiring"
  /** The token is good and not due. */
  | "fresh"
  /** The token is due: whoever asks for it starts the renewal, and has not to wait for it. */
  | "stale"
  /** A renewal is under way. */
  | "renewing"
  /** The last renewal got no token; the next one waits. */
  | "backingOff"
  /** The server has rotated and the store cannot be written: the tokens are in memory only. */
  | "unsaved"
  /** In doubt about what it knows, it reads the store. */
  | "looking"
  /** The token has expired, and nothing can renew it. */
  | "expired"
  /** The user must log in again. */
  | "reauthorizationRequired"
  /** The server is being told that the session ends. */
  | "revoking"
  /** It was ended here. */
  | "revoked";

/** A session at one moment. Holds no secret. */
export interface SessionState {
  /** The chart's top state. */
  readonly name: SessionStateName;
  /** Dotted path of the chart's state, such as `renewing.requesting`. */
  readonly path: string;
  /** Since when, in milliseconds since the epoch. */
  readonly atMillis: number;
  /** Version of the record in the store; `null`: nothing is stored. */
  readonly version: number | null;
  /** When the token expires, in milliseconds since the epoch. Absent: no token, or none that does. */
  readonly expiresAtMillis?: number | undefined;
  /** When its renewal is due, in milliseconds since the epoch. */
  readonly dueAtMillis?: number | undefined;
  /** What kept the last renewal or write from success. */
  readonly error?: EndpointError | StoreError | undefined;
}

const withoutToken: ReadonlySet<SessionStateName> = new Set([
  "absent",
  "expired",
  "reauthorizationRequired",
  "revoked",
]);

/**
 * Tells whether the session has a token to give or can get one without its user.
 *
 * @returns `false` where only a login helps.
 */
export function hasToken(state: Pick<SessionState, "name">): boolean {
  return !withoutToken.has(state.name);
}
