/**
 * What a server says about a token.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Result } from "effect";
 * import { decode } from "@bellhop/core/protocol/introspection_response";
 *
 * const token = Result.getOrThrow(decode({
 *   active: true,
 *   client_id: "l238j323ds-23ij4",
 *   scope: "read write",
 *   aud: "https://protected.example.net/resource",
 *   exp: 1419356238,
 * }));
 *
 * assert.ok(token.active);
 * assert.deepEqual(token.scope, ["read", "write"]);
 * assert.deepEqual(token.audience, ["https://protected.example.net/resource"]);
 * assert.equal(token.expiresAtMillis, 1419356238000);
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7662#section-2.2 | RFC 7662 section 2.2}
 * @module
 */
import * as Result from "effect/Result";
import { secondsOf, textOf } from "./_member.ts";
import type { Members } from "./response_body.ts";

/** A token that counts for nothing: expired, revoked, unknown, or none of the asking client's business. */
export interface InactiveToken {
  /** Nothing else is told of it. */
  readonly active: false;
}

/** A token that is good at this moment, and what the server tells of it. Absent: it does not say. */
export interface ActiveToken {
  /** It was issued by this server, is not revoked, and its time is now. */
  readonly active: true;
  /** What it allows. */
  readonly scope?: ReadonlyArray<string>;
  /** The client it was issued to. */
  readonly clientId?: string;
  /** A name for people of the user who agreed to it. */
  readonly username?: string;
  /** Such as `Bearer`, as the server wrote it. Compare without case. */
  readonly tokenType?: string;
  /** When it expires, in milliseconds since the epoch. */
  readonly expiresAtMillis?: number;
  /** When it was issued, in milliseconds since the epoch. */
  readonly issuedAtMillis?: number;
  /** Before when it must not be used, in milliseconds since the epoch. */
  readonly notBeforeMillis?: number;
  /** Whom it speaks for, mostly a machine's name of the user. */
  readonly subject?: string;
  /** Where it may be used. */
  readonly audience?: ReadonlyArray<string>;
  /** Who issued it. */
  readonly issuer?: string;
  /** The token's own identifier, `jti`. */
  readonly tokenId?: string;
}

/** What a server says about a token. */
export type IntrospectionResponse = ActiveToken | InactiveToken;

/** The last instant that a `Date` can hold, in seconds. A later one is a mistake. */
const maxSeconds = 8_640_000_000_000;

/**
 * Reads the members of an introspection response.
 *
 * Only `active` is required, and it has to be a boolean. Where it is false nothing else is read,
 * whatever the server sent along. Members whose value makes no sense, and unknown ones, are dropped.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Result } from "effect";
 * import { decode } from "@bellhop/core/protocol/introspection_response";
 *
 * assert.deepEqual(Result.getOrThrow(decode({ active: false, sub: "Z5O3" })), { active: false });
 * assert.ok(Result.isFailure(decode({ active: "true" })));
 * ```
 *
 * @param body Members of the answer.
 * @returns What is known of the token, or what is wrong. Never quotes the body.
 */
export function decode(body: Members): Result.Result<IntrospectionResponse, string> {
  const active = Object.hasOwn(body, "active") ? body["active"] : undefined;
  if (typeof active !== "boolean") return Result.fail(`"active" is missing or not a boolean`);
  if (!active) return Result.succeed({ active: false });
  return Result.succeed({
    active: true,
    ...present("scope", textOf(body, "scope")?.split(/\s+/).filter((scope) => scope !== "")),
    ...present("clientId", textOf(body, "client_id")),
    ...present("username", textOf(body, "username")),
    ...present("tokenType", textOf(body, "token_type")),
    ...present("expiresAtMillis", millisOf(body, "exp")),
    ...present("issuedAtMillis", millisOf(body, "iat")),
    ...present("notBeforeMillis", millisOf(body, "nbf")),
    ...present("subject", textOf(body, "sub")),
    ...present("audience", audienceOf(body)),
    ...present("issuer", textOf(body, "iss")),
    ...present("tokenId", textOf(body, "jti")),
  });
}

function present<Name extends keyof ActiveToken>(
  name: Name,
  value: ActiveToken[Name] | undefined,
): Partial<Pick<ActiveToken, Name>> {
  return value === undefined ? {} : { [name]: value } as unknown as Pick<ActiveToken, Name>;
}

function millisOf(body: Members, name: string): number | undefined {
  const seconds = secondsOf(body, name);
  return seconds === undefined || seconds > maxSeconds ? undefined : Math.floor(seconds * 1000);
}

/** One name, or a list of them. */
function audienceOf(body: Members): ReadonlyArray<string> | undefined {
  const one = textOf(body, "aud");
  if (one !== undefined) return [one];
  const several: unknown = Object.hasOwn(body, "aud") ? body["aud"] : undefined;
  return Array.isArray(several) && several.every((name) => typeof name === "string")
    ? several
    : undefined;
}
