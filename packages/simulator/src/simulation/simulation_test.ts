import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import { HttpClient } from "effect/http";
import type { Fault } from "../fault/fault.ts";
import type { Invariant, Watcher } from "../invariant/invariant.ts";
import { invariants as all } from "../invariant/invariants.ts";
import { ask } from "../scenario/caller.ts";
import type { Errand, Failure, Scenario } from "../scenario/scenario.ts";
import { apiUrl } from "../scenario/simulated_client.ts";
import type { Process } from "../world/process.ts";
import type { WorldEvent } from "../world/world_event.ts";
import type { Plan } from "./plan.ts";
import { type Outcome, play, run } from "./simulation.ts";

interface TinyOptions {
  /** What it does before it is ready. */
  readonly start?: (process: Process) => Effect.Effect<void, Failure>;
  /** Told what its finalizer ended. */
  readonly ended?: Array<string>;
}

/** A program that uses nothing but its HTTP client. */
function tiny({ start = () => Effect.void, ended = [] }: TinyOptions = {}): Scenario {
  return {
    name: "tiny",
    server: () => ({}),
    errands: (draw, { machines, durationMillis }) =>
      Array.from({ length: 5 }, (_, index) => ({
        atMillis: Math.floor(durationMillis / 6) * (index + 1),
        machine: draw.below(machines),
        what: "call",
      })),
    last: ["last"],
    open: (process) =>
      Effect.gen(function* () {
        const http = yield* HttpClient.HttpClient;
        yield* start(process);
        yield* Effect.addFinalizer(() => Effect.sync(() => ended.push(process.name)));
        return (what) =>
          ask(process, what, () =>
            what === "die" ? Effect.die(new Error("broken")) : Effect.asVoid(http.get(apiUrl)));
      }),
  };
}

const process = (
  machine: number,
  trouble: "crash" | "stop" | "hang" | "clock jump",
  atMillis: number,
) => ({
  on: "process" as const,
  trouble,
  machine,
  atMillis,
  forMillis: 20_000,
});

function planOf(
  errands: ReadonlyArray<readonly [atMillis: number, what: string]>,
  faults: ReadonlyArray<Fault> = [],
): Plan {
  return {
    seed: 1,
    machines: 1,
    durationMillis: 100_000,
    server: {},
    clockOffsetsMillis: [250],
    errands: errands.map(([atMillis, what]): Errand => ({ atMillis, machine: 0, what })),
    faults,
  };
}

/** Some of the events, each with its time since the first moment. */
function told({ events }: Outcome, ...types: ReadonlyArray<WorldEvent["type"]>) {
  const start = events[0]?.at ?? 0;
  return events.flatMap((event) => {
    if (!types.includes(event.type)) return [];
    const name = "process" in event ? event.process : "";
    const what = "what" in event ? event.what : event.type;
    return [`${event.at - start} ${name} ${what}`];
  });
}

const asked = (outcome: Outcome) =>
  told(outcome, "caller.asked").filter((line) => !line.endsWith("last"));
const lives = (outcome: Outcome) =>
  told(outcome, "process.started", "process.ended", "process.crashed", "process.faulted");

