/**
 * What can go wrong with the place where the sealing key should be: a variable, a file, a keyring.
 *
 * ```ts
 * import { Effect } from "effect";
 * import { KeySourceError } from "@bellhop/node/key_source_error";
 * import { equal } from "node:assert/strict";
 *
 * const keys = Effect.fail(
 *   new KeySourceError({
 *     problem: "unavailable",
 *     location: "keyring: bellhop",
 *     description: "no keyring answers here",
 *     hint: "Sign in to the desktop, or use a key file",
 *   }),
 * );
 * const problem = await Effect.runPromise(
 *   Effect.catchTag(keys, "KeySourceError", (error) => Effect.succeed(error.problem)),
 * );
 * equal(problem, "unavailable");
 * ```
 *
 * @module
 */
import * as Data from "effect/Data";

/** What is wrong with the place where the key should be. */
export type KeySourceProblem =
  /** It holds something that is no key. */
  | "malformed"
  /** Others may read or replace it. */
  | "permissions"
  /** It does not give what it holds. */
  | "unreadable"
  /** It does not take a key. */
  | "unwritable"
  /** No keyring answers here. */
  | "unavailable"
  /** The keyring, or another process that changes the keys, did not answer in time. */
  | "timeout"
  /** It held a key and holds none now. No new one is made: it would open nothing. */
  | "missing"
  /** An old key cannot go yet. */
  | "inUse"
  /** The keys are in another place than the one asked for. */
  | "elsewhere";

/** No sealing key could be had. Never shows what was found. */
export class KeySourceError extends Data.Error<{
  /** What is wrong. */
  readonly problem: KeySourceProblem;
  /** The environment variable, the path of the file, or the keyring's entry. */
  readonly location: string;
  /** What is wrong with it, in our own words. */
  readonly description: string;
  /** What to do about it. */
  readonly hint: string;
}> {
  override readonly name = "KeySourceError";
  readonly _tag = "KeySourceError";
  override readonly message: string =
    `Sealing key cannot be had from "${this.location}": ${this.description}`;
}
