/**
 * Everything that a program with Bellhop in it needs under a test clock, with an authorization server
 * in memory: no sockets, no waiting, the same bytes for the same seed.
 *
 * ```ts
 * import { Effect } from "effect";
 * import { TestClock } from "effect/testing";
 * import { open } from "@bellhop/core/session/session";
 * import { publicClient } from "@bellhop/simulator/scenario/simulated_client";
 * import { SimulatedServer } from "@bellhop/simulator/server/simulated_server";
 * import { layer, signIn } from "@bellhop/simulator/test_layer";
 * import { equal } from "node:assert/strict";
 *
 * const test = Effect.gen(function* () {
 *   const session = yield* open({ key: "work", client: publicClient });
 *   yield* session.signIn(yield* signIn());
 *   yield* TestClock.adjust("1 hour");
 *   yield* session.token();
 *   const { facts } = yield* SimulatedServer;
 *   return facts.filter(({ type }) => type === "token.issued").length;
 * });
 * const world = layer({ accessTokenSeconds: 600 });
 * const issued = await Effect.runPromise(
 *   test.pipe(Effect.scoped, Effect.provide(world), Effect.provide(TestClock.layer())),
 * );
 * equal(issued, 2);
 * ```
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import type { HttpClient } from "effect/http/HttpClient";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import type { FlowStore } from "@bellhop/core/flow/flow_store";
import { layerMemory as layerFlows } from "@bellhop/core/flow/memory_flow_store";
import { encode } from "@bellhop/core/protocol/form";
import { layer as layerKeys, makeKey, type SealingKeys } from "@bellhop/core/protocol/seal";
import type { TokenSet } from "@bellhop/core/protocol/token_set";
import { layerMemory } from "@bellhop/core/session/memory_store";
import type { SessionStore } from "@bellhop/core/session/session_store";
import { layer as layerVault, type SessionVault } from "@bellhop/core/session/session_vault";
import { layer as layerCrypto, type SimulatedCrypto } from "./crypto/simulated_crypto.ts";
import { publicClient, registeredClients } from "./scenario/simulated_client.ts";
import { stream } from "./seed.ts";
import { layer as layerServer } from "./server/http_client.ts";
import type { ServerOptions } from "./server/server_options.ts";
import { SimulatedServer } from "./server/simulated_server.ts";

/** How the server behaves, and what is drawn. */
export interface TestLayerOptions extends ServerOptions {
  /**
   * Decides every key, verifier and state.
   *
   * @default 1
   */
  readonly seed?: number | undefined;
}

/** What {@linkcode layer} provides. */
export type TestServices =
  | HttpClient
  | SimulatedServer
  | SessionStore
  | SessionVault
  | FlowStore
  | SealingKeys
  | SimulatedCrypto;

const layerOneKey = Layer.unwrap(
  Effect.map(
    Effect.orDie(makeKey(Redacted.make(new Uint8Array(32).fill(9)))),
    (key) => layerKeys([key]),
  ),
);

/**
 * Provides a new world.
 *
 * @param options The server knows the clients of `simulated_client` unless told otherwise.
 */
export function layer(options: TestLayerOptions = {}): Layer.Layer<TestServices> {
  const { seed = 1, clients = registeredClients, ...server } = options;
  return layerVault.pipe(
    Layer.provideMerge(
      Layer.mergeAll(
        layerMemory,
        layerFlows(),
        layerOneKey,
        layerServer({ ...server, clients }),
      ),
    ),
    Layer.provideMerge(layerCrypto(stream(seed, "test"))),
    Layer.fresh,
  );
}

/** For whom and for what somebody signs in. */
export interface SignInOptions {
  /**
   * The client.
   *
   * @default the public one of `simulated_client`
   */
  readonly clientId?: string | undefined;
  /**
   * The scope.
   *
   * @default ["read", "write"]
   */
  readonly scope?: ReadonlyArray<string> | undefined;
}

/** Gives the tokens of somebody who has just signed in with a device, at once. */
export const signIn: (
  options?: SignInOptions,
) => Effect.Effect<TokenSet, never, SimulatedServer> = Effect.fnUntraced(
  function* ({ clientId = publicClient.clientId, scope = ["read", "write"] }: SignInOptions = {}) {
    const server = yield* SimulatedServer;
    const now = yield* Clock.currentTimeMillis;
    const post = (path: string, form: Readonly<Record<string, string>>) => {
      const { body } = server.handle({
        method: "POST",
        url: `${server.state.settings.issuer}${path}`,
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: encode(Object.entries(form)),
      }, now);
      return body === "" ? {} : JSON.parse(body) as Record<string, string & number>;
    };
    const device = post("/device_authorization", { client_id: clientId, scope: scope.join(" ") });
    post("/device", { user_code: device["user_code"] ?? "", decision: "approve" });
    const answer = post("/token", {
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      device_code: device["device_code"] ?? "",
      client_id: clientId,
    });
    const { access_token, refresh_token, expires_in } = answer;
    if (access_token === undefined) {
      return yield* Effect.die(new Error(`The simulated server refused: ${answer["error"]}`));
    }
    return {
      accessToken: Redacted.make(access_token),
      tokenType: "Bearer",
      obtainedAtMillis: now,
      scope,
      ...(expires_in === undefined ? {} : { expiresInSeconds: expires_in }),
      ...(refresh_token === undefined ? {} : { refreshToken: Redacted.make(refresh_token) }),
    };
  },
);
