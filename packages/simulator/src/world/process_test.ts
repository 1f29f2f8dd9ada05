import { assert, describe, it, vi } from "@effect/vitest";
import { Cause, Clock, Context, Effect, Exit, Fiber, Random, References, Scheduler } from "effect";
import { exitIn, sinceStart, small } from "./testdata/exit_in.ts";
import type { Process } from "./process.ts";
import { World } from "./world.ts";

function success<A, E>(exit: Exit.Exit<A, E> | undefined): A | undefined {
  return exit !== undefined && Exit.isSuccess(exit) ? exit.value : undefined;
}

function start(process: Process, effect: Effect.Effect<unknown, unknown>): () => void {
  return process.run(effect, Context.empty());
}

const types = ({ events }: World) => events.slice(1).map(({ type }) => type);

describe("Process.run()", () => {
  it("tells what came of an effect, after its turns and its time", () => {
    const { world, process } = small();
    const exit = exitIn([world, process], Effect.as(Effect.sleep(1_500), "done"));
    assert.deepStrictEqual(exit, Exit.succeed("done"));
    assert.isAbove(world.steps, 1);
  });

  it("does nothing before the process has its turn", () => {
    const { world, process } = small();
    let isRun = false;
    start(process, Effect.sync(() => isRun = true));
    assert.isFalse(isRun);
    world.run(world.nowMillis);
    assert.isTrue(isRun);
  });

  it("gives what interrupts the effect, with its finalizers", () => {
    const { world, process } = small();
    let isCleaned = false;
    let exit: Exit.Exit<unknown> | undefined;
    const interrupt = process.run(
      Effect.ensuring(Effect.never, Effect.sync(() => isCleaned = true)),
      Context.empty(),
      (told) => {
        exit = told;
      },
    );
    world.after(5, interrupt);
    world.run(world.startMillis + 10);
    assert.isTrue(isCleaned);
    assert.isTrue(
      exit !== undefined && Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause),
    );
  });

  it("has its own clock and randomness before those of the services", () => {
    const { world, process } = small();
    const services = Context.make(Random.Random, {
      nextIntUnsafe: () => 4,
      nextDoubleUnsafe: () => 0.25,
    });
    let drawn: number | undefined;
    process.run(Effect.map(Random.next, (next) => drawn = next), services);
    world.run(world.nowMillis);
    assert.isDefined(drawn);
    assert.notStrictEqual(drawn, 0.25);
  });
});

describe("Process.sleep()", () => {
  it("wakes sleepers in the order of their times", () => {
    const { world, process } = small();
    const woken: Array<readonly [number, number]> = [];
    const sleeper = (millis: number) =>
      Effect.map(Effect.sleep(millis), () => woken.push([millis, sinceStart(world)]));
    const sleepers = Effect.forEach([300, 100, 200, 100], sleeper, { concurrency: "unbounded" });
    exitIn([world, process], sleepers);
    assert.deepStrictEqual(woken, [[100, 100], [100, 100], [200, 200], [300, 300]]);
  });

  it("takes the next whole millisecond", () => {
    const { world, process } = small();
    const slept = Effect.map(Effect.sleep("1500 micros"), () => sinceStart(world));
    assert.strictEqual(success(exitIn([world, process], slept)), 2);
  });

  it("never ends where the time is endless", () => {
    const { world, process } = small();
    assert.strictEqual(exitIn([world, process], Effect.sleep(Infinity)), undefined);
  });

  it("leaves nothing behind when it is interrupted", () => {
    const { world, process } = small();
    const posted = vi.spyOn(process, "post");
    exitIn([world, process], Effect.timeoutOption(Effect.sleep(5_000), 1_000));
    const { steps } = world;
    const posts = posted.mock.calls.length;
    world.run(world.nowMillis + 10_000);
    assert.deepStrictEqual([world.steps, posted.mock.calls.length], [steps, posts]);
  });
});

