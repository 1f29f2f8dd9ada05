/**
 * The answer that starts a device login: the code that the user types in, the secret code that the
 * client polls with, and the times to keep.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Result } from "effect";
 * import { decode } from "@bellhop/core/protocol/device_authorization_response";
 *
 * const device = Result.getOrThrow(decode({
 *   device_code: "GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS",
 *   user_code: "WDJB-MJHT",
 *   verification_uri: "https://example.com/device",
 *   expires_in: 1800,
 * }));
 *
 * assert.equal(device.userCode, "WDJB-MJHT");
 * assert.equal(device.intervalMillis, 5_000);
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8628#section-3.2 | RFC 8628 section 3.2}
 * @module
 */
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import { secondsOf, textOf } from "./_member.ts";

/** What the device authorization endpoint grants. */
export interface DeviceAuthorizationResponse {
  /** Polls the token endpoint. Secret: whoever holds it gets the tokens. */
  readonly deviceCode: Redacted.Redacted;
  /** For the user to type in, as the server wrote it. Printable, at most 256 characters. */
  readonly userCode: string;
  /** Where the user types it in: an http or https URL. */
  readonly verificationUri: string;
  /** The same with the code in it, for a QR code. */
  readonly verificationUriComplete?: string;
  /**
   * Lifetime of both codes, from now. Of an answer that came through the endpoint: what is left of
   * it after the time that the request took.
   */
  readonly expiresInMillis: number;
  /** Least time to wait before each poll, whole seconds. */
  readonly intervalMillis: number;
}

const defaultIntervalSeconds = 5;
const defaultLifetimeSeconds = 600;
const maxLifetimeSeconds = 86_400;

/**
 * Reads the members of a device authorization response.
 *
 * Survives what servers do: `verification_url` for `verification_uri`; numbers as strings; a missing
 * or odd `interval` (not a number, zero, negative, as long as the lifetime) counts as 5 seconds,
 * fractions round up; a missing or odd `expires_in` counts as 10 minutes, more than a day as a day.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Result } from "effect";
 * import { decode } from "@bellhop/core/protocol/device_authorization_response";
 *
 * const failure = Result.getFailure(decode({ device_code: "GmRhmhcx", user_code: "WDJB-MJHT" }));
 * assert.equal(failure._tag === "Some" && failure.value, `"verification_uri" is missing`);
 * ```
 *
 * @param body Members of the answer.
 * @returns The response, or what is wrong with it. Never quotes the body.
 */
export function decode(
  body: Readonly<Record<string, unknown>>,
): Result.Result<DeviceAuthorizationResponse, string> {
  const deviceCode = textOf(body, "device_code");
  if (deviceCode === undefined) return Result.fail(`"device_code" is missing`);
  const userCode = textOf(body, "user_code");
  if (userCode === undefined) return Result.fail(`"user_code" is missing`);
  if (userCode.length > 256 || /\p{C}/u.test(userCode)) {
    return Result.fail(`"user_code" is not fit to be shown`);
  }
  const uri = textOf(body, "verification_uri") ?? textOf(body, "verification_url");
  if (uri === undefined) return Result.fail(`"verification_uri" is missing`);
  const verificationUri = webPage(uri);
  if (verificationUri === undefined) {
    return Result.fail(`"verification_uri" is not an http or https URL`);
  }
  const complete = textOf(body, "verification_uri_complete");
  const verificationUriComplete = complete === undefined ? undefined : webPage(complete);
  const lifetimeSeconds = lifetimeOf(body);
  return Result.succeed({
    deviceCode: Redacted.make(deviceCode),
    userCode,
    verificationUri,
    ...(verificationUriComplete === undefined ? {} : { verificationUriComplete }),
    expiresInMillis: lifetimeSeconds * 1000,
    intervalMillis: intervalOf(body, lifetimeSeconds) * 1000,
  });
}

function lifetimeOf(body: Readonly<Record<string, unknown>>): number {
  const seconds = secondsOf(body, "expires_in") ?? defaultLifetimeSeconds;
  return Math.min(seconds, maxLifetimeSeconds);
}

function intervalOf(body: Readonly<Record<string, unknown>>, lifetimeSeconds: number): number {
  const seconds = Math.ceil(secondsOf(body, "interval") ?? defaultIntervalSeconds);
  return seconds < lifetimeSeconds ? seconds : defaultIntervalSeconds;
}

/** Written by the server and opened by the user: nothing but a web page, nothing invisible. */
function webPage(uri: string): string | undefined {
  if (!/^https?:\/\//i.test(uri) || !URL.canParse(uri)) return undefined;
  return /^[\x21-\x7e]+$/.test(uri) ? uri : new URL(uri).href;
}
