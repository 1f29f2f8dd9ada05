/**
 * What can go wrong when the development server is started, or told what its user does.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { DevServerError, PortInUse } from "@bellhop/devserver/dev_server_error";
 *
 * const error = new DevServerError({ reason: new PortInUse({ port: 4400 }) });
 * assert.equal(error.message, "Port 4400 on 127.0.0.1 is already in use");
 * ```
 *
 * @module
 */
import * as Data from "effect/Data";

/** Another program listens on the port. */
export class PortInUse extends Data.Error<{ readonly port: number }> {
  override readonly name = "PortInUse";
  readonly _tag = "PortInUse";
  override readonly message: string = `Port ${this.port} on 127.0.0.1 is already in use`;
}

/** The port could not be opened for another reason, such as a privileged port. */
export class ListenFailed extends Data.Error<{
  readonly port: number;
  /** The system's own code, such as `EACCES`. */
  readonly code: string;
}> {
  override readonly name = "ListenFailed";
  readonly _tag = "ListenFailed";
  override readonly message: string =
    `Port ${this.port} on 127.0.0.1 could not be opened (${this.code})`;
}

/** An option that makes no server. */
export class InvalidOption extends Data.Error<{
  /** Name of the option. */
  readonly option: string;
  /** What it must be. */
  readonly description: string;
}> {
  override readonly name = "InvalidOption";
  readonly _tag = "InvalidOption";
  override readonly message: string = `Option "${this.option}" must be ${this.description}`;
}

/** No device waits under this user code. */
export class UnknownUserCode extends Data.Error<{ readonly userCode: string }> {
  override readonly name = "UnknownUserCode";
  readonly _tag = "UnknownUserCode";
  override readonly message: string = `No device is waiting under the code "${this.userCode}"`;
}

/** The device's code has outlived its lifetime. */
export class UserCodeExpired extends Data.Error<{ readonly userCode: string }> {
  override readonly name = "UserCodeExpired";
  readonly _tag = "UserCodeExpired";
  override readonly message: string = `The code "${this.userCode}" has expired`;
}

/** The user has already answered. */
export class UserCodeUsed extends Data.Error<{ readonly userCode: string }> {
  override readonly name = "UserCodeUsed";
  readonly _tag = "UserCodeUsed";
  override readonly message: string =
    `The code "${this.userCode}" has already been approved or denied`;
}

/** Every way in which an operation of the development server fails. */
export type DevServerErrorReason =
  | PortInUse
  | ListenFailed
  | InvalidOption
  | UnknownUserCode
  | UserCodeExpired
  | UserCodeUsed;

/** The only error of this package. Match on `reason`. */
export class DevServerError extends Data.Error<{ readonly reason: DevServerErrorReason }> {
  override readonly name = "DevServerError";
  readonly _tag = "DevServerError";
  override readonly message: string = this.reason.message;
  /** What to do about it. */
  readonly hint: string = hintOf(this.reason);
}

function hintOf(reason: DevServerErrorReason): string {
  switch (reason._tag) {
    case "PortInUse":
      return "Stop the program that listens there, choose another port, or take 0 for any free one";
    case "ListenFailed":
      return "Choose a port from 1024 to 65535 or 0 for any free one";
    case "InvalidOption":
      return `Change the option "${reason.option}" and start again`;
    case "UnknownUserCode":
      return "Check the spelling of the code that the device shows";
    case "UserCodeExpired":
      return "Start the sign-in on the device again";
    case "UserCodeUsed":
      return "Start the sign-in on the device again for another answer";
  }
}
