/**
 * How long a server asks to be left alone.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { retryAfterMillis } from "@bellhop/core/protocol/retry_after";
 *
 * assert.equal(retryAfterMillis("120", 0), 120_000);
 * assert.equal(retryAfterMillis("Thu, 01 Jan 1970 00:00:30 GMT", 10_000), 20_000);
 * assert.equal(retryAfterMillis("soon", 0), undefined);
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3 | RFC 9110 section 10.2.3}
 * @module
 */
import * as Duration from "effect/Duration";
import { parseRetryAfter, retryAfterDelay } from "effect/http/Headers";
import * as Result from "effect/Result";

/** No server waits longer: a year. Also keeps timers from overflowing. */
const maxMillis = 365 * 86_400_000;

/**
 * Reads a `Retry-After` header: whole seconds or an HTTP date.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { retryAfterMillis } from "@bellhop/core/protocol/retry_after";
 *
 * assert.equal(retryAfterMillis(undefined, 0), undefined);
 * ```
 *
 * @param header The header's value, if there is one.
 * @param nowMillis Epoch milliseconds by the Clock, which a date is measured from.
 * @returns Milliseconds from now, 0 for a date that has passed, at most a year; nothing for a
 * header that is absent or makes no sense.
 */
export function retryAfterMillis(
  header: string | undefined,
  nowMillis: number,
): number | undefined {
  if (header === undefined) return undefined;
  const parsed = parseRetryAfter(header);
  if (Result.isFailure(parsed)) return undefined;
  return Math.min(Duration.toMillis(retryAfterDelay(parsed.success, nowMillis)), maxMillis);
}
