import { assert, describe, it } from "@effect/vitest";
import { Context, Effect, Exit, Option } from "effect";
import { FlowStore } from "@bellhop/core/flow/flow_store";
import { cases } from "@bellhop/core/flow/flow_store_conformance";
import type { StoreTrouble } from "../fault/fault.ts";
import { exitIn } from "../world/testdata/exit_in.ts";
import { World } from "../world/world.ts";
import { SimulatedFlowStore } from "./simulated_flow_store.ts";
import { SimulatedStore } from "./simulated_store.ts";

function place() {
  const world = new World({ seed: 1 });
  const store = new SimulatedStore(world);
  const flows = new SimulatedFlowStore(world, store);
  const process = world.start({ machine: 0, incarnation: 0 });
  const meet = (trouble: StoreTrouble) => {
    store.faults.clear();
    store.faults.add({ on: "store", trouble, atMillis: 0, forMillis: 0, permille: 1_000 });
  };
  const told = <A>(
    use: (flows: FlowStore) => Effect.Effect<A, { readonly reason: { readonly _tag: string } }>,
  ) => {
    const exit = exitIn(
      [world, process],
      Effect.catch(use(flows.of(process)), ({ reason }) => Effect.succeed(reason._tag)),
      20_000,
    );
    assert.isTrue(exit !== undefined && Exit.isSuccess(exit));
    return (exit as Exit.Success<A | string>).value;
  };
  const put = () =>
    told((store) =>
      Effect.as(store.put("flow", Uint8Array.of(1, 2), { ttlMillis: 60_000 }), "put")
    );
  const take = () =>
    told((store) => Effect.map(store.take("flow"), Option.map((bytes) => [...bytes].join())));
  return { world, store, flows, process, meet, put, take };
}

describe("SimulatedFlowStore.of()", () => {
  for (const { name, effect } of cases()) {
    it(name, () => {
      const { world, flows, process } = place();
      const held = Effect.provideService(effect, FlowStore, flows.of(process));
      assert.deepStrictEqual(exitIn([world, process], held), Exit.void);
    });
  }

  it("is one store for all processes", () => {
    const { world, flows, put } = place();
    put();
    const other = world.start({ machine: 1, incarnation: 0 });
    const exit = exitIn([world, other], flows.of(other).take("flow"));
    assert.isTrue(exit !== undefined && Exit.isSuccess(exit) && Option.isSome(exit.value));
  });

  it(`"unwritable": nothing is laid there`, () => {
    const { store, meet, put, take } = place();
    meet("unwritable");
    assert.strictEqual(put(), "Unavailable");
    store.faults.clear();
    assert.deepStrictEqual(take(), Option.none());
  });

  it(`"written, unsaid": it is laid there, and whoever did it is told otherwise`, () => {
    const { meet, put, take } = place();
    meet("written, unsaid");
    assert.strictEqual(put(), "Unavailable");
    assert.deepStrictEqual(take(), Option.some("1,2"));
  });

  it(`"unreadable": nothing is taken, and it stays`, () => {
    const { store, meet, put, take } = place();
    meet("unreadable");
    assert.strictEqual(put(), "put");
    assert.strictEqual(take(), "Unavailable");
    store.faults.clear();
    assert.deepStrictEqual(take(), Option.some("1,2"));
  });

  it("meets no trouble of versions and leases", () => {
    for (
      const trouble of [
        "conflict",
        "written, conflict",
        "stale",
        "lease forgotten",
        "slow",
      ] as const
    ) {
      const { meet, put, take } = place();
      meet(trouble);
      assert.deepStrictEqual([put(), take()], ["put", Option.some("1,2")]);
    }
  });

  it("gives nothing back of what somebody took and did not get", () => {
    const { world, flows, process, put, take } = place();
    put();
    process.run(Effect.timeoutOption(flows.of(process).take("flow"), 0), Context.empty());
    world.run(world.nowMillis + 1_000);
    assert.deepStrictEqual(take(), Option.none());
  });
});
