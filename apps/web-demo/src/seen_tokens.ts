/**
 * Counts the access tokens of a session, for people who want to see it being renewed.
 *
 * @module
 */
import * as Redacted from "effect/Redacted";
import { createHash } from "node:crypto";

/** How many tokens a session has had. */
export interface TokenCount {
  /** This one among them. */
  readonly count: number;
  /** Whether this one was not there before. */
  readonly isNew: boolean;
}

/** The last token of each session, by its digest, and how many there were. */
export class SeenTokens {
  readonly #sessions = new Map<string, { readonly digest: string; readonly count: number }>();

  /** Notes which token a session has now. */
  note(key: string, token: Redacted.Redacted): TokenCount {
    const digest = createHash("sha256").update(Redacted.value(token)).digest("base64");
    const before = this.#sessions.get(key);
    const isNew = before?.digest !== digest;
    const count = (before?.count ?? 0) + (isNew ? 1 : 0);
    this.#sessions.set(key, { digest, count });
    return { count, isNew };
  }
}