describe("play()", () => {
  it("asks what is to be asked, when it is, and at the end the last", () => {
    const plan = planOf([[5_000, "one"], [5_000, "two"], [60_000, "three"]]);
    const outcome = play(plan, { scenario: tiny(), invariants: [] });
    assert.deepStrictEqual(told(outcome, "caller.asked"), [
      "5000 p0.0 one",
      "5000 p0.0 two",
      "60000 p0.0 three",
      "800000 p0.0 last",
    ]);
    assert.strictEqual(told(outcome, "caller.got").length, 4);
    assert.strictEqual(outcome.virtualMillis, 920_000);
    assert.deepStrictEqual(told(outcome, "world.quiet"), ["100000  world.quiet"]);
    assert.isUndefined(outcome.violation);
    assert.strictEqual(outcome.plan, plan);
  });

  it("starts a program that cannot begin again after a second", () => {
    const start = ({ name }: Process) =>
      name < "p0.2" ? Effect.fail({ _tag: "NotYet" }) : Effect.void;
    const outcome = play(planOf([[500, "one"]]), { scenario: tiny({ start }), invariants: [] });
    assert.deepStrictEqual(lives(outcome), [
      "0 p0.0 process.started",
      "0 p0.0 process.ended",
      "1000 p0.1 process.started",
      "1000 p0.1 process.ended",
      "2000 p0.2 process.started",
    ]);
    assert.deepStrictEqual(asked(outcome), ["2000 p0.2 one"]);
  });

  it("tells of a defect, at the start or in an errand", () => {
    const start = ({ name }: Process) => name === "p0.0" ? Effect.die("broken") : Effect.void;
    const outcome = play(planOf([[5_000, "die"], [6_000, "one"]]), {
      scenario: tiny({ start }),
      invariants: [],
    });
    assert.deepStrictEqual(lives(outcome), [
      "0 p0.0 process.started",
      "0 p0.0 main",
      "0 p0.0 process.ended",
      "1000 p0.1 process.started",
      "5000 p0.1 die",
    ]);
    assert.deepStrictEqual(asked(outcome), ["5000 p0.1 die", "6000 p0.1 one"]);
  });

  it("lets errands wait for a program that is not ready", () => {
    const start = () => Effect.sleep(7_000);
    const outcome = play(planOf([[5_000, "one"], [6_000, "two"], [8_000, "three"]]), {
      scenario: tiny({ start }),
      invariants: [],
    });
    assert.deepStrictEqual(asked(outcome), ["7000 p0.0 one", "7000 p0.0 two", "8000 p0.0 three"]);
  });

  it("crashes a process without its finalizers; the next one does what waited", () => {
    const ended: Array<string> = [];
    const outcome = play(planOf([[5_000, "one"], [15_000, "two"]], [process(0, "crash", 10_000)]), {
      scenario: tiny({ ended }),
      invariants: [],
    });
    assert.deepStrictEqual(lives(outcome), [
      "0 p0.0 process.started",
      "10000 p0.0 process.crashed",
      "30000 p0.1 process.started",
    ]);
    assert.deepStrictEqual(asked(outcome), ["5000 p0.0 one", "30000 p0.1 two"]);
    assert.deepStrictEqual(ended, []);
  });

  it("crashes a process once it has had its turns", () => {
    const crash = { ...process(0, "crash", 10_000), turns: 1 };
    const outcome = play(planOf([[50_000, "one"]], [crash]), { scenario: tiny(), invariants: [] });
    const [, crashed] = lives(outcome);
    assert.match(crashed ?? "", /^50\d\d\d p0.0 process.crashed$/);
  });

  it("stops a process with its finalizers; the next one does what waited", () => {
    const ended: Array<string> = [];
    const outcome = play(planOf([[15_000, "one"]], [process(0, "stop", 10_000)]), {
      scenario: tiny({ ended }),
      invariants: [],
    });
    assert.deepStrictEqual(lives(outcome), [
      "0 p0.0 process.started",
      "10000 p0.0 process.ended",
      "30000 p0.1 process.started",
    ]);
    assert.deepStrictEqual(asked(outcome), ["30000 p0.1 one"]);
    assert.deepStrictEqual(ended, ["p0.0"]);
  });

  it("hangs a process, which then does what it was asked meanwhile", () => {
    const outcome = play(planOf([[15_000, "one"]], [process(0, "hang", 10_000)]), {
      scenario: tiny(),
      invariants: [],
    });
    assert.deepStrictEqual(asked(outcome), ["30000 p0.0 one"]);
  });

  it("sets the clock of a machine, for the next process too", () => {
    const jump = { ...process(0, "clock jump", 10_000), byMillis: -1_000 };
    const outcome = play(planOf([], [jump, process(0, "crash", 20_000)]), {
      scenario: tiny(),
      invariants: [],
    });
    const offsets = outcome.events.flatMap((event) =>
      event.type === "process.started" ? [event.clockOffsetMillis] : []
    );
    assert.deepStrictEqual(offsets, [250, -750]);
  });

  it("has network and store troubles come and go", () => {
    const refused = {
      on: "network" as const,
      trouble: "refused" as const,
      atMillis: 10_000,
      forMillis: 10_000,
      permille: 1_000,
    };
    const outcome = play(planOf([[9_000, "one"], [15_000, "two"], [20_001, "three"]], [refused]), {
      scenario: tiny(),
      invariants: [],
    });
    const answers = outcome.events.flatMap((event) =>
      event.type === "caller.got" || event.type === "caller.failed" ? [event.type] : []
    );
    assert.deepStrictEqual(answers, ["caller.got", "caller.failed", "caller.got", "caller.got"]);
    assert.deepStrictEqual(told(outcome, "fault.began", "fault.ended"), [
      "10000  fault.began",
      "20000  fault.ended",
    ]);
  });

  it("ends all troubles at the end: what hangs wakes, what is gone comes back, no crash is left", () => {
    const weather: Fault = {
      on: "network",
      trouble: "partition",
      atMillis: 90_000,
      forMillis: 900_000,
      permille: 1_000,
    };
    const plan: Plan = {
      ...planOf([], [
        weather,
        { ...process(0, "hang", 90_000), forMillis: 900_000 },
        { ...process(1, "crash", 90_000), forMillis: 900_000 },
        { ...process(2, "crash", 90_000), turns: 1 },
      ]),
      machines: 3,
    };
    const outcome = play(plan, { scenario: tiny(), invariants: [] });
    const late = lives(outcome).filter((line) => !line.startsWith("0 "));
    assert.deepStrictEqual(late, ["90000 p1.0 process.crashed", "100000 p1.1 process.started"]);
    assert.deepStrictEqual(told(outcome, "process.woke"), ["100000 p0.0 process.woke"]);
    const got = told(outcome, "caller.got").map((line) => `${line.split(" ")[1]}`).toSorted();
    assert.deepStrictEqual(got, ["p0.0", "p1.1", "p2.0"]);
  });

  it("leaves out what would come after the end", () => {
    const plan = planOf([[100_000, "one"], [100_001, "two"]], [process(0, "crash", 100_001)]);
    const outcome = play(plan, { scenario: tiny(), invariants: [] });
    assert.deepStrictEqual(asked(outcome), ["100000 p0.0 one"]);
    assert.deepStrictEqual(lives(outcome), ["0 p0.0 process.started"]);
  });
});

