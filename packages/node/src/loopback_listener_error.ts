/**
 * Why no authorization response can be received on the loopback interface, or none could be read from
 * what was pasted.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { LoopbackListenerError, PortInUse } from "@bellhop/node/loopback_listener_error";
 *
 * const error = new LoopbackListenerError({
 *   reason: new PortInUse({ address: "127.0.0.1", port: 8400 }),
 * });
 * assert.equal(error.message, "Port 8400 on 127.0.0.1 is already in use");
 * ```
 *
 * @module
 */
import * as Data from "effect/Data";

/** Another program listens on the port. */
export class PortInUse extends Data.Error<{
  /** `127.0.0.1` or `::1`. */
  readonly address: string;
  readonly port: number;
}> {
  override readonly name = "PortInUse";
  readonly _tag = "PortInUse";
  override readonly message: string = `Port ${this.port} on ${this.address} is already in use`;
}

/** The port could not be opened for another reason, such as a privileged port. */
export class ListenFailed extends Data.Error<{
  /** `127.0.0.1` or `::1`. */
  readonly address: string;
  readonly port: number;
  /** The system's own code, such as `EACCES`. */
  readonly code: string;
}> {
  override readonly name = "ListenFailed";
  readonly _tag = "ListenFailed";
  override readonly message: string = this.port === 0
    ? `No port on ${this.address} could be opened (${this.code})`
    : `Port ${this.port} on ${this.address} could not be opened (${this.code})`;
}

/** What is wrong with a redirect URI or a port. */
export type RedirectUriProblem = "notHttp" | "notLoopback" | "userinfo" | "fragment" | "port";

const descriptions: Record<RedirectUriProblem, string> = {
  notHttp: "is not an http URL, as a loopback redirect URI must be",
  notLoopback: "is not on 127.0.0.1, [::1] or localhost",
  userinfo: "holds a user name or password",
  fragment: "holds a fragment",
  port: "has no port from 0 to 65535, or another one than was asked for",
};

/** No listener can serve this redirect URI. RFC 8252 section 7.3. */
export class InvalidRedirectUri extends Data.Error<{ readonly problem: RedirectUriProblem }> {
  override readonly name = "InvalidRedirectUri";
  readonly _tag = "InvalidRedirectUri";
  override readonly message: string = `The redirect URI ${descriptions[this.problem]}`;
}

/** What was pasted is not the redirect URI with an answer behind it. Never holds what was pasted. */
export class NotRedirected extends Data.Error<{
  /** Where the browser should have ended. */
  readonly redirectUri: string;
}> {
  override readonly name = "NotRedirected";
  readonly _tag = "NotRedirected";
  override readonly message: string =
    `What was pasted does not begin with "${this.redirectUri}" and go on with an answer`;
}

/** What was pasted answers another login, or none: the right one is still waited for. */
export class OtherLogin extends Data.Error {
  override readonly name = "OtherLogin";
  readonly _tag = "OtherLogin";
  override readonly message: string = "What was pasted is the answer to another login";
}

/** Every way in which receiving an authorization response fails. */
export type LoopbackListenerErrorReason =
  | PortInUse
  | ListenFailed
  | InvalidRedirectUri
  | NotRedirected
  | OtherLogin;

/** The only error of the loopback listener. Match on `reason`. */
export class LoopbackListenerError
  extends Data.Error<{ readonly reason: LoopbackListenerErrorReason }> {
  override readonly name = "LoopbackListenerError";
  readonly _tag = "LoopbackListenerError";
  override readonly message: string = this.reason.message;
  /** What to do about it. */
  readonly hint: string = hintOf(this.reason);
}

function hintOf(reason: LoopbackListenerErrorReason): string {
  switch (reason._tag) {
    case "PortInUse":
      return "Another login may be waiting there: finish or stop it, or choose another port";
    case "ListenFailed":
      return "Choose a port from 1024 to 65535, or none and any free one is taken";
    case "InvalidRedirectUri":
      return "Give a redirect URI such as http://127.0.0.1:8400/callback, as registered at the server";
    case "NotRedirected":
      return "Copy the whole address of the page on which the browser ended, also where it shows an error";
    case "OtherLogin":
      return "Open the address that this login has shown, and paste where the browser ends then";
  }
}
