/**
 * A new sealing key for a home, without losing a session on the way.
 *
 * Three steps, each of which may be repeated after a crash: {@linkcode rotate} puts a new key before
 * the old ones, {@linkcode reseal} seals every session with it, {@linkcode retire} does that once
 * more and drops the old keys. Programs that run since before the rotation know the old keys only:
 * they cannot open what is sealed from then on, and still seal with the old key. So restart them
 * after the first step and before the last. Whoever rotates also moves the key, with
 * {@linkcode RotateOptions.store}.
 *
 * ```ts
 * import { NodeServices } from "@effect/platform-node";
 * import { Effect, FileSystem, Layer } from "effect";
 * import { Aead, Digest, SecureRandom } from "effect/crypto";
 * import { SealingKeys } from "@bellhop/core/protocol/seal";
 * import { retire, rotate } from "@bellhop/node/key_rotation";
 * import { layerMemory } from "@bellhop/node/keyring";
 * import { layer } from "@bellhop/node/session_storage";
 * import { deepEqual } from "node:assert/strict";
 *
 * const keyIds = Effect.map(SealingKeys, ({ keys }) => keys.map(({ id }) => id));
 * const program = Effect.gen(function* () {
 *   const fs = yield* FileSystem.FileSystem;
 *   const home = yield* fs.makeTempDirectoryScoped();
 *   const [old] = yield* Effect.provide(keyIds, layer({ home }));
 *   const { keyId } = yield* rotate({ home });
 *   deepEqual(yield* Effect.provide(keyIds, layer({ home })), [keyId, old]);
 *   yield* retire({ home });
 *   deepEqual(yield* Effect.provide(keyIds, layer({ home })), [keyId]);
 * }).pipe(Effect.scoped);
 * const crypto = Layer.mergeAll(
 *   Aead.layerWebCrypto.pipe(Layer.provideMerge(SecureRandom.layerWebCrypto)),
 *   Digest.layerWebCrypto,
 * );
 * await Effect.runPromise(
 *   Effect.provide(program, Layer.mergeAll(NodeServices.layer, layerMemory, crypto)),
 * );
 * ```
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import type * as Redacted from "effect/Redacted";
import type * as Aead from "effect/crypto/Aead";
import type * as SecureRandom from "effect/crypto/SecureRandom";
import { layer as layerKeys, SealingKeys } from "@bellhop/core/protocol/seal";
import { SessionStore } from "@bellhop/core/session/session_store";
import { layer as layerVault, SessionVault } from "@bellhop/core/session/session_vault";
import type { StoreError } from "@bellhop/core/session/store_error";
import { type ChoiceServices, chooseKeys, type ChosenKeys } from "./_key_choice.ts";
import { fromFile, makeKeyFile, readKeyFile, replaceKeyFile } from "./_key_file.ts";
import { holdKeys } from "./_key_lock.ts";
import { keyFileIn, type KeyPlace, recordPlace } from "./_key_place.ts";
import { joinTexts, makeText, parse, type TextKeys } from "./_key_text.ts";
import { makeEntry, removeEntry } from "./_keyring_entry.ts";
import { KeySourceError } from "./key_source_error.ts";
import { locationOf } from "./keyring.ts";
import { fromEnvironment, storeKeyVariable } from "./sealing_key.ts";
import { layer as layerStorage, type SessionStorageServices } from "./session_storage.ts";

/** Whose keys are rotated. */
export interface RotateOptions {
  /** As for the session storage. */
  readonly home: string;
  /**
   * Moves the keys there.
   *
   * @default where they are
   */
  readonly store?: "keyring" | "file" | undefined;
}

/** The key that seals from now on. */
export interface Rotated {
  /** Its id, which is no secret. */
  readonly keyId: string;
  /** Path of the file, or entry of the keyring. */
  readonly keyLocation: string;
}

/** How it went with the sessions. */
export interface Resealed {
  /** Sessions that are sealed with the first key now, and were not before. */
  readonly resealed: ReadonlyArray<string>;
  /** Sessions that were left as they are, and why. */
  readonly failed: ReadonlyArray<{ readonly key: string; readonly error: StoreError }>;
}

/**
 * Puts a new key before the others: it seals from now on, they still open. Whoever starts from then
 * on uses it; a crash leaves the keys as they were or as they shall be. Fails with `elsewhere` where
 * the keys come from `BELLHOP_STORE_KEY`, and with `timeout` where another process changes them. The
 * module's example shows it.
 */
