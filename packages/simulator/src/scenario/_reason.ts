/** Why somebody was not served, in the words that programs match on. */
import * as Cause from "effect/Cause";

/** The tag of the error, and of its reason. */
export function reasonOf(cause: Cause.Cause<{ readonly _tag: string }>): string {
  const error = cause.reasons.find(Cause.isFailReason)?.error;
  if (error === undefined) return Cause.hasDies(cause) ? "defect" : "interrupted";
  const { reason } = error as { readonly reason?: { readonly _tag?: string } };
  return reason?._tag === undefined ? error._tag : `${error._tag}.${reason._tag}`;
}