/** Violated by the first answer that a caller gets. */
const noAnswers = (name: string): Invariant => ({
  name,
  sentence: "Nobody gets an answer",
  watch: () => ({ on: ({ type }) => type === "caller.got" ? "somebody did" : undefined }),
});

describe("play() of what throws", () => {
  it("takes a desk that throws for a fault of its program", () => {
    const throwing: Scenario = {
      ...tiny(),
      open: () =>
        Effect.succeed(() => {
          throw new Error("no desk");
        }),
    };
    const { violation } = play(planOf([[5_000, "one"]]), { scenario: throwing });
    assert.strictEqual(violation?.invariant, "noFault");
    assert.strictEqual(violation?.detail, 'p0.0 ended "one" with a defect: Error: no desk');
  });

  it("takes what a process throws outside its fibers for a fault of its program", () => {
    const open: Scenario["open"] = (process) =>
      Effect.succeed(() =>
        Effect.sync(() =>
          process.post(() => {
            throw new Error("unseen");
          })
        )
      );
    const { violation } = play(planOf([[5_000, "one"]]), { scenario: { ...tiny(), open } });
    assert.strictEqual(violation?.invariant, "noFault");
    assert.match(violation?.detail ?? "", /^p0\.0 ended ".*" with a defect: Error: unseen$/);
  });

  it("throws what an invariant throws, with the seed, whichever it does at that time", () => {
    const watchers: ReadonlyArray<() => Watcher> = [
      () => assert.fail("broken"),
      // In a fiber of the program, which catches what is thrown there.
      () => ({ on: ({ type }) => type === "caller.asked" ? assert.fail("broken") : undefined }),
      () => ({ on: ({ type }) => type === "world.quiet" ? assert.fail("broken") : undefined }),
      () => ({ on: () => undefined, end: () => assert.fail("broken") }),
    ];
    for (const watch of watchers) {
      const fragile: Invariant = { name: "fragile", sentence: "It holds", watch };
      const invariants = [fragile, ...all];
      assert.throws(
        () => play(planOf([[5_000, "one"]]), { scenario: tiny(), invariants }),
        /^Simulation of "tiny" with seed 1 broke down: Error: The invariant fragile threw .*: broken/,
      );
    }
  });
});