export const rotate: (
  options: RotateOptions,
) => Effect.Effect<Rotated, KeySourceError, ChoiceServices> = Effect.fn("KeyRotation.rotate")(
  function* ({ home, store }: RotateOptions) {
    yield* refuseEnvironment;
    yield* chooseKeys({ home, store: "auto" });
    yield* holdKeys(home);
    const chosen = yield* chooseKeys({ home, store: "auto" });
    const text = yield* makeText;
    const keys = yield* parse(text, { location: chosen.location, hint: "" });
    const texts = [text, ...textsOf(chosen.keys, ...chosen.others)];
    const keyLocation = yield* replaceKeys(chosen, {
      home,
      texts,
      store: store ?? chosen.place.store,
    });
    return { keyId: keys[0].key.id, keyLocation };
  },
  Effect.scoped,
);

/**
 * Seals with the first key each session that another one sealed, under its lease. Sessions that do
 * not open, or whose lease is not free within a minute, are left as they are and named.
 *
 * ```ts
 * import { Effect, Layer } from "effect";
 * import { Aead, Digest, SecureRandom } from "effect/crypto";
 * import { generateKey, layer as layerKeys } from "@bellhop/core/protocol/seal";
 * import { layerMemory } from "@bellhop/core/session/memory_store";
 * import { reseal } from "@bellhop/node/key_rotation";
 * import { deepEqual } from "node:assert/strict";
 *
 * const crypto = Layer.mergeAll(
 *   Aead.layerWebCrypto.pipe(Layer.provideMerge(SecureRandom.layerWebCrypto)),
 *   Digest.layerWebCrypto,
 * );
 * const keys = Layer.unwrap(Effect.map(generateKey(), (key) => layerKeys([key])));
 * const program = reseal().pipe(Effect.provide([layerMemory, keys]), Effect.provide(crypto));
 * deepEqual(await Effect.runPromise(program), { resealed: [], failed: [] });
 * ```
 */
export const reseal: () => Effect.Effect<
  Resealed,
  StoreError,
  SessionStore | SealingKeys | Aead.Aead | SecureRandom.SecureRandom
> = Effect.fn("KeyRotation.reseal")(function* () {
  const store = Layer.succeed(SessionStore, yield* SessionStore);
  const { keys } = yield* SealingKeys;
  // Fresh: the vault of the program around would have all keys, and open everything as current.
  const withKeys = (some: SealingKeys["keys"]) =>
    Effect.map(
      Layer.build(Layer.provide(Layer.fresh(layerVault), [store, layerKeys(some)])),
      (built) => Context.get(built, SessionVault),
    );
  const vaults = { first: yield* withKeys([keys[0]]), all: yield* withKeys(keys) };
  const resealed: Array<string> = [];
  const failed: Array<Resealed["failed"][number]> = [];
  for (const key of yield* vaults.all.list()) {
    const isNew = yield* resealOne(key, vaults).pipe(
      Effect.catch((error) => Effect.sync(() => void failed.push({ key, error }))),
    );
    if (isNew === true) resealed.push(key);
  }
  return { resealed, failed };
}, Effect.scoped);

/**
 * Reseals the sessions of a home and drops all keys but the first. Fails with `inUse`, and drops
 * none, where a session cannot be resealed; with `elsewhere` where the keys come from
 * `BELLHOP_STORE_KEY`. What else an old key sealed, such as the checkpoint of a login that waits, is
 * lost. The module's example shows it.
 */
export const retire: (
  options: Pick<RotateOptions, "home">,
) => Effect.Effect<Resealed, KeySourceError | StoreError, SessionStorageServices> = Effect.fn(
  "KeyRotation.retire",
)(
  function* ({ home }: Pick<RotateOptions, "home">) {
    yield* refuseEnvironment;
    yield* chooseKeys({ home, store: "auto" });
    yield* holdKeys(home);
    const chosen = yield* chooseKeys({ home, store: "auto" });
    const storage = yield* Layer.build(layerStorage({ home }));
    const outcome = yield* Effect.provide(reseal(), storage);
    if (outcome.failed.length > 0) return yield* inUse(chosen, outcome);
    if (textsOf(chosen.keys, ...chosen.others).length === 1) return outcome;
    const [first] = chosen.keys;
    yield* replaceKeys(chosen, { home, texts: [first.text], store: chosen.place.store });
    if (chosen.place.store === "keyring") {
      const fs = yield* FileSystem.FileSystem;
      yield* Effect.ignore(fs.remove(yield* keyFileIn(home), { force: true }));
    }
    return outcome;
  },
  Effect.scoped,
);

