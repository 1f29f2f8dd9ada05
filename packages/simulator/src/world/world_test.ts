import { assert, describe, it } from "@effect/vitest";
import { Context, Effect } from "effect";
import { exitIn, sinceStart, small } from "./testdata/exit_in.ts";
import { World } from "./world.ts";

/** Who had the turns, where three processes would all like to have them. */
function turnsOf(seed: number): string {
  const world = new World({ seed });
  let turns = "";
  for (const machine of [0, 1, 2]) {
    const process = world.start({ machine, incarnation: 0 });
    const step = Effect.andThen(Effect.sync(() => turns += machine), Effect.yieldNow);
    process.run(Effect.repeat(step, { times: 9 }), Context.empty());
  }
  world.run(world.nowMillis);
  return turns;
}

describe("World.run()", () => {
  it("draws from the seed which process goes on", () => {
    assert.strictEqual(turnsOf(1), turnsOf(1));
    assert.strictEqual(turnsOf(1).length, 30);
    const orders = new Set(Array.from({ length: 20 }, (_, seed) => turnsOf(seed)));
    assert.strictEqual(orders.size, 20);
  });

  it("moves time to what comes next, and at the end to the moment it was asked for", () => {
    const { world } = small();
    const at: Array<number> = [];
    for (const millis of [70, 20, 50]) {
      world.after(millis, () => at.push(sinceStart(world)));
    }
    world.run(world.startMillis + 60);
    assert.deepStrictEqual(at, [20, 50]);
    assert.strictEqual(sinceStart(world), 60);
    world.run(world.startMillis + 65);
    assert.deepStrictEqual(at, [20, 50]);
    world.run(world.startMillis + 70);
    assert.deepStrictEqual(at, [20, 50, 70]);
  });

  it("never goes back in time", () => {
    const { world } = small();
    world.run(world.startMillis + 60);
    world.run(world.startMillis + 30);
    assert.strictEqual(sinceStart(world), 60);
  });

  it("lets every process do what it can before time goes on", () => {
    const { world, process } = small();
    const seen: Array<string> = [];
    world.after(1, () => seen.push("timer"));
    process.post(() => {
      seen.push("first");
      process.post(() => seen.push("second"));
    });
    world.run(world.startMillis + 1);
    assert.deepStrictEqual(seen, ["first", "second", "timer"]);
  });

  it("ends when it is stopped, and does not begin again", () => {
    const { world, process } = small();
    const seen: Array<number> = [];
    for (const turn of [1, 2, 3]) {
      process.post(() => {
        seen.push(turn);
        if (turn === 2) world.stop();
      });
    }
    world.run(world.startMillis + 10);
    assert.deepStrictEqual(seen, [1, 2]);
    world.run(world.startMillis + 10);
    assert.deepStrictEqual(seen, [1, 2]);
    assert.strictEqual(sinceStart(world), 0);
    assert.isTrue(world.isStopped);
  });

  it("counts turns as steps", () => {
    const { world, process } = small();
    for (let turn = 0; turn < 5; turn++) process.post(() => undefined);
    world.run(world.startMillis);
    assert.strictEqual(world.steps, 5);
  });

  for (
    const [name, loop] of [
      ["yields", Effect.forever(Effect.yieldNow)],
      ["does not yield", Effect.forever(Effect.void, { disableYield: true })],
      ["sleeps for no time", Effect.forever(Effect.sleep(0))],
    ] as const
  ) {
    it(`tells of a loop that ${name} and lets no time go on, and stops`, () => {
      const world = new World({ seed: 1 });
      const process = world.start({ machine: 0, incarnation: 0, operationsPerTurn: 3 });
      assert.strictEqual(exitIn([world, process], loop), undefined);
      const spun = world.events.filter(({ type }) => type === "process.spun");
      assert.deepStrictEqual(spun.map(({ at }) => at), [world.startMillis]);
      const { steps } = world;
      world.run(world.startMillis + 1);
      assert.strictEqual(world.steps, steps);
    });
  }

  it("takes no loop that sleeps for one that does not", () => {
    const { world, process } = small();
    const loop = Effect.forever(
      Effect.andThen(Effect.repeat(Effect.yieldNow, { times: 9 }), Effect.sleep(1)),
    );
    exitIn([world, process], loop, 30_000);
    assert.isAbove(world.steps, 200_000);
    assert.notInclude(world.events.map(({ type }) => type), "process.spun");
  });
});

describe("World.after()", () => {
  it("does nothing once it is cancelled, and cancelling once more does nothing", () => {
    const { world } = small();
    let count = 0;
    const timer = world.after(5, () => count += 1);
    world.after(5, () => count += 10);
    timer.cancel();
    timer.cancel();
    world.run(world.startMillis + 5);
    timer.cancel();
    assert.strictEqual(count, 10);
  });

  it("keeps time whole, and takes the past for now", () => {
    const { world } = small();
    const at: Array<number> = [];
    for (const millis of [1.2, -7, 0]) world.after(millis, () => at.push(sinceStart(world)));
    world.run(world.startMillis + 5);
    assert.deepStrictEqual(at, [0, 0, 2]);
  });
});

describe("World.emit()", () => {
  it("numbers events and gives them their time, for all who listen", () => {
    const world = new World({ seed: 1, startMillis: 1_000 });
    const heard: Array<readonly [number, number, string]> = [];
    world.emit({ type: "world.quiet" });
    world.listen(({ seq, at, type }) => heard.push([seq, at, type]));
    world.after(7, () => world.emit({ type: "person", does: "approve", status: 200 }));
    world.start({ machine: 2, incarnation: 3, clockOffsetMillis: -4 });
    world.run(1_010);
    assert.deepStrictEqual(heard, [[1, 1_000, "process.started"], [2, 1_007, "person"]]);
    assert.deepStrictEqual(world.events.map(({ seq }) => seq), [0, 1, 2]);
    assert.deepStrictEqual(world.events[1], {
      seq: 1,
      at: 1_000,
      type: "process.started",
      process: "p2.3",
      clockOffsetMillis: -4,
    });
  });
});

describe("World.processes", () => {
  it("holds those that are alive", () => {
    const { world, process } = small();
    const other = world.start({ machine: 1, incarnation: 0 });
    process.crash();
    other.hang(1_000);
    world.run(world.startMillis + 1);
    assert.deepStrictEqual([...world.processes], [other]);
  });
});

describe("World.nextCall()", () => {
  it("counts from 1", () => {
    const { world } = small();
    assert.deepStrictEqual([world.nextCall(), world.nextCall()], [1, 2]);
  });
});

describe("World.listen()", () => {
  it("throws what a listener throws out of the world, and not into the process", () => {
    const { world, process } = small();
    let caught = 0;
    world.listen(({ type }) => {
      if (type === "clock.jumped") throw new Error("broken");
    });
    const program = Effect.catchDefect(
      Effect.sync(() => process.jump(5)),
      () => Effect.sync(() => caught += 1),
    );
    process.run(program, Context.empty());
    assert.throws(() => world.run(world.nowMillis + 1_000), "broken");
    assert.deepStrictEqual([caught, world.isStopped], [0, true]);
    assert.throws(() => world.run(world.nowMillis + 1_000), "broken");
  });
});
