/**
 * Options that no login can work with.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { WebLoginConfigError } from "@bellhop/web/web_login_config_error";
 *
 * const error = new WebLoginConfigError({
 *   problem: "origin",
 *   description: `"app.example.com" is no origin`,
 * });
 * assert.equal(error.message, `Web logins cannot be set up: "app.example.com" is no origin`);
 * ```
 *
 * @module
 */
import * as Data from "effect/Data";

/** Which option it is about. */
export type WebLoginConfigProblem = "origin" | "paths" | "cookies" | "lifetime";

/** Options that no login can work with. */
export class WebLoginConfigError extends Data.Error<{
  readonly problem: WebLoginConfigProblem;
  /** What is wrong with it. */
  readonly description: string;
}> {
  override readonly name = "WebLoginConfigError";
  readonly _tag = "WebLoginConfigError";
  override readonly message: string = `Web logins cannot be set up: ${this.description}`;
}
