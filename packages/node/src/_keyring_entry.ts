/** Entries of the keyring that hold keys: each with a name of its own, written once. */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import * as SecureRandom from "effect/crypto/SecureRandom";
import * as Hex from "effect/encoding/Hex";
import { KeySourceError } from "./key_source_error.ts";
import { Keyring, locationOf } from "./keyring.ts";

/** Writes keys into a new entry and believes only what it reads back. Gives the entry's account. */
export const makeEntry: (
  text: Redacted.Redacted,
) => Effect.Effect<string, KeySourceError, Keyring | SecureRandom.SecureRandom> = Effect.fnUntraced(
  function* (text: Redacted.Redacted) {
    const keyring = yield* Keyring;
    const random = yield* SecureRandom.SecureRandom;
    const account = `store-${Hex.encode(yield* random.randomBytes(8))}`;
    const isKept = yield* keyring.set(account, text).pipe(
      Effect.andThen(keyring.get(account)),
      Effect.map(Option.exists((found) => Redacted.value(found) === Redacted.value(text))),
      Effect.onError(() => removeEntry(account)),
    );
    if (isKept) return account;
    yield* removeEntry(account);
    return yield* new KeySourceError({
      problem: "unavailable",
      location: locationOf(account),
      description: "the keyring does not give back what it was given",
      hint: "Unlock or repair the keyring, or use a key file",
    });
  },
);

/** Removes an entry that nothing names any more; one that stays is of no use to anybody. */
export const removeEntry: (account: string) => Effect.Effect<void, never, Keyring> = Effect
  .fnUntraced(function* (account: string) {
    const keyring = yield* Keyring;
    yield* Effect.ignore(keyring.remove(account));
  });
