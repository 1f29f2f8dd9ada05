/** A store, sealing keys and crypto for the tests of sessions: everything but the server. */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import type * as Digest from "effect/crypto/Digest";
import { layer as layerKeys, makeKey } from "../../protocol/seal.ts";
import { layerMemory } from "../memory_store.ts";
import type { SessionStore } from "../session_store.ts";
import { layer as layerVault, type SessionVault } from "../session_vault.ts";
import * as SyncCrypto from "./sync_crypto.ts";

const keys = Layer.unwrap(
  Effect.map(
    Effect.orDie(makeKey(Redacted.make(new Uint8Array(32).fill(9)))),
    (key) => layerKeys([key]),
  ),
);

/** Above any store. */
export const layerAbove = (
  store: Layer.Layer<SessionStore>,
): Layer.Layer<SessionVault | SessionStore | Digest.Digest> =>
  layerVault.pipe(
    Layer.provideMerge(store),
    Layer.provide(keys),
    Layer.provideMerge(SyncCrypto.layer),
  );

/** A fresh memory store for each test. */
export const layer: Layer.Layer<SessionVault | SessionStore | Digest.Digest> = layerAbove(
  layerMemory,
);
