/**
 * What a page says to a user whose login or logout did not go the usual way.
 *
 * A notice is made of fixed words. Nothing that came in a request or from a server stands in it.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { noticeOf } from "@bellhop/web/notice";
 * import { NotBound, WebLoginError } from "@bellhop/web/web_login_error";
 *
 * const notice = noticeOf(new WebLoginError({ reason: new NotBound() }));
 * assert.equal(notice.title, "This sign-in is not waiting any more");
 * ```
 *
 * @module
 */
import { statusOf, type WebLoginError } from "./web_login_error.ts";

/** A page in words. Plain text, no markup. */
export interface Notice {
  /** The page's HTTP status. */
  readonly status: number;
  /** A few words. */
  readonly title: string;
  /** One or two sentences. */
  readonly text: string;
  /** Whether signing in again may help, so that a link to it is of use. */
  readonly isRetryable: boolean;
}

type Words = Omit<Notice, "status">;

/**
 * The words for a failure. The module's example shows it.
 *
 * @param error As given to `onFailure`.
 */
export function noticeOf(error: WebLoginError): Notice {
  return { status: statusOf(error), ...wordsOf(error) };
}

function wordsOf({ reason }: WebLoginError): Words {
  switch (reason._tag) {
    case "NotBound":
      return notWaiting();
    case "LoginFailed":
      return loginWords(reason.error);
    case "SessionFailed":
      return {
        title: "Please try again in a moment",
        text: "The sign-in could not be looked up or kept just now.",
        isRetryable: true,
      };
    case "ReturnRefused":
      return {
        title: "This link leads elsewhere",
        text: "It asks for a sign-in and then for a page outside this application. " +
          "Be careful with whoever gave it to you.",
        isRetryable: false,
      };
    case "CrossSite":
      return {
        title: "You are still signed in",
        text: "Another site asked for you to be signed out, and nothing has changed.",
        isRetryable: false,
      };
    case "NotRevoked":
      return { title: "You are signed out", text: reason.hint, isRetryable: true };
    default:
      return {
        title: "That does not work here",
        text: "The request is not one that this address takes. Nothing has changed.",
        isRetryable: reason._tag !== "MethodRefused",
      };
  }
}

function loginWords(
  error: Extract<WebLoginError["reason"], { readonly _tag: "LoginFailed" }>["error"],
): Words {
  if (error._tag === "FlowStoreError") {
    return {
      title: "Please try again in a moment",
      text: "So many sign-ins are under way, or so little works here, that yours has to wait.",
      isRetryable: true,
    };
  }
  if (error._tag === "CheckpointError") return notWaiting();
  switch (error.reason._tag) {
    case "NotAwaited":
    case "Expired":
      return notWaiting();
    case "Denied":
      return {
        title: "You are not signed in",
        text: "Access was declined, so nothing was granted.",
        isRetryable: true,
      };
    case "Unreachable":
      return {
        title: "The sign-in server does not answer",
        text: "It gave no answer in time. Nobody was signed in.",
        isRetryable: true,
      };
    default:
      return {
        title: "The sign-in did not work",
        text: "What came back from the sign-in server could not be used. Nobody was signed in.",
        isRetryable: true,
      };
  }
}

function notWaiting(): Words {
  return {
    title: "This sign-in is not waiting any more",
    text: "It is over already, took too long, or was begun in another browser. " +
      "Nothing has changed.",
    isRetryable: true,
  };
}
