/**
 * Why a session has no token to give.
 *
 * ```ts
 * import { Effect } from "effect";
 * import { Absent, SessionError } from "@bellhop/core/session/session_error";
 * import { equal } from "node:assert/strict";
 *
 * const token = Effect.fail(new SessionError({ reason: new Absent({ key: "work" }) }));
 * const answer = await Effect.runPromise(
 *   token.pipe(Effect.catchReason("SessionError", "Absent", () => Effect.succeed("log in first"))),
 * );
 * equal(answer, "log in first");
 * ```
 *
 * @module
 */
import * as Data from "effect/Data";
import type { EndpointError } from "../protocol/endpoint_error.ts";
import type { StoreError } from "./store_error.ts";

/** Nothing lies under the key: nobody has logged in, or somebody has logged out. */
export class Absent extends Data.Error<{
  /** Key of the session. */
  readonly key: string;
}> {
  override readonly name = "Absent";
  readonly _tag = "Absent";
  override readonly message: string = `There is no session "${this.key}"`;
  readonly hint: string = "Log in first";
}

/** The token has expired, and the server gave nothing to renew it with. */
export class Expired extends Data.Error<{
  /** Key of the session. */
  readonly key: string;
}> {
  override readonly name = "Expired";
  readonly _tag = "Expired";
  override readonly message: string =
    `The token of session "${this.key}" has expired, and there is no refresh token`;
  readonly hint: string =
    "Log in again; ask for the scope offline_access if the server wants that for refresh tokens";
}

/**
 * The server does not take the refresh token any more, and the store holds no newer one. It is
 * written down, so that no other process asks the server again. Only the user can help.
 */
export class ReauthorizationRequired extends Data.Error<{
  /** Key of the session. */
  readonly key: string;
  /** The server's error code, mostly `invalid_grant`. */
  readonly code: string;
  /** The server's words, redacted. */
  readonly description?: string | undefined;
  /** When it was written down, in milliseconds since the epoch. */
  readonly atMillis: number;
}> {
  override readonly name = "ReauthorizationRequired";
  readonly _tag = "ReauthorizationRequired";
  override readonly message: string =
    `Session "${this.key}" ended: the server does not renew it any more ("${this.code}"${
      this.description === undefined ? "" : `: ${this.description}`
    })`;
  readonly hint: string = "Log in again";
}

/** The session was revoked through Bellhop. */
export class Revoked extends Data.Error<{
  /** Key of the session. */
  readonly key: string;
}> {
  override readonly name = "Revoked";
  readonly _tag = "Revoked";
  override readonly message: string = `Session "${this.key}" was revoked`;
  readonly hint: string = "Log in again";
}

/**
 * The token has expired and could not be renewed now: network, 5xx, 429, nonsense. The session
 * lives, and the renewal is tried again.
 */
export class Unavailable extends Data.Error<{
  /** Key of the session. */
  readonly key: string;
  /** What came in place of a token. */
  readonly error: EndpointError;
  /** When the renewal is tried again at the earliest, in milliseconds since the epoch. */
  readonly retryAtMillis: number;
}> {
  override readonly name = "Unavailable";
  readonly _tag = "Unavailable";
  override readonly message: string =
    `Session "${this.key}" could not be renewed now: ${this.error.message}`;

  /** What to do next, in a sentence for people. */
  get hint(): string {
    return this.error.hint;
  }
}

/** The server refused the renewal for a reason that does not end the session. */
export class Refused extends Data.Error<{
  /** Key of the session. */
  readonly key: string;
  /** The refusal, such as `invalid_client` or `invalid_target`. */
  readonly error: EndpointError;
}> {
  override readonly name = "Refused";
  readonly _tag = "Refused";
  override readonly message: string =
    `Session "${this.key}" was not renewed: ${this.error.message}`;

  /** What to do next, in a sentence for people. */
  get hint(): string {
    return this.error.hint;
  }
}

/** More scope was asked for than was granted. Nothing was sent. RFC 6749 section 6. */
export class ScopeNotGranted extends Data.Error<{
  /** Key of the session. */
  readonly key: string;
  /** What was asked for and never granted. */
  readonly missing: ReadonlyArray<string>;
}> {
  override readonly name = "ScopeNotGranted";
  readonly _tag = "ScopeNotGranted";
  override readonly message: string = `Session "${this.key}" was not granted ${
    this.missing.map((scope) => `"${scope}"`).join(", ")
  }`;
  readonly hint: string = "A renewal can only narrow the scope: log in again and ask for it";
}

/** The store failed. No token was dropped, and none was asked for that could not be kept. */
export class StoreFailed extends Data.Error<{
  /** Key of the session. */
  readonly key: string;
  /** What the store says. */
  readonly error: StoreError;
}> {
  override readonly name = "StoreFailed";
  readonly _tag = "StoreFailed";
  override readonly message: string = this.error.message;

  /** What to do next, in a sentence for people. */
  get hint(): string {
    return this.error.reason.hint;
  }
}

/** What lies under the key belongs to another client or server. It is neither used nor changed. */
export class OtherClient extends Data.Error<{
  /** Key of the session. */
  readonly key: string;
  /** For whom the session was opened. */
  readonly expected: string;
  /** To whom the stored one was granted. */
  readonly found: string;
}> {
  override readonly name = "OtherClient";
  readonly _tag = "OtherClient";
  override readonly message: string =
    `Session "${this.key}" was granted to ${this.found}, not to ${this.expected}`;
  readonly hint: string =
    "Use another key for another client, or discard what lies there before the next login: log out " +
    "at the command line, SessionVault.discard in a program";
}

/** The session's scope is closed. */
export class Closed extends Data.Error<{
  /** Key of the session. */
  readonly key: string;
}> {
  override readonly name = "Closed";
  readonly _tag = "Closed";
  override readonly message: string = `Session "${this.key}" is closed in this program`;
  readonly hint: string = "Open it again, in a scope that lives as long as it is used";
}

/** Why a session has no token to give. Each reason has a `hint`: what to do about it. */
export type SessionErrorReason =
  | Absent
  | Expired
  | ReauthorizationRequired
  | Revoked
  | Unavailable
  | Refused
  | ScopeNotGranted
  | StoreFailed
  | OtherClient
  | Closed;

/** The only error of sessions. Match on `reason`. */
export class SessionError extends Data.Error<{ readonly reason: SessionErrorReason }> {
  override readonly name = "SessionError";
  readonly _tag = "SessionError";
  override readonly message: string = this.reason.message;

  /** What to do next, in a sentence for people. */
  get hint(): string {
    return this.reason.hint;
  }
}
