/**
 * The choice between browser and code, where a profile leaves it to the login.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type { ServerMetadata } from "@bellhop/core/protocol/server_metadata";
import { Browser } from "@bellhop/node/browser";
import { firstGrant, type Grant, type GrantWish } from "./grant.ts";
import { hasCodeGrant, hasDeviceGrant } from "./metadata_review.ts";

/** What the choice depends on. */
export interface ChoiceOptions {
  /** Absent: a profile from before there was a choice. */
  readonly wish: GrantWish | undefined;
  readonly server: ServerMetadata;
  /** The user does not want a browser to be opened. */
  readonly noBrowser: boolean;
  /** Something was asked for that only a login in the browser can do. */
  readonly needsBrowser: boolean;
}

/** A grant, and why it was chosen. */
export interface Choice {
  readonly grant: Grant;
  /** For people. Absent: nothing had to be chosen. */
  readonly reason?: string;
}

/** Chooses: the browser where one is at hand, else a code where the server knows that grant. */
export const chooseGrant: (options: ChoiceOptions) => Effect.Effect<Choice, never, Browser> = Effect
  .fnUntraced(function* ({ wish = firstGrant, server, noBrowser, needsBrowser }: ChoiceOptions) {
    if (wish !== "auto") return { grant: wish };
    if (needsBrowser) return { grant: "code", reason: "the flags ask for the browser" };
    if (!hasCodeGrant(server)) {
      return { grant: "device", reason: "the server offers no sign-in by browser" };
    }
    const obstacle = noBrowser ? "--no-browser was given" : yield* obstacleTo(server);
    if (obstacle === undefined) return { grant: "code", reason: "a browser is at hand" };
    return hasDeviceGrant(server)
      ? { grant: "device", reason: obstacle }
      : { grant: "code", reason: `${obstacle}, but the server offers no other way` };
  });

/** Why no browser can be opened; nothing where one can. */
const obstacleTo = Effect.fnUntraced(function* ({ issuer }: ServerMetadata) {
  const { isAvailable, open } = yield* Browser;
  if (isAvailable) return undefined;
  // It opens nothing, and says why.
  return yield* open(issuer).pipe(
    Effect.match({
      onSuccess: () => undefined,
      onFailure: ({ reason }) =>
        reason._tag === "NoBrowser"
          ? `no browser can be opened here (${reason.description})`
          : "no browser can be opened here",
    }),
  );
});

/** What was chosen and why, in a sentence. */
export function choiceWords({ grant, reason }: Required<Choice>): string {
  return grant === "code"
    ? `Signing in by the browser (--grant code): ${reason}.`
    : `Signing in with a code on any device (--grant ${grant}): ${reason}.`;
}