const refuseEnvironment = Effect.gen(function* () {
  if (Option.isNone(yield* fromEnvironment())) return;
  return yield* new KeySourceError({
    problem: "elsewhere",
    location: storeKeyVariable,
    description: "the keys come from the environment, which only its owner can change",
    hint: "Put a new key before the old ones there, separated by a comma",
  });
});

interface Replacement {
  readonly home: string;
  readonly texts: ReadonlyArray<Redacted.Redacted>;
  readonly store: KeyPlace["store"];
}

/** Gives the location. What held the keys before goes only when they are safe in the new place. */
const replaceKeys = Effect.fnUntraced(
  function* (chosen: ChosenKeys, { home, texts, store }: Replacement) {
    const old = chosen.place;
    const reason = store === old.store ? old.reason : "the key was moved there";
    if (store === "file") {
      yield* writeKeyFile(home, texts);
      if (old.store === "keyring") {
        yield* follow(home, chosen, { store, reason });
        yield* removeEntry(old.account);
      }
      return yield* keyFileIn(home);
    }
    const account = yield* makeEntry(joinTexts(texts, ","));
    yield* follow(home, chosen, { store, account, reason }).pipe(
      Effect.onError(() => removeEntry(account)),
    );
    if (old.store === "keyring") yield* removeEntry(old.account);
    return locationOf(account);
  },
  Effect.uninterruptible,
);

const writeKeyFile = Effect.fnUntraced(
  function* (home: string, texts: ReadonlyArray<Redacted.Redacted>) {
    const keyFile = yield* keyFileIn(home);
    const text = joinTexts(texts, "\n");
    const there = yield* readKeyFile(keyFile);
    // What cannot be read might hold the only copy of a key.
    if (Option.isSome(there)) yield* parse(there.value, fromFile(keyFile));
    if (Option.isSome(there) || !(yield* makeKeyFile(keyFile, text))) {
      yield* replaceKeyFile(keyFile, text);
    }
  },
);

const follow = Effect.fnUntraced(function* (home: string, chosen: ChosenKeys, place: KeyPlace) {
  if (yield* recordPlace(home, { place, version: chosen.version + 1 })) return;
  return yield* new KeySourceError({
    problem: "unwritable",
    location: home,
    description: "another process moved the keys in the meantime",
    hint: "Try again",
  });
});

/** Text of each key once. */
function textsOf(...places: ReadonlyArray<TextKeys>): ReadonlyArray<Redacted.Redacted> {
  const all = places.flat();
  return all
    .filter(({ key }, at) => all.findIndex((other) => other.key.id === key.id) === at)
    .map(({ text }) => text);
}

interface Vaults {
  readonly first: SessionVault;
  readonly all: SessionVault;
}

/** Without the lease a renewal that is under way would find its version taken. */
function resealOne(key: string, { first, all }: Vaults): Effect.Effect<boolean, StoreError> {
  const isCurrent = Effect.as(first.get(key), true).pipe(
    Effect.catchReason("StoreError", "UnknownKey", () => Effect.succeed(false)),
  );
  const write = Effect.gen(function* () {
    const stored = yield* all.get(key);
    if (Option.isNone(stored)) return false;
    const { record, version } = stored.value;
    yield* all.put(key, record, { ifVersion: version });
    return true;
  });
  const leased = Effect.gen(function* () {
    yield* all.lease(key, { ttlMillis: 30_000, waitMillis: 60_000 });
    return (yield* isCurrent) ? false : yield* write;
  });
  return Effect.flatMap(
    isCurrent,
    (current) => current ? Effect.succeed(false) : Effect.scoped(leased),
  );
}

function inUse({ location }: ChosenKeys, { failed }: Resealed): KeySourceError {
  const names = failed.map(({ key, error }) => `"${key}" (${error.reason._tag})`).join(", ");
  return new KeySourceError({
    problem: "inUse",
    location,
    description: `sessions that could not be resealed may need an old key: ${names}`,
    hint: "Repair these sessions or log out of them, then try again. All keys are still there",
  });
}