describe("play() with invariants", () => {
  const plan = planOf([[5_000, "one"], [60_000, "two"]]);

  it("stops the world at the first violation, and tells of no other", () => {
    const outcome = play(plan, {
      scenario: tiny(),
      invariants: [noAnswers("one"), noAnswers("two")],
    });
    const { violation, events } = outcome;
    assert.deepStrictEqual(violation, {
      invariant: "one",
      sentence: "Nobody gets an answer",
      detail: "somebody did",
      seq: events.length - 1,
    });
    assert.deepInclude(events.at(-1), {
      type: "violated",
      invariant: "one",
      detail: "somebody did",
    });
    assert.strictEqual(events.at(-2)?.type, "caller.got");
    assert.deepStrictEqual(asked(outcome), ["5000 p0.0 one"]);
    assert.isBelow(outcome.virtualMillis, 6_000);
  });

  it("asks at the end what only then can be known", () => {
    const atEnd: Invariant = {
      name: "atEnd",
      sentence: "Something happens in time",
      watch: ({ world }) => ({
        on: () => undefined,
        end: () => `it did not until ${world.nowMillis - world.startMillis}`,
      }),
    };
    const outcome = play(plan, { scenario: tiny(), invariants: [atEnd] });
    assert.strictEqual(outcome.violation?.detail, "it did not until 920000");
    assert.strictEqual(outcome.events.at(-1)?.type, "violated");
    const both = play(plan, { scenario: tiny(), invariants: [atEnd, noAnswers("one")] });
    assert.strictEqual(both.violation?.invariant, "one");
  });

  it("shows them all that there is", () => {
    const seen: Array<number> = [];
    const curious: Invariant = {
      name: "curious",
      sentence: "All can be seen",
      watch: (scene) => {
        assert.deepStrictEqual(scene.plan, plan);
        assert.isUndefined(scene.store.record("work"));
        assert.isUndefined(scene.server.familyOf(1));
        return { on: ({ seq }) => void seen.push(seq) };
      },
    };
    const { events } = play(plan, { scenario: tiny(), invariants: [curious] });
    assert.deepStrictEqual(seen, events.map(({ seq }) => seq));
  });
});

describe("run()", () => {
  const options = { scenario: tiny(), processes: 2, invariants: [] };

  it("takes the same course for the same seed, and another for another", () => {
    const trace = (seed: number) => JSON.stringify(run({ ...options, seed }));
    assert.strictEqual(trace(4), trace(4));
    assert.notStrictEqual(trace(4), trace(5));
  });

  it("holds a program to all invariants unless it is told otherwise", () => {
    const start = () => Effect.die(new Error("broken"));
    const outcome = run({ seed: 1, scenario: tiny({ start }), faults: "none" });
    assert.strictEqual(outcome.violation?.invariant, "noFault");
  });

  it("counts turns and time", () => {
    const { steps, virtualMillis } = run({ ...options, seed: 1, durationMillis: 60_000 });
    assert.isAbove(steps, 10);
    assert.strictEqual(virtualMillis, 880_000);
  });
});
