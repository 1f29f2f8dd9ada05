/**
 * The one error of the device authorization grant, with a reason for each way it can end badly.
 *
 * ```ts
 * import { Effect } from "effect";
 * import { Denied, DeviceAuthorizationError } from "@bellhop/core/grant/device_authorization_error";
 * import { strictEqual } from "node:assert/strict";
 *
 * const program = Effect.fail(new DeviceAuthorizationError({ reason: new Denied({ error: undefined }) }))
 *   .pipe(
 *     Effect.catchReason("DeviceAuthorizationError", "Denied", () => Effect.succeed("not today")),
 *   );
 * strictEqual(await Effect.runPromise(program as Effect.Effect<string>), "not today");
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8628#section-3.5 | RFC 8628 section 3.5}
 * @module
 */
import * as Data from "effect/Data";
import type { EndpointError } from "../protocol/endpoint_error.ts";
import type { Malformed, Refused, Unreachable } from "./_request_end.ts";

/** The user said no. */
export class Denied extends Data.Error<{ readonly error: EndpointError | undefined }> {
  override readonly name = "Denied";
  readonly _tag = "Denied";
  override readonly message: string = "The user denied the request";
  readonly hint: string = "Ask again if that was a mistake";
}

/**
 * Nobody decided while the code was alive. `error` is the server's word for it, if it came first, or
 * why the last poll got no answer.
 */
export class Expired extends Data.Error<{ readonly error: EndpointError | undefined }> {
  override readonly name = "Expired";
  readonly _tag = "Expired";
  override readonly message: string = isUnanswered(this.error)
    ? `The code expired, and the last poll got no answer: ${this.error.message}`
    : "The code expired before anybody entered it";

  /** What to do next, in a sentence for people. */
  get hint(): string {
    return isUnanswered(this.error) ? this.error.hint : "Start again for a new code";
  }
}

function isUnanswered(error: EndpointError | undefined): error is EndpointError {
  return error?.reason._tag === "Unreachable" || error?.reason._tag === "Unavailable";
}

export { Malformed, Refused, Unreachable } from "./_request_end.ts";

/** Whoever ran the flow cancelled it. */
export class Cancelled extends Data.Error {
  override readonly name = "Cancelled";
  readonly _tag = "Cancelled";
  override readonly message: string = "The login was cancelled";
  readonly hint: string = "Start again when you want to log in";
}

/** How the grant can end without tokens. */
export type DeviceAuthorizationErrorReason =
  | Denied
  | Expired
  | Refused
  | Malformed
  | Unreachable
  | Cancelled;

/** The only error of the device authorization grant. Match on `reason`. */
export class DeviceAuthorizationError
  extends Data.Error<{ readonly reason: DeviceAuthorizationErrorReason }> {
  override readonly name = "DeviceAuthorizationError";
  readonly _tag = "DeviceAuthorizationError";
  override readonly message: string = this.reason.message;

  /** What to do next, in a sentence for people. */
  get hint(): string {
    return this.reason.hint;
  }
}
