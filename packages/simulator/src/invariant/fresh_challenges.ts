/**
 * PKCE is worth something. RFC 7636.
 *
 * @module
 */
import type { Invariant } from "./invariant.ts";

/** Each login has a code verifier of its own. */
export const freshChallenges: Invariant = {
  name: "freshChallenges",
  sentence: "No two authorization requests have the same code challenge",
  watch: () => {
    const seen = new Set<string>();
    return {
      on: (event) => {
        if (event.type !== "browser.sent") return undefined;
        const { challenge, process } = event;
        if (seen.has(challenge)) return `${process} used code challenge "${challenge}" once more`;
        seen.add(challenge);
        return undefined;
      },
    };
  },
};
