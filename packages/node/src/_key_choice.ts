/** Choosing where the keys of a home are, once, and getting them from there ever after. */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import type * as FileSystem from "effect/FileSystem";
import type * as Path from "effect/Path";
import type * as Digest from "effect/crypto/Digest";
import type * as SecureRandom from "effect/crypto/SecureRandom";
import { fromFile, makeKeyFile, readKeyFile } from "./_key_file.ts";
import {
  keyFileIn,
  type KeyPlace,
  readPlace,
  type RecordedPlace,
  recordPlace,
} from "./_key_place.ts";
import { makeText, parse, type TextKeys } from "./_key_text.ts";
import { makeEntry, removeEntry } from "./_keyring_entry.ts";
import { KeySourceError } from "./key_source_error.ts";
import { Keyring, locationOf } from "./keyring.ts";

/** What choosing needs. */
export type ChoiceServices =
  | Keyring
  | FileSystem.FileSystem
  | Path.Path
  | SecureRandom.SecureRandom
  | Digest.Digest;

/** The keys of a home and where they are. */
export interface ChosenKeys extends RecordedPlace {
  readonly location: string;
  readonly keys: TextKeys;
  /** Keys of a key file that lies there though the keyring was chosen. They only open. */
  readonly others: ReadonlyArray<TextKeys>;
}

/** What was asked for. */
export interface Wish {
  readonly home: string;
  readonly store: "auto" | "keyring" | "file";
}

/** Gets the keys from where they are, or makes one where they shall be. */
export const chooseKeys: (
  wish: Wish,
) => Effect.Effect<ChosenKeys, KeySourceError, ChoiceServices> = Effect.fnUntraced(
  function* (wish: Wish) {
    const { home, store } = wish;
    // A choice may be followed by another while its keys are fetched, and each is made in full.
    for (;;) {
      const recorded = Option.getOrUndefined(yield* readPlace(home)) ?? (yield* decide(wish));
      if (store !== "auto" && store !== recorded.place.store) return yield* elsewhere(wish);
      const chosen = yield* keysAt(home, recorded);
      if (Option.isSome(chosen)) return chosen.value;
      const after = Option.getOrUndefined(yield* readPlace(home));
      if (after === undefined || after.version === recorded.version) {
        return yield* missing(yield* locationIn(home, recorded.place));
      }
    }
  },
);

/** Version 0: chosen, but it could not be written down. */
const decide = Effect.fnUntraced(function* (wish: Wish) {
  const { home, store } = wish;
  const keyFile = yield* keyFileIn(home);
  const hasFile = Option.isSome(yield* readKeyFile(keyFile));
  if (hasFile && store === "keyring") return yield* elsewhere(wish);
  const place = hasFile
    ? { store: "file" as const, reason: "its key file was there already" }
    : yield* makePlace(wish, keyFile);
  const isMine = yield* Effect.catch(
    recordPlace(home, { place, version: 1 }),
    // What is there already can be used though nothing can be written.
    (error) => hasFile ? Effect.succeed(undefined) : Effect.fail(error),
  ).pipe(Effect.onError(() => discard(place)));
  if (isMine === undefined) return { place, version: 0 };
  if (isMine) return { place, version: 1 };
  yield* discard(place);
  const first = Option.getOrUndefined(yield* readPlace(home));
  return first ?? (yield* missing(home));
}, Effect.uninterruptible);

/** Makes a key, in the keyring where one is wanted and answers. */
const makePlace = Effect.fnUntraced(function* ({ store }: Wish, keyFile: string) {
  const text = yield* makeText;
  const inFile = (reason: string) =>
    Effect.as(makeKeyFile(keyFile, text), { store: "file" as const, reason });
  if (store === "file") return yield* inFile("it was asked for");
  const reason = store === "keyring" ? "it was asked for" : "a keyring answered on first use";
  const inKeyring = Effect.map(
    makeEntry(text),
    (account): KeyPlace => ({ store: "keyring", account, reason }),
  );
  if (store === "keyring") return yield* inKeyring;
  return yield* Effect.catch(
    inKeyring,
    ({ description }): Effect.Effect<KeyPlace, KeySourceError, ChoiceServices> =>
      inFile(`on first use ${description}`),
  );
});

/** An entry that was not chosen is of no use; a key file may be in use by others, so it stays. */
function discard(place: KeyPlace): Effect.Effect<void, never, Keyring> {
  return place.store === "keyring" ? removeEntry(place.account) : Effect.void;
}

/** None where the place holds no keys any more. */
const keysAt = Effect.fnUntraced(function* (home: string, recorded: RecordedPlace) {
  const { place } = recorded;
  const keyFile = yield* keyFileIn(home);
  const location = yield* locationIn(home, place);
  if (place.store === "file") {
    const text = yield* readKeyFile(keyFile);
    if (Option.isNone(text)) return Option.none<ChosenKeys>();
    const keys = yield* parse(text.value, fromFile(keyFile));
    return Option.some<ChosenKeys>({ ...recorded, location, keys, others: [] });
  }
  const keyring = yield* Keyring;
  const text = yield* keyring.get(place.account);
  if (Option.isNone(text)) return Option.none<ChosenKeys>();
  const keys = yield* parse(text.value, { location, hint: hintForMissing });
  const fileText = Option.flatten(yield* Effect.option(readKeyFile(keyFile)));
  const others = Option.isSome(fileText)
    ? yield* Effect.option(parse(fileText.value, fromFile(keyFile)))
    : Option.none<TextKeys>();
  return Option.some<ChosenKeys>({ ...recorded, location, keys, others: Option.toArray(others) });
});

const locationIn = Effect.fnUntraced(function* (home: string, place: KeyPlace) {
  return place.store === "keyring" ? locationOf(place.account) : yield* keyFileIn(home);
});

const hintForMissing =
  "Restore it from a backup, or open the keyring that holds it. Without it the sessions stay " +
  "closed: to start anew, move the home away and log in again";

function missing(location: string): KeySourceError {
  return new KeySourceError({
    problem: "missing",
    location,
    description: "the key that was kept there is gone",
    hint: hintForMissing,
  });
}

const elsewhere = Effect.fnUntraced(function* ({ home, store }: Wish) {
  const other = store === "keyring" ? "a key file" : "the keyring";
  return yield* new KeySourceError({
    problem: "elsewhere",
    location: home,
    description: `the key of this home is in ${other}, which was chosen first`,
    hint: `Use it as it is, or move the key with a rotation to the ${store}`,
  });
});