describe("Process.takeTurn()", () => {
  it("tells of what is thrown outside fibers, and goes on", () => {
    const { world, process } = small();
    let isDone = false;
    process.post(() => {
      throw new TypeError("unseen");
    });
    process.post(() => isDone = true);
    world.run(world.nowMillis);
    assert.isTrue(isDone);
    const what = "a callback outside its fibers";
    const fault = "TypeError: unseen";
    const [, event] = world.events;
    assert.deepInclude(event, { type: "process.faulted", process: "p0.0", what, fault });
  });
});

describe("a fiber that nobody waits for", () => {
  const faults = ({ events }: World) =>
    events.flatMap((event) => event.type === "process.faulted" ? [event.what, event.fault] : []);

  it("does not die unseen", () => {
    const { world, process } = small();
    const dying = Effect.andThen(Effect.sleep(5), Effect.die(new TypeError("unseen")));
    start(process, Effect.andThen(Effect.forkDetach(dying), Effect.void));
    world.run(world.nowMillis + 10);
    assert.deepStrictEqual(faults(world), ["a fiber", "TypeError: unseen"]);
  });

  it("may fail or be interrupted, and is told of by whoever sees its end", () => {
    const { world, process } = small();
    const all = [Effect.fail("no"), Effect.interrupt, Effect.exit(Effect.die("seen"))];
    for (const each of all) start(process, Effect.andThen(Effect.forkDetach(each), Effect.void));
    let isTold = false;
    process.run(Effect.die("told"), Context.empty(), () => isTold = true);
    world.run(world.nowMillis + 10);
    assert.isTrue(isTold);
    assert.deepStrictEqual(faults(world), []);
  });
});

describe("Process.crash()", () => {
  it("abandons everything: no finalizer, no timer, no answer", () => {
    const { world, process } = small();
    const seen: Array<string> = [];
    let answer: (() => void) | undefined;
    const waiting = Effect.callback<void>((resume) => {
      answer = () => process.post(() => resume(Effect.void));
    });
    const program = Effect.all([
      Effect.ensuring(Effect.never, Effect.sync(() => seen.push("finalizer"))),
      Effect.andThen(Effect.sleep(2_000), Effect.sync(() => seen.push("timer"))),
      Effect.andThen(waiting, Effect.sync(() => seen.push("answer"))),
    ], { concurrency: "unbounded", discard: true });
    process.run(program, Context.empty(), () => seen.push("exit"));
    world.after(1_000, () => process.crash());
    world.after(1_500, () => answer?.());
    world.run(world.startMillis + 5_000);
    assert.deepStrictEqual(seen, []);
    assert.strictEqual(process.status, "crashed");
    assert.isFalse(process.isAlive || process.isReady);
    assert.deepStrictEqual(types(world), ["process.crashed"]);
  });

  it("drops what was posted before", () => {
    const { world, process } = small();
    let isDone = false;
    process.post(() => isDone = true);
    process.crash();
    world.run(world.nowMillis);
    assert.isFalse(isDone);
  });

  it("comes after that many turns, and not before there is something to do", () => {
    for (const turns of [1, 2, 5]) {
      const { world, process } = small();
      let done = 0;
      let crashes = 0;
      process.crash(turns, () => crashes += 1);
      for (let task = 0; task < turns; task++) process.post(() => done += 1);
      world.run(world.nowMillis + 1_000);
      assert.deepStrictEqual([done, crashes, process.status], [turns, 0, "running"]);
      process.post(() => done += 1);
      world.run(world.nowMillis + 1_000);
      assert.deepStrictEqual([done, crashes, process.status], [turns, 1, "crashed"]);
    }
  });

  it("comes with the fewest turns of all that were asked for, and once", () => {
    const { world, process } = small();
    const crashed: Array<string> = [];
    process.crash(1, () => crashed.push("first"));
    process.crash(9, () => crashed.push("second"));
    for (let task = 0; task < 2; task++) process.post(() => undefined);
    world.run(world.nowMillis);
    process.crash(0, () => crashed.push("third"));
    assert.deepStrictEqual(crashed, ["second"]);
    assert.deepStrictEqual(types(world), ["process.crashed"]);
  });

  it("is taken back by spare() where it has not come yet", () => {
    const { world, process } = small();
    process.crash(1);
    process.spare();
    for (let task = 0; task < 3; task++) process.post(() => undefined);
    world.run(world.nowMillis);
    assert.strictEqual(process.status, "running");
  });
});

