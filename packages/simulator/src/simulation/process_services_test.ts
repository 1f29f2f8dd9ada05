import { assert, describe, it } from "@effect/vitest";
import { Effect, Exit, Option, Redacted } from "effect";
import * as HttpClient from "effect/http/HttpClient";
import { FlowStore } from "@bellhop/core/flow/flow_store";
import { Observer } from "@bellhop/core/protocol/observation";
import { fromTokens } from "@bellhop/core/session/session_record";
import { SessionStore } from "@bellhop/core/session/session_store";
import { SessionVault } from "@bellhop/core/session/session_vault";
import { Network } from "../network/network.ts";
import { ServerHost } from "../network/server_host.ts";
import { apiUrl, publicClient } from "../scenario/simulated_client.ts";
import { isPlanted, secretOf } from "../server/secret.ts";
import { SimulatedFlowStore } from "../store/simulated_flow_store.ts";
import { SimulatedStore } from "../store/simulated_store.ts";
import { exitIn } from "../world/testdata/exit_in.ts";
import { World } from "../world/world.ts";
import { People } from "./people.ts";
import { layerOf, type ProcessServices, type Surroundings } from "./process_services.ts";

function place(): Surroundings {
  const world = new World({ seed: 1 });
  const server = new ServerHost(world, {});
  const store = new SimulatedStore(world);
  return {
    world,
    server,
    network: new Network(world, server),
    store,
    flows: new SimulatedFlowStore(world, store),
  };
}

function runIn<A, E>(
  surroundings: Surroundings,
  effect: Effect.Effect<A, E, ProcessServices>,
  machine = 0,
): A {
  const { world } = surroundings;
  const process = world.start({ machine, incarnation: 0 });
  const exit = exitIn([world, process], Effect.provide(effect, layerOf(process, surroundings)));
  assert.isTrue(exit !== undefined && Exit.isSuccess(exit), `${exit}`);
  return (exit as Exit.Success<A, E>).value;
}

const record = fromTokens(publicClient, {
  accessToken: Redacted.make(secretOf("at", 4)),
  refreshToken: Redacted.make(secretOf("rt", 5)),
  tokenType: "Bearer",
  scope: [],
  obtainedAtMillis: 0,
}, { scope: [] });

describe("layerOf()", () => {
  it("lets processes share sealed records, of which the store knows the outline", () => {
    const surroundings = place();
    runIn(
      surroundings,
      SessionVault.use((vault) => vault.put("work", record, { ifVersion: null })),
    );
    assert.deepStrictEqual(surroundings.store.record("work"), {
      status: "active",
      refreshToken: 5,
      accessTokens: [4],
      isRenewing: false,
    });
    const [bytes, read] = runIn(
      surroundings,
      Effect.all([
        SessionStore.use((store) => store.get("work")),
        SessionVault.use((vault) => vault.get("work")),
      ]),
      1,
    );
    assert.isFalse(isPlanted(new TextDecoder().decode(Option.getOrThrow(bytes).bytes)));
    const { accessTokens: [token] } = Option.getOrThrow(read).record;
    assert.isTrue(
      token !== undefined && Redacted.value(token.tokens.accessToken) === secretOf("at", 4),
    );
  });

  it("goes to the server over the network of the world", () => {
    const surroundings = place();
    const { status } = runIn(surroundings, HttpClient.get(apiUrl));
    assert.strictEqual(status, 401);
    assert.include(surroundings.world.events.map(({ type }) => type), "http.arrived");
  });

  it("lets flows wait in the store of the world", () => {
    const surroundings = place();
    const put = FlowStore.use((flows) => flows.put("a", Uint8Array.of(7), { ttlMillis: 900_000 }));
    runIn(surroundings, put);
    const taken = runIn(surroundings, FlowStore.use((flows) => flows.take("a")), 1);
    assert.deepStrictEqual([...Option.getOrThrow(taken)], [7]);
  });

  it("has the world's people", () => {
    const surroundings = place();
    surroundings.server.people.push([]);
    const visit = People.use((people) => people.visit("https://as.example.com/authorize"));
    assert.deepStrictEqual(runIn(surroundings, Effect.timeoutOption(visit, 5_000)), Option.none());
    assert.include(surroundings.world.events.map(({ type }) => type), "browser.sent");
  });

  it("tells the world what is observed", () => {
    const surroundings = place();
    const observation = {
      type: "lease.taken" as const,
      at: 1,
      key: "work",
      durationMillis: 2,
    };
    const observe = Effect.map(Observer, (observer) => observer?.observe(observation));
    runIn(surroundings, observe);
    const told = surroundings.world.events.find(({ type }) => type === "observed");
    assert.deepInclude(told, { type: "observed", process: "p0.0", observation });
  });
});
