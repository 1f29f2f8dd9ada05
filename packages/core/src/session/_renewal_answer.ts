/** What a failed token request means for the session. */
import type { RenewalAnswer, SessionFault } from "../chart/session_event.ts";
import type { EndpointError, Rejected } from "../protocol/endpoint_error.ts";

type Faulty = Extract<RenewalAnswer, SessionFault>;

/** An answer whose randomness is still to be added. */
export type FailedAnswer =
  | { readonly type: "invalid_grant"; readonly reason: Rejected }
  | {
    readonly type: Exclude<Faulty["type"], "lease_short">;
    readonly error: EndpointError;
    readonly retryAfterMillis?: number | undefined;
  };

/**
 * Names it. What counts is whether the server may have acted: `unanswered` where it may, `unavailable`
 * where it surely did not.
 */
export function answerOf(error: EndpointError, hasRefreshToken: boolean): FailedAnswer {
  const { reason } = error;
  switch (reason._tag) {
    case "Unreachable":
      return { type: isSent(reason.kind) ? "unanswered" : "unavailable", error };
    case "Unavailable": {
      const type = reason.status === 429 ? "unavailable" : "unanswered";
      return { type, error, retryAfterMillis: reason.retryAfterMillis };
    }
    case "Malformed":
      return { type: "unanswered", error };
    case "Rejected":
      if (reason.code === "invalid_grant" && hasRefreshToken) {
        return { type: "invalid_grant", reason };
      }
      return {
        type: isTemporary(reason) ? "unavailable" : "refused",
        error,
        retryAfterMillis: reason.retryAfterMillis,
      };
    default:
      return { type: "refused", error };
  }
}

/** Without a connection nothing was sent. */
function isSent(kind: string): boolean {
  return kind !== "dns" && kind !== "refused" && kind !== "tls";
}

/** Whether a refusal says nothing of the session: only that the server does not renew it now. */
export function isTemporary(reason: Rejected): boolean {
  return reason.isPassing || reason.status >= 500;
}