describe("Process.end()", () => {
  it("ends it once, and not after a crash", () => {
    const { world, process } = small();
    const other = world.start({ machine: 1, incarnation: 0 });
    process.end();
    process.end();
    process.crash();
    other.crash();
    other.end();
    const seen = world.events.slice(2).map((
      event,
    ) => [event.type, "process" in event && event.process]);
    assert.deepStrictEqual(seen, [["process.ended", "p0.0"], ["process.crashed", "p1.0"]]);
    assert.strictEqual(process.status, "ended");
  });
});

describe("Process.hang()", () => {
  it("does late what came meanwhile, as if nothing had been", () => {
    const { world, process } = small();
    const done: Array<readonly [string, number]> = [];
    start(
      process,
      Effect.andThen(
        Effect.sleep(1_000),
        Effect.sync(() => done.push(["timer", sinceStart(world)])),
      ),
    );
    world.after(500, () => process.hang(3_000));
    world.after(2_000, () => process.post(() => done.push(["answer", sinceStart(world)])));
    world.run(world.startMillis + 3_499);
    assert.deepStrictEqual([done.length, process.status, process.isAlive], [0, "hung", true]);
    world.run(world.startMillis + 9_000);
    assert.deepStrictEqual(done, [["timer", 3_500], ["answer", 3_500]]);
    assert.strictEqual(process.wokeAtMillis, world.startMillis + 3_500);
    assert.deepStrictEqual(types(world), ["process.hung", "process.woke"]);
  });

  it("changes nothing in a process that hangs or is gone", () => {
    const { world, process } = small();
    process.hang(1_000);
    process.hang(5_000);
    world.run(world.startMillis + 1_000);
    assert.strictEqual(process.status, "running");
    process.crash();
    process.hang(1_000);
    process.wake();
    assert.strictEqual(process.status, "crashed");
  });

  it("lasts for its own time, whatever became of the one before", () => {
    const { world, process } = small();
    process.hang(1_000);
    process.wake();
    process.hang(5_000);
    world.run(world.startMillis + 4_999);
    assert.strictEqual(process.status, "hung");
    world.run(world.startMillis + 5_000);
    assert.strictEqual(process.status, "running");
  });

  it("ends in a crash where that comes meanwhile", () => {
    const { world, process } = small();
    process.hang(1_000);
    process.crash();
    world.run(world.startMillis + 2_000);
    assert.deepStrictEqual(types(world), ["process.hung", "process.crashed"]);
  });
});

