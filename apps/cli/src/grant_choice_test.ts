import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import type { ServerMetadata } from "@bellhop/core/protocol/server_metadata";
import { Browser, BrowserError, NoBrowser } from "@bellhop/node/browser";
import { type Choice, type ChoiceOptions, choiceWords, chooseGrant } from "./grant_choice.ts";

const issuer = "https://as.example.com";
const both: ServerMetadata = {
  issuer,
  authorizationEndpoint: `${issuer}/auth`,
  tokenEndpoint: `${issuer}/token`,
  deviceAuthorizationEndpoint: `${issuer}/device`,
};
const { deviceAuthorizationEndpoint: _, ...codeOnly } = both;
const { authorizationEndpoint: __, ...deviceOnly } = both;

/** Chooses, and makes sure that nothing is opened. */
function choose(options: Partial<ChoiceOptions>, isAvailable = true) {
  const reason = new NoBrowser({ description: "there is no display" });
  return chooseGrant({
    wish: "auto",
    server: both,
    noBrowser: false,
    needsBrowser: false,
    ...options,
  }).pipe(
    Effect.provideService(Browser, {
      isAvailable,
      open: () => isAvailable ? Effect.die("opened") : Effect.fail(new BrowserError({ reason })),
    }),
  );
}

const cases: ReadonlyArray<
  readonly [string, Partial<ChoiceOptions>, boolean, Choice["grant"], RegExp | undefined]
> = [
  ["a grant that was told", { wish: "code", noBrowser: true }, false, "code", undefined],
  ["the device grant for a profile from before", { wish: undefined }, true, "device", undefined],
  ["the browser that is at hand", {}, true, "code", /at hand/],
  ["a code where there is no browser", {}, false, "device", /\(there is no display\)/],
  ["a code where no browser is wanted", { noBrowser: true }, true, "device", /--no-browser/],
  ["the browser for what only it can do", { needsBrowser: true }, false, "code", /flags/],
  ["a code where the server has nothing else", { server: deviceOnly }, true, "device", /server/],
  ["the browser where the server has nothing else", { server: codeOnly }, false, "code", /display/],
  [
    "a code where the server refuses PKCE",
    { server: { ...both, codeChallengeMethodsSupported: ["plain"] } },
    true,
    "device",
    /server/,
  ],
];

describe("chooseGrant()", () => {
  for (const [what, options, isAvailable, grant, says] of cases) {
    it.effect(`takes ${what}`, () =>
      Effect.gen(function* () {
        const choice = yield* choose(options, isAvailable);
        assert.strictEqual(choice.grant, grant);
        if (says === undefined) assert.isUndefined(choice.reason);
        else {
          const words = choiceWords({ grant, reason: choice.reason ?? "" });
          assert.match(words, says);
          assert.include(words, `--grant ${grant}`);
        }
      }));
  }
});
