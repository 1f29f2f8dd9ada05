/**
 * The vault: the one place where session records become sealed bytes and come back.
 *
 * It stands above the session store (`@bellhop/core/session/session_store`), so that no store ever
 * sees a token. Each record is sealed for its key and its format: copied under another key it does
 * not open. What does not open is left as it was.
 *
 * ```ts
 * import { Effect, Layer, Option, Redacted } from "effect";
 * import { Aead, Digest, SecureRandom } from "effect/crypto";
 * import { generateKey, layer as layerKeys } from "@bellhop/core/protocol/seal";
 * import { layerMemory } from "@bellhop/core/session/memory_store";
 * import { layer, SessionVault } from "@bellhop/core/session/session_vault";
 * import { equal } from "node:assert/strict";
 *
 * const program = Effect.gen(function* () {
 *   const vault = yield* SessionVault;
 *   yield* vault.put("work", {
 *     issuer: "https://as.example.com",
 *     clientId: "tv",
 *     authenticationMethod: "none",
 *     endpoints: {},
 *     status: "active",
 *     refreshToken: Redacted.make("tGzv3JOkF0XG5Qx2TlKWIA"),
 *     accessTokens: [],
 *   }, { ifVersion: null });
 *   return Option.getOrThrow(yield* vault.get("work")).record.clientId;
 * });
 * const keys = Layer.unwrap(Effect.map(generateKey(), (key) => layerKeys([key])));
 * const crypto = Layer.mergeAll(
 *   Aead.layerWebCrypto.pipe(Layer.provideMerge(SecureRandom.layerWebCrypto)),
 *   Digest.layerWebCrypto,
 * );
 * const vault = layer.pipe(Layer.provide([layerMemory, keys]), Layer.provide(crypto));
 * equal(await Effect.runPromise(program.pipe(Effect.provide(vault))), "tv");
 * ```
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import type * as Scope from "effect/Scope";
import type * as Aead from "effect/crypto/Aead";
import type * as SecureRandom from "effect/crypto/SecureRandom";
import * as Json from "../protocol/json.ts";
import * as Seal from "../protocol/seal.ts";
import { migrate, recordFormat, SessionRecord } from "./session_record.ts";
import {
  type Lease,
  type LeaseOptions,
  type PutOptions,
  type RemoveOptions,
  SessionStore,
  type StoredBytes,
} from "./session_store.ts";
import { Corrupt, NewerFormat, StoreError, UnknownKey } from "./store_error.ts";

/** A record and its version in the store. */
export interface StoredRecord {
  /** The opened record. */
  readonly record: SessionRecord;
  /** Its version, for the next write. */
  readonly version: number;
}

/** Session records under keys. As {@linkcode SessionStore}, but for records instead of bytes. */
export interface SessionVault {
  /**
   * Gives the record under `key`, none where there is none. Fails with `Corrupt`, `UnknownKey` or
   * `NewerFormat` where there is one that does not open.
   */
  readonly get: (key: string) => Effect.Effect<Option.Option<StoredRecord>, StoreError>;
  /** Seals and writes if the version is still `ifVersion`, else fails with `Conflict`. */
  readonly put: (
    key: string,
    record: SessionRecord,
    options: PutOptions,
  ) => Effect.Effect<number, StoreError>;
  /** Removes if the version is still `ifVersion`, else fails with `Conflict`. Opens nothing. */
  readonly remove: (key: string, options: RemoveOptions) => Effect.Effect<void, StoreError>;
  /**
   * Removes whatever lies there, whether or not it opens. The way out of a record that does not.
   * Gives whether there was something.
   */
  readonly discard: (key: string) => Effect.Effect<boolean, StoreError>;
  /** Gives the keys, of records that do not open too. */
  readonly list: () => Effect.Effect<ReadonlyArray<string>, StoreError>;
  /** Takes the store's lease on `key`. */
  readonly lease: (
    key: string,
    options: LeaseOptions,
  ) => Effect.Effect<Lease, StoreError, Scope.Scope>;
}

/** Key of the {@linkcode SessionVault} service. */
export const SessionVault: Context.Service<SessionVault, SessionVault> = Context.Service(
  "@bellhop/core/session/session_vault/SessionVault",
);