describe("Process.context", () => {
  const times = Effect.all({
    millis: Clock.currentTimeMillis,
    nanos: Clock.currentTimeNanos,
    monotonic: Clock.Clock.use((clock) => clock.monotonicTimeNanos),
  });

  it("has a wall clock of its own, and a monotonic one that is true", () => {
    const world = new World({ seed: 1, startMillis: 1_000_000 });
    const process = world.start({ machine: 0, incarnation: 0, clockOffsetMillis: -250 });
    const before = success(exitIn([world, process], times, 40));
    assert.deepStrictEqual(before, {
      millis: 999_750,
      nanos: 999_750_000_000n,
      monotonic: 0n,
    });
    process.jump(5_000);
    assert.deepStrictEqual(success(exitIn([world, process], times)), {
      millis: 1_004_790,
      nanos: 1_004_790_000_000n,
      monotonic: 40_000_000n,
    });
    assert.deepStrictEqual(types(world), ["clock.jumped"]);
  });

  it("lets sleepers sleep on when the wall clock is set", () => {
    const { world, process } = small();
    for (const [at, by] of [[100, 60_000], [200, -90_000]] as const) {
      world.after(at, () => process.jump(by));
    }
    const program = Effect.map(
      Effect.andThen(Effect.sleep(1_000), Clock.currentTimeMillis),
      (millis) => [sinceStart(world), millis - world.startMillis],
    );
    assert.deepStrictEqual(success(exitIn([world, process], program)), [1_000, -29_000]);
  });

  it("sets no clock of a process that is gone", () => {
    const { process } = small();
    process.crash();
    process.jump(1_000);
    assert.strictEqual(process.clockOffsetMillis, 0);
  });

  it("has randomness that is the process' own", () => {
    const drawn = (seed: number, machine: number) => {
      const world = new World({ seed });
      const process = world.start({ machine, incarnation: 0 });
      const numbers = Effect.all([Random.next, Random.nextInt, Random.nextIntBetween(1, 1_000)]);
      return success(exitIn([world, process], numbers));
    };
    assert.deepStrictEqual(drawn(1, 0), drawn(1, 0));
    assert.notDeepEqual(drawn(1, 0), drawn(1, 1));
    assert.notDeepEqual(drawn(1, 0), drawn(2, 0));
    assert.isTrue((drawn(1, 0)?.[0] ?? 1) < 1);
  });

  it("has fibers take turns in the order in which they became ready", () => {
    const { world, process } = small();
    const seen: Array<number> = [];
    const fiber = (name: number) =>
      Effect.repeat(Effect.andThen(Effect.sync(() => seen.push(name)), Effect.yieldNow), {
        times: 2,
      });
    exitIn([world, process], Effect.forEach([1, 2, 3], fiber, { concurrency: "unbounded" }));
    assert.deepStrictEqual(seen, [1, 2, 3, 1, 2, 3, 1, 2, 3]);
  });

  it("draws when a fiber that goes on and on lets others go first", () => {
    const order = (seed: number) => {
      const world = new World({ seed });
      const process = world.start({ machine: 0, incarnation: 0, operationsPerTurn: 20 });
      const seen: Array<number> = [];
      const fiber = (name: number) =>
        Effect.repeat(Effect.sync(() => seen.push(name)), { times: 49 });
      exitIn([world, process], Effect.forEach([1, 2], fiber, { concurrency: "unbounded" }));
      return seen.join("");
    };
    assert.strictEqual(order(1), order(1));
    assert.notStrictEqual(order(1), order(2));
    assert.notStrictEqual(order(1), "1".repeat(50) + "2".repeat(50));
  });

  it("is what child fibers run in", () => {
    const { world, process } = small();
    const scheduler = Effect.map(Effect.fiber, (fiber) => fiber.getRef(Scheduler.Scheduler));
    const both = Effect.all([scheduler, Effect.flatMap(Effect.forkDetach(scheduler), Fiber.join)]);
    const [own, child] = success(exitIn([world, process], both)) ?? [];
    assert.isDefined(own);
    assert.strictEqual(own, child);
  });

  it("has no logger and no tracer", () => {
    const { world, process } = small();
    const spies = (["log", "error", "warn", "info", "debug"] as const).map((name) =>
      vi.spyOn(console, name)
    );
    const program = Effect.withSpan(
      Effect.andThen(Effect.logError("words"), Effect.forkDetach(Effect.die("unseen"))),
      "span",
    );
    exitIn([world, process], program);
    const calls = spies.map((spy) => spy.mock.calls.length);
    for (const spy of spies) spy.mockRestore();
    assert.deepStrictEqual(calls, [0, 0, 0, 0, 0]);
    assert.isFalse(Context.get(process.context, References.TracerEnabled));
  });
});

describe("Process", () => {
  it("is named by its machine and how many were there before", () => {
    const world = new World({ seed: 1 });
    assert.strictEqual(world.start({ machine: 2, incarnation: 1 }).name, "p2.1");
  });
});
