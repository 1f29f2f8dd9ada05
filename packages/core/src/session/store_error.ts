/**
 * What can go wrong with a session store, whichever store it is.
 *
 * ```ts
 * import { Effect } from "effect";
 * import { Conflict, StoreError } from "@bellhop/core/session/store_error";
 * import { equal } from "node:assert/strict";
 *
 * const put = Effect.fail(new StoreError({ reason: new Conflict({ key: "work", ifVersion: 3 }) }));
 * const answer = await Effect.runPromise(
 *   put.pipe(Effect.catchReason("StoreError", "Conflict", () => Effect.succeed("read again"))),
 * );
 * equal(answer, "read again");
 * ```
 *
 * @module
 */
import * as Data from "effect/Data";

/**
 * The version under the key is another than the writer thought: read again. Nothing was written.
 */
export class Conflict extends Data.Error<{
  /** Key of the session. */
  readonly key: string;
  /** What the writer thought: a version, or `null` for "does not exist". */
  readonly ifVersion: number | null;
}> {
  override readonly name = "Conflict";
  readonly _tag = "Conflict";
  override readonly message: string = this.ifVersion === null
    ? `Session "${this.key}" exists already`
    : `Session "${this.key}" is no longer at version ${this.ifVersion}`;
  readonly hint: string = "Another process wrote it in the meantime: read it again and decide anew";
}

/** The store did not give its content. */
export class Unreadable extends Data.Error<{
  /** What could not be read: a path, a host. */
  readonly location: string;
  /** Why, in the system's words. */
  readonly description: string;
  /** What to do about it. */
  readonly hint: string;
}> {
  override readonly name = "Unreadable";
  readonly _tag = "Unreadable";
  override readonly message: string =
    `Session store cannot be read at "${this.location}": ${this.description}`;
}

/** The store did not take what was written. What it held before, it still holds. */
export class Unwritable extends Data.Error<{
  /** What could not be written: a path, a host. */
  readonly location: string;
  /** Why, in the system's words. */
  readonly description: string;
  /** What to do about it. */
  readonly hint: string;
}> {
  override readonly name = "Unwritable";
  readonly _tag = "Unwritable";
  override readonly message: string =
    `Session store cannot be written at "${this.location}": ${this.description}`;
}

/** Another holder kept the lease for longer than the caller would wait. */
export class LeaseTimeout extends Data.Error<{
  /** Key of the session. */
  readonly key: string;
  /** How long it was waited for. */
  readonly waitedMillis: number;
}> {
  override readonly name = "LeaseTimeout";
  readonly _tag = "LeaseTimeout";
  override readonly message: string =
    `Lease on session "${this.key}" was not free within ${this.waitedMillis} ms`;
  readonly hint: string = "Another process is renewing this session: try again in a moment";
}

/** The lease ended while it was held: its time ran out, or another holder has it. */
export class LeaseLost extends Data.Error<{
  /** Key of the session. */
  readonly key: string;
}> {
  override readonly name = "LeaseLost";
  readonly _tag = "LeaseLost";
  override readonly message: string = `Lease on session "${this.key}" was lost`;
  readonly hint: string =
    "The process or its store was stopped for longer than the lease lives: read the session again";
}

/** The record was changed or cut short, or it belongs to another key. It was left as it was. */
export class Corrupt extends Data.Error<{
  /** Key of the session. */
  readonly key: string;
  /** Where the record lies, if the store can tell. */
  readonly location?: string | undefined;
}> {
  override readonly name = "Corrupt";
  readonly _tag = "Corrupt";
  override readonly message: string = `Session "${this.key}"${
    at(this.location)
  } is corrupt: it was changed, cut short, or copied from elsewhere`;
  readonly hint: string =
    "It was left as it was. Restore it from a backup, or discard it before the next login: log out " +
    "at the command line, SessionVault.discard in a program";
}

/** The record was sealed with a key that is not at hand. It was left as it was. */
export class UnknownKey extends Data.Error<{
  /** Key of the session. */
  readonly key: string;
  /** Id of the sealing key that the record names. */
  readonly keyId: string;
  /** Ids of the sealing keys at hand. */
  readonly knownKeyIds: ReadonlyArray<string>;
  /** Where the record lies, if the store can tell. */
  readonly location?: string | undefined;
}> {
  override readonly name = "UnknownKey";
  readonly _tag = "UnknownKey";
  override readonly message: string =
    `Session "${this.key}"${
      at(this.location)
    } was sealed with another key: it names "${this.keyId}", ` +
    `at hand is ${this.knownKeyIds.map((id) => `"${id}"`).join(", ")}`;
  readonly hint: string =
    "It was left as it was. Provide the key that sealed it, behind the new one if it was rotated, " +
    "or discard it before the next login: log out at the command line, SessionVault.discard in a " +
    "program";
}

/** A newer Bellhop wrote the record. It was left as it was. */
export class NewerFormat extends Data.Error<{
  /** Key of the session. */
  readonly key: string;
  /** Number of the format that the record is in. */
  readonly format: number;
  /** Where the record lies, if the store can tell. */
  readonly location?: string | undefined;
}> {
  override readonly name = "NewerFormat";
  readonly _tag = "NewerFormat";
  override readonly message: string = `Session "${this.key}"${
    at(this.location)
  } is in format ${this.format}, which a newer Bellhop wrote`;
  readonly hint: string =
    "It was left as it was. Update Bellhop, or use another store for this version";
}

/** Why a store operation failed. Each reason has a `hint`: what to do about it. */
export type StoreErrorReason =
  | Conflict
  | Unreadable
  | Unwritable
  | LeaseTimeout
  | LeaseLost
  | Corrupt
  | UnknownKey
  | NewerFormat;

/** The only error of session stores and of the vault above them. Match on `reason`. */
export class StoreError extends Data.Error<{ readonly reason: StoreErrorReason }> {
  override readonly name = "StoreError";
  readonly _tag = "StoreError";
  override readonly message: string = this.reason.message;
}

function at(location: string | undefined): string {
  return location === undefined ? "" : ` at "${location}"`;
}
