/**
 * The answer of an endpoint that refuses, in the server's own words, redacted.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { decode } from "@bellhop/core/protocol/oauth_error_response";
 * import { make } from "@bellhop/core/protocol/redaction";
 *
 * const error = decode({ error: "invalid_grant", error_description: "Expired" }, make([]));
 *
 * assert.deepEqual(error, { code: "invalid_grant", description: "Expired" });
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-5.2 | RFC 6749 section 5.2}
 * @module
 */
import { textOf } from "./_member.ts";
import type { Redactor } from "./redaction.ts";
import type { Members } from "./response_body.ts";

/** An OAuth error answer. */
export interface OAuthErrorResponse {
  /** Registered error code such as `invalid_grant`. One line, at most 100 characters. */
  readonly code: string;
  /** Text for developers. One line, at most 500 characters. */
  readonly description?: string;
  /** A web page about the error. */
  readonly uri?: string;
}

/**
 * Reads the members of an error response.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { decode } from "@bellhop/core/protocol/oauth_error_response";
 * import { make } from "@bellhop/core/protocol/redaction";
 *
 * assert.equal(decode({ access_token: "2YotnFZFEjr1zCsicMWpAA", error: "" }, make([])), undefined);
 * ```
 *
 * @param body Members of the answer, whatever its status.
 * @param redact Knows the secrets that were sent.
 * @returns The error, or nothing where the answer is none.
 */
export function decode(body: Members, redact: Redactor): OAuthErrorResponse | undefined {
  const code = codeOf(body, redact);
  if (code === undefined) return undefined;
  const description = lineOf(body, "error_description", { redact, limit: 500 });
  const uri = lineOf(body, "error_uri", { redact, limit: 500 });
  return {
    code,
    ...(description === undefined ? {} : { description }),
    ...(uri === undefined || !/^https?:\/\/\S+$/i.test(uri) ? {} : { uri }),
  };
}

/**
 * Registered codes say nothing of anybody and are matched on, so they stay as they are even where a
 * short secret happens to be a part of them.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-11.4.2 | RFC 6749 section 11.4.2}
 */
const registeredCodes: ReadonlySet<string> = new Set([
  "access_denied",
  "authorization_pending",
  "expired_token",
  "insufficient_scope",
  "insufficient_user_authentication",
  "invalid_client",
  "invalid_dpop_proof",
  "invalid_grant",
  "invalid_request",
  "invalid_scope",
  "invalid_target",
  "invalid_token",
  "server_error",
  "slow_down",
  "temporarily_unavailable",
  "unauthorized_client",
  "unsupported_grant_type",
  "unsupported_response_type",
  "unsupported_token_type",
  "use_dpop_nonce",
]);

function codeOf(body: Members, redact: Redactor): string | undefined {
  const text = textOf(body, "error");
  return text !== undefined && registeredCodes.has(text)
    ? text
    : lineOf(body, "error", { redact, limit: 100 });
}

interface LineOptions {
  readonly redact: Redactor;
  readonly limit: number;
}

function lineOf(body: Members, name: string, options: LineOptions): string | undefined {
  const text = textOf(body, name);
  if (text === undefined) return undefined;
  const line = options.redact(text, { limit: options.limit, isLine: true });
  return line === "" ? undefined : line;
}
