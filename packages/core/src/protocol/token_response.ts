/**
 * The answer of a token endpoint that grants something.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Redacted, Result } from "effect";
 * import { decode } from "@bellhop/core/protocol/token_response";
 *
 * const tokens = Result.getOrThrow(decode(
 *   { access_token: "2YotnFZFEjr1zCsicMWpAA", token_type: "bearer", expires_in: "3600" },
 *   { obtainedAtMillis: 0, scope: ["read"] },
 * ));
 *
 * assert.equal(Redacted.value(tokens.accessToken), "2YotnFZFEjr1zCsicMWpAA");
 * assert.equal(tokens.expiresInSeconds, 3600);
 * assert.deepEqual(tokens.scope, ["read"]);
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-5.1 | RFC 6749 section 5.1}
 * @module
 */
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import { secondsOf, textOf } from "./_member.ts";
import type { Members } from "./response_body.ts";
import type { TokenSet } from "./token_set.ts";

/** What the answer itself does not tell. */
export interface DecodeOptions {
  /** Epoch milliseconds, read just before the request was sent. */
  readonly obtainedAtMillis: number;
  /**
   * What was asked for, which is what an answer without `scope` grants.
   *
   * @default []
   */
  readonly scope?: ReadonlyArray<string> | undefined;
}

/** Ten years. A longer lifetime is a mistake of the server, and unknown to us. */
const maxLifetimeSeconds = 10 * 365 * 86_400;

/**
 * Reads the members of a token response.
 *
 * Only `access_token` is required: servers leave out `token_type` (then `Bearer`), write
 * `expires_in` as text, zero, negative or absurd (then the lifetime is unknown), and separate scopes
 * by commas. Unknown members are ignored.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Result } from "effect";
 * import { decode } from "@bellhop/core/protocol/token_response";
 *
 * const tokens = Result.getOrThrow(decode(
 *   { access_token: "gho_16C7e42F292c6912E7710c838347Ae178B4a", scope: "repo,gist" },
 *   { obtainedAtMillis: 0 },
 * ));
 *
 * assert.equal(tokens.tokenType, "Bearer");
 * assert.deepEqual(tokens.scope, ["repo", "gist"]);
 * ```
 *
 * @param body Members of the answer.
 * @param options When it was asked for, and with which scope.
 * @returns The token set, or what is wrong. Never quotes the body.
 */
export function decode(body: Members, options: DecodeOptions): Result.Result<TokenSet, string> {
  const accessToken = textOf(body, "access_token");
  if (accessToken === undefined) return Result.fail(`"access_token" is missing`);
  const lifetimeSeconds = secondsOf(body, "expires_in");
  const refreshToken = textOf(body, "refresh_token");
  const idToken = textOf(body, "id_token");
  const issuedTokenType = textOf(body, "issued_token_type");
  return Result.succeed({
    accessToken: Redacted.make(accessToken),
    tokenType: textOf(body, "token_type") ?? "Bearer",
    obtainedAtMillis: options.obtainedAtMillis,
    ...(lifetimeSeconds === undefined || lifetimeSeconds > maxLifetimeSeconds
      ? {}
      : { expiresInSeconds: lifetimeSeconds }),
    scope: scopeOf(body) ?? options.scope ?? [],
    ...(refreshToken === undefined ? {} : { refreshToken: Redacted.make(refreshToken) }),
    ...(idToken === undefined ? {} : { idToken: Redacted.make(idToken) }),
    ...(issuedTokenType === undefined ? {} : { issuedTokenType }),
  });
}

/** Separated by spaces; by commas where there is no space, as GitHub writes it. */
function scopeOf(body: Members): ReadonlyArray<string> | undefined {
  const text = textOf(body, "scope")?.trim();
  if (text === undefined || text === "") return undefined;
  return text.split(/\s/.test(text) ? /\s+/ : /,+/).filter((scope) => scope !== "");
}
