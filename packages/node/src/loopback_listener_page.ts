/**
 * What the browser shows when it comes back from the authorization server.
 *
 * A page is made of fixed words: nothing that came in a request belongs into one. Whatever is put
 * into it is escaped all the same.
 *
 * ```ts
 * import { type Page, signedIn } from "@bellhop/node/loopback_listener_page";
 * import assert from "node:assert/strict";
 *
 * const page: Page = { ...signedIn(), text: "Go back to the terminal: Acme is ready." };
 * assert.equal(page.title, "You are signed in");
 * ```
 *
 * @module
 */

/** What one page says. Plain text, no markup. */
export interface Page {
  /** Whether it is good news. */
  readonly outcome: "success" | "failure";
  /** A few words. */
  readonly title: string;
  /** One or two sentences. That the window may be closed is said beneath it. */
  readonly text: string;
}

/**
 * For a login that succeeded.
 *
 * ```ts
 * import { signedIn } from "@bellhop/node/loopback_listener_page";
 * import assert from "node:assert/strict";
 *
 * assert.equal(signedIn().outcome, "success");
 * ```
 */
export function signedIn(): Page {
  return {
    outcome: "success",
    title: "You are signed in",
    text: "The program in your terminal has what it needs and goes on there.",
  };
}

/**
 * For a login that the user, or the server, declined: `access_denied`.
 *
 * ```ts
 * import { declined } from "@bellhop/node/loopback_listener_page";
 * import assert from "node:assert/strict";
 *
 * assert.equal(declined().title, "You are not signed in");
 * ```
 */
export function declined(): Page {
  return {
    outcome: "failure",
    title: "You are not signed in",
    text: "Access was declined, so nothing was granted. Nobody has signed in to the program.",
  };
}

/**
 * For a login that failed in any other way.
 *
 * ```ts
 * import { failed } from "@bellhop/node/loopback_listener_page";
 * import assert from "node:assert/strict";
 *
 * assert.equal(failed().outcome, "failure");
 * ```
 */
export function failed(): Page {
  return {
    outcome: "failure",
    title: "The sign-in did not work",
    text: "The program in your terminal says why, and what to do next.",
  };
}

/**
 * For an answer that belongs to another login, or to none.
 *
 * ```ts
 * import { unexpected } from "@bellhop/node/loopback_listener_page";
 * import assert from "node:assert/strict";
 *
 * assert.equal(unexpected().outcome, "failure");
 * ```
 */
export function unexpected(): Page {
  return {
    outcome: "failure",
    title: "This is not the sign-in that is waiting",
    text: "The page belongs to an older or another sign-in, and nothing has changed. " +
      "Go on in the window that the program has opened, or start again in the terminal.",
  };
}