/** What a vault is made of. */
export type VaultServices =
  | SessionStore
  | Seal.SealingKeys
  | Aead.Aead
  | SecureRandom.SecureRandom;

/** Provides a vault above the ambient store. The module's example shows it. */
export const layer: Layer.Layer<SessionVault, never, VaultServices> = Layer.effect(
  SessionVault,
  Effect.suspend(() => make()),
);

const make = Effect.fnUntraced(function* () {
  const store = yield* SessionStore;
  const services = yield* Effect.context<
    Seal.SealingKeys | Aead.Aead | SecureRandom.SecureRandom
  >();

  const get = Effect.fn("SessionVault.get")(function* (key: string) {
    const stored = yield* store.get(key);
    if (Option.isNone(stored)) return Option.none<StoredRecord>();
    const record = yield* Effect.provide(unseal(key, stored.value), services);
    return Option.some({ record, version: stored.value.version });
  });

  const put = Effect.fn("SessionVault.put")(
    function* (key: string, record: SessionRecord, options: PutOptions) {
      const bytes = yield* Effect.provide(sealed(key, record), services);
      return yield* store.put(key, bytes, options);
    },
  );

  const discard = Effect.fn("SessionVault.discard")(function* (key: string) {
    const stored = yield* store.get(key);
    if (Option.isNone(stored)) return false;
    yield* store.remove(key, { ifVersion: stored.value.version });
    return true;
  });

  const { remove, list, lease } = store;
  return SessionVault.of({ get, put, remove, discard, list, lease });
});

const encodeRecord = Schema.encodeEffect(Schema.fromJsonString(SessionRecord));
const decodeRecord = Schema.decodeUnknownEffect(SessionRecord);
const encoder = new TextEncoder();

/**
 * Before the envelope: `BHR` and the record's format, so that a newer one shows without being
 * opened.
 */
const MARK = Uint8Array.of(0x42, 0x48, 0x52);
const PREFIX_BYTES = MARK.length + 1;

const sealed = Effect.fnUntraced(function* (key: string, record: SessionRecord) {
  const json = yield* Effect.catch(encodeRecord(record), () => Effect.die(new UnfitRecord(key)));
  const envelope = yield* Seal.seal(encoder.encode(json), additionalData(key, recordFormat));
  const bytes = new Uint8Array(PREFIX_BYTES + envelope.length);
  bytes.set(MARK);
  bytes[MARK.length] = recordFormat;
  bytes.set(envelope, PREFIX_BYTES);
  return bytes;
});

/** A defect of the caller's. Says nothing of the record, which holds secrets. */
class UnfitRecord extends TypeError {
  constructor(key: string) {
    super(`Record of session "${key}" does not fit its schema`);
  }
}

const unseal = Effect.fnUntraced(function* (key: string, { bytes, location }: StoredBytes) {
  const where = { key, location };
  const format = bytes[MARK.length];
  if (format === undefined || !MARK.every((byte, at) => bytes[at] === byte)) {
    return yield* new StoreError({ reason: new Corrupt(where) });
  }
  if (format > recordFormat) {
    return yield* new StoreError({ reason: new NewerFormat({ ...where, format }) });
  }
  const plaintext = yield* Seal.open(bytes.subarray(PREFIX_BYTES), additionalData(key, format))
    .pipe(
      Effect.mapError(({ reason }) => new StoreError({ reason: named(reason, where) })),
    );
  const json = Result.getOrUndefined(Json.parse(new TextDecoder().decode(plaintext)));
  return yield* Effect.mapError(
    decodeRecord(migrate(json, format)),
    () => new StoreError({ reason: new Corrupt(where) }),
  );
});

interface Where {
  readonly key: string;
  readonly location: string | undefined;
}

/** Says of a sealing error which session it is about. */
function named(
  reason: Seal.SealError["reason"],
  where: Where,
): Corrupt | UnknownKey | NewerFormat {
  switch (reason._tag) {
    case "Corrupt":
      return new Corrupt(where);
    case "UnknownKey":
      return new UnknownKey({ ...where, keyId: reason.keyId, knownKeyIds: reason.knownKeyIds });
    case "NewerFormat":
      return new NewerFormat({ ...where, format: reason.version });
  }
}

function additionalData(key: string, format: number): Uint8Array {
  return encoder.encode(JSON.stringify(["bellhop session record", format, key]));
}
