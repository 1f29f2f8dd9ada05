/** Sessions in a home as they are stored, looked at and changed behind the command line's back. */
import { Effect, Option } from "effect";
import { NodeServices } from "@effect/platform-node";
import type { TokenSet } from "@bellhop/core/protocol/token_set";
import type { SessionRecord } from "@bellhop/core/session/session_record";
import { SessionVault } from "@bellhop/core/session/session_vault";
import { Settings } from "../settings.ts";
import * as Storage from "../storage.ts";

/** Settings of a run without flags. */
export function settingsIn(home: string, settings: Partial<Settings> = {}): Settings {
  return {
    profile: "default",
    home,
    store: "auto",
    requestLimitMillis: 10_000,
    isJson: false,
    isQuiet: false,
    isVerbose: false,
    ...settings,
  };
}

/** Gives the record of the default profile. */
export function storedRecord(home: string): Promise<SessionRecord> {
  return inVault(
    home,
    (vault) => Effect.map(vault.get("default"), (stored) => Option.getOrThrow(stored).record),
  );
}

/** Makes the access tokens look as if they had been granted that much earlier. */
export function age(home: string, millis: number): Promise<void> {
  return inVault(home, (vault) =>
    Effect.gen(function* () {
      const { record, version } = Option.getOrThrow(yield* vault.get("default"));
      const plain: Pick<SessionRecord, keyof SessionRecord> = record;
      const accessTokens = record.accessTokens.map((held) => {
        const tokens: Pick<TokenSet, keyof TokenSet> = held.tokens;
        const obtainedAtMillis = tokens.obtainedAtMillis - millis;
        return { ...held, tokens: { ...tokens, obtainedAtMillis } };
      });
      yield* vault.put("default", { ...plain, accessTokens }, { ifVersion: version });
    }));
}

function inVault<A, E>(
  home: string,
  use: (vault: SessionVault) => Effect.Effect<A, E>,
): Promise<A> {
  return Effect.runPromise(
    Effect.flatMap(SessionVault, use).pipe(
      Effect.provide(Storage.layer),
      Effect.provideService(Settings, settingsIn(home)),
      Effect.provide(NodeServices.layer),
    ),
  );
}
