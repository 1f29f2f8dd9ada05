/**
 * What a program finds in a simulated process: everything that Bellhop asks for, made of the world.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import * as HttpClient from "effect/http/HttpClient";
import { FlowStore } from "@bellhop/core/flow/flow_store";
import { Observer } from "@bellhop/core/protocol/observation";
import { layer as layerKeys, makeKey, type SealingKeys } from "@bellhop/core/protocol/seal";
import { SessionStore } from "@bellhop/core/session/session_store";
import { layer as layerVault, SessionVault } from "@bellhop/core/session/session_vault";
import { layer as layerCrypto, type SimulatedCrypto } from "../crypto/simulated_crypto.ts";
import type { Network } from "../network/network.ts";
import type { ServerHost } from "../network/server_host.ts";
import { outlineOf, WrittenRecord } from "../store/record_outline.ts";
import type { SimulatedFlowStore } from "../store/simulated_flow_store.ts";
import type { SimulatedStore } from "../store/simulated_store.ts";
import type { Process } from "../world/process.ts";
import type { World } from "../world/world.ts";
import { People, peopleOf } from "./people.ts";

/** What all processes of a world share. */
export interface Surroundings {
  /** Time and schedule. */
  readonly world: World;
  /** The authorization server. */
  readonly server: ServerHost;
  /** The way to it. */
  readonly network: Network;
  /** Where sessions lie. */
  readonly store: SimulatedStore;
  /** Where flows wait. */
  readonly flows: SimulatedFlowStore;
}

/** What a program finds in a simulated process. */
export type ProcessServices =
  | HttpClient.HttpClient
  | SessionStore
  | SessionVault
  | FlowStore
  | SealingKeys
  | SimulatedCrypto
  | People;

const layerOneKey = Layer.unwrap(
  Effect.map(
    Effect.orDie(makeKey(Redacted.make(new Uint8Array(32).fill(9)))),
    (key) => layerKeys([key]),
  ),
);

/** Tells the store whose record it gets. */
const layerTold: Layer.Layer<SessionVault, never, SessionVault> = Layer.effect(
  SessionVault,
  Effect.map(SessionVault, (vault) => ({
    ...vault,
    put: (key, record, options) =>
      Effect.provideService(vault.put(key, record, options), WrittenRecord, outlineOf(record)),
  })),
);

/**
 * Provides them for one process.
 *
 * @param process Which one.
 * @param surroundings What it shares with the others.
 */
export function layerOf(
  process: Process,
  { world, server, network, store, flows }: Surroundings,
): Layer.Layer<ProcessServices> {
  const observer: Observer = {
    observe: (observation) => world.emit({ type: "observed", process: process.name, observation }),
  };
  return layerTold.pipe(
    Layer.provide(layerVault),
    Layer.provideMerge(
      Layer.mergeAll(
        Layer.succeed(SessionStore, store.of(process)),
        Layer.succeed(FlowStore, flows.of(process)),
        Layer.succeed(HttpClient.HttpClient, network.client(process)),
        Layer.succeed(People, peopleOf(world, server, process)),
        Layer.succeed(Observer, observer),
        layerOneKey,
      ),
    ),
    Layer.provideMerge(layerCrypto(process.draw)),
    Layer.fresh,
  );
}
