/** One request under way: the state as it becomes, and what there is to say about it. */
import * as HashMap from "effect/HashMap";
import { type SecretKind, secretOf } from "./secret.ts";
import type { FamilyEnd, ServerFact } from "./server_fact.ts";
import type { ServerRequest } from "./server_message.ts";
import type { Family, ServerState } from "./server_state.ts";

/** Lives for one request only, which is why it may change. */
export interface Draft {
  state: ServerState;
  readonly request: ServerRequest;
  /** Below the issuer, without the query. */
  readonly path: string;
  readonly nowMillis: number;
  readonly facts: Array<ServerFact>;
}

/** Changes some members of the state. */
export function change(draft: Draft, changes: Partial<ServerState>): void {
  draft.state = { ...draft.state, ...changes };
}

/** A new secret, of which the state remembers nothing but that there is one more. */
export function newSecret(
  draft: Draft,
  kind: SecretKind,
): { readonly ordinal: number; readonly secret: string } {
  const ordinal = draft.state.ordinal + 1;
  change(draft, { ordinal });
  return { ordinal, secret: secretOf(kind, ordinal) };
}

/** All that one grant gave is over, if it was not already. */
export function endFamily(draft: Draft, family: Family, cause: FamilyEnd): void {
  if (family.ended !== undefined) return;
  const { nowMillis, state } = draft;
  const ended = { cause, atMillis: nowMillis };
  change(draft, { families: HashMap.set(state.families, family.family, { ...family, ended }) });
  draft.facts.push({ type: "family.ended", atMillis: nowMillis, family: family.family, cause });
}
