// deno-lint-ignore-file require-await -- the library asks for promises
import type { Adapter, AdapterFactory, AdapterPayload } from "oidc-provider";

/**
 * How long a record is kept after its lifetime, so that the library can say "expired" (`expired_token`
 * for a device code) and not "never heard of".
 */
const retentionMillis = 10 * 60 * 1000;

/** One-time credentials: the second use of one is a breach. RFC 9700 section 4.14. */
const oneTime = new Set(["AuthorizationCode", "DeviceCode", "RefreshToken"]);

/** What belongs to a grant and falls with it. */
const granted = new Set([...oneTime, "AccessToken"]);

export interface MemoryAdapterOptions {
  /** How long a rotated refresh token may be used again. */
  readonly rotationGraceMillis: number;
  /** The client asked with a device code. Whatever it throws is the answer. */
  readonly onDeviceCodeFound: (id: string, payload: AdapterPayload) => void;
  readonly onDeviceCodeIssued: (id: string) => void;
  readonly onDeviceCodeGone: (id: string) => void;
  /** Makes the error that answers the second use of a one-time credential. */
  readonly usedTwice: () => Error;
}

interface Stored {
  payload: AdapterPayload;
  expiresAtMillis: number;
  consumedAtMillis?: number;
}

type Store = Map<string, Stored>;

/** Keeps the authorization server's records in memory, per server. */
export function makeMemoryAdapter(options: MemoryAdapterOptions): AdapterFactory {
  const stores = new Map<string, Store>();
  const storeOf = (model: string): Store => {
    const store = stores.get(model) ?? new Map<string, Stored>();
    stores.set(model, store);
    return store;
  };
  const revokeFamily = (grantId: string | undefined) => {
    if (grantId === undefined) {
      return;
    }
    for (const model of granted) {
      removeWhere(storeOf(model), ({ payload }) => payload.grantId === grantId);
    }
    storeOf("Grant").delete(grantId);
  };
  return (model) => makeAdapter(model, storeOf(model), { ...options, revokeFamily });
}

interface AdapterContext extends MemoryAdapterOptions {
  readonly revokeFamily: (grantId: string | undefined) => void;
}

function makeAdapter(model: string, store: Store, context: AdapterContext): Adapter {
  const graceMillis = model === "RefreshToken" ? context.rotationGraceMillis : 0;
  const isDeviceCode = model === "DeviceCode";
  const firstWhere = (predicate: (payload: AdapterPayload) => boolean) => {
    for (const stored of store.values()) {
      if (predicate(stored.payload)) {
        return visible(stored, graceMillis);
      }
    }
    return undefined;
  };

  return {
    upsert: async (id, payload, expiresInSeconds) => {
      if (isDeviceCode && !store.has(id)) {
        context.onDeviceCodeIssued(id);
      }
      store.set(id, {
        payload,
        expiresAtMillis: Date.now() + (expiresInSeconds ?? Infinity) * 1000,
      });
      removeWhere(
        store,
        ({ expiresAtMillis }) => expiresAtMillis + retentionMillis < Date.now(),
        isDeviceCode ? context.onDeviceCodeGone : undefined,
      );
    },
    find: async (id) => {
      const stored = store.get(id);
      if (stored === undefined) {
        return undefined;
      }
      if (isDeviceCode) {
        context.onDeviceCodeFound(id, stored.payload);
      }
      return visible(stored, graceMillis);
    },
    findByUid: async (uid) => firstWhere((payload) => payload.uid === uid),
    findByUserCode: async (userCode) => firstWhere((payload) => payload.userCode === userCode),
    consume: async (id) => {
      const stored = store.get(id);
      if (stored === undefined) {
        throw context.usedTwice();
      }
      consume(stored, { graceMillis, isOneTime: oneTime.has(model), context });
    },
    destroy: async (id) => {
      store.delete(id);
      context.onDeviceCodeGone(id);
    },
    revokeByGrantId: async (grantId) => {
      removeWhere(store, ({ payload }) => payload.grantId === grantId);
    },
  };
}

interface ConsumeOptions {
  readonly graceMillis: number;
  readonly isOneTime: boolean;
  readonly context: AdapterContext;
}

/** Two requests at once have both found the token unused: the second is stopped here. */
function consume(stored: Stored, { graceMillis, isOneTime, context }: ConsumeOptions): void {
  if (isOneTime && isConsumed(stored, graceMillis)) {
    context.revokeFamily(stored.payload.grantId);
    throw context.usedTwice();
  }
  stored.consumedAtMillis ??= Date.now();
}

function isConsumed(stored: Stored, graceMillis: number): boolean {
  return stored.consumedAtMillis !== undefined &&
    (graceMillis === 0 || Date.now() - stored.consumedAtMillis >= graceMillis);
}

function visible(stored: Stored, graceMillis: number): AdapterPayload {
  const { payload, consumedAtMillis } = stored;
  return isConsumed(stored, graceMillis)
    ? { ...payload, consumed: Math.floor((consumedAtMillis ?? 0) / 1000) }
    : { ...payload };
}

function removeWhere(
  store: Store,
  predicate: (stored: Stored) => boolean,
  onRemoved?: (id: string) => void,
): void {
  for (const [id, stored] of store) {
    if (predicate(stored)) {
      store.delete(id);
      onRemoved?.(id);
    }
  }
}
