/**
 * `bellhop simulate`: Bellhop in worlds where OAuth goes wrong, each brought back by its seed.
 *
 * @module
 */
import * as Console from "effect/Console";
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Random from "effect/Random";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import type { FaultLevel } from "@bellhop/simulator/fault/draw_faults";
import type { Invariant } from "@bellhop/simulator/invariant/invariant";
import type { Exploration } from "@bellhop/simulator/simulation/explore";
import type { PlanCut } from "@bellhop/simulator/simulation/plan_cut";
import type { Outcome } from "@bellhop/simulator/simulation/simulation";
import { CommandError, usageError } from "../command_error.ts";
import { durationFlag, parseMillis } from "../duration.ts";
import { exitCodes } from "../exit_code.ts";
import { writeLine } from "../json_lines.ts";
import { showUntilSeen } from "../inspecting.ts";
import { recordedHub } from "../recorded_hub.ts";
import { writeRecording } from "../recording.ts";
import { dim, Screen, wipeLine } from "../screen.ts";
import { Settings } from "../settings.ts";
import {
  type Goal,
  progressLine,
  progressWords,
  simulatedLine,
  summaryWords,
} from "../simulation_lines.ts";
import { note } from "../words.ts";

const flags = {
  seed: Flag.Int("seed").pipe(
    Flag.withDescription("The first seed; a random one unless told"),
    Flag.withMetavar("N"),
    Flag.filter((seed) => seed >= 0 && seed < 2 ** 52, () => "Expected a number from 0"),
    Flag.optional,
  ),
  runs: Flag.Int("runs").pipe(
    Flag.withDescription("How many seeds (100)"),
    Flag.withMetavar("N"),
    Flag.filter((runs) => runs > 0, () => "Expected a number from 1"),
    Flag.optional,
  ),
  processes: Flag.Int("processes").pipe(
    Flag.withDescription("Machines in each world, of which each runs a process; drawn unless told"),
    Flag.withMetavar("N"),
    Flag.filter((count) => count >= 1 && count <= 100, () => "Expected a number from 1 to 100"),
    Flag.optional,
  ),
  faults: Flag.Literals("faults", ["none", "light", "chaos"]).pipe(
    Flag.withDescription("How much goes wrong: nothing; what any day brings; all at once"),
    Flag.withDefault("chaos"),
  ),
  duration: durationFlag("duration").pipe(
    Flag.withDescription("How long errands and faults come in each world, in its own time (5m)"),
    Flag.filter((millis) => millis > 0, () => "Expected a time such as 5m"),
    Flag.optional,
  ),
  until: Flag.String("until").pipe(
    Flag.withDescription("When to end: failure, a number of runs, or a time such as 30s"),
    Flag.withMetavar("failure|N|DURATION"),
    Flag.optional,
  ),
  keep: Flag.String("keep").pipe(
    Flag.withDescription("What is left of the seed's plan, as a failure's report names it"),
    Flag.withMetavar("CUT"),
    Flag.optional,
  ),
};

/** The command. */
export const command = Command.make(
  "simulate",
  flags,
  (input) =>
    Effect.flatMap(
      Settings,
      ({ record }) => run({ ...input, record: Option.fromUndefinedOr(record) }),
    ),
).pipe(
  Command.withDescription(
    "Runs Bellhop in simulated worlds where everything goes wrong that can, and checks what must " +
      "hold. A seed brings a world back; one that fails is shrunk and told",
  ),
  Command.withShortDescription("Look for bugs of Bellhop in simulated worlds"),
);

/** What is simulated. */
export interface SimulateOptions {
  readonly seed: Option.Option<number>;
  readonly runs: Option.Option<number>;
  readonly processes: Option.Option<number>;
  readonly faults: FaultLevel;
  /** In milliseconds. */
  readonly duration: Option.Option<number>;
  readonly until: Option.Option<string>;
  readonly keep: Option.Option<string>;
  readonly record: Option.Option<string>;
  /** What must hold; absent: all that Bellhop is held to. */
  readonly invariants?: ReadonlyArray<Invariant> | undefined;
}

/** What simulating needs. */
export type SimulateServices = Settings | Screen | FileSystem.FileSystem;

/** Simulates, and fails where an invariant was violated. */
export const run: (
  options: SimulateOptions,
) => Effect.Effect<void, CommandError, SimulateServices> = Effect.fnUntraced(
  function* (options: SimulateOptions) {
    const bounds = yield* boundsOf(options);
    const simulator = yield* Effect.promise(load);
    const cut = yield* cutOf(options, simulator);
    const seed = Option.isSome(options.seed)
      ? options.seed.value
      : yield* Random.nextIntBetween(1, 2 ** 31);
    yield* note(`Seed: ${seed}`);
    const task: Task = { ...options, ...bounds, seed, cut, simulator };
    const told = yield* search(task);
    yield* keep(told.outcome, task);
    const { violation, plan } = told.outcome;
    if (violation === undefined) return;
    return yield* new CommandError({
      exitCode: exitCodes.defect,
      code: "invariant_violated",
      description: `${violation.invariant} is violated with seed ${plan.seed}`,
      hint: `See it again: ${told.command}`,
    });
  },
);

interface Bounds {
  readonly runs: number | undefined;
  readonly forMillis: number | undefined;
  readonly until: "failure" | "end";
}

interface Task extends Omit<SimulateOptions, "runs" | "until" | "seed">, Bounds {
  readonly seed: number;
  readonly cut: PlanCut | undefined;
  readonly simulator: Simulator;
}

interface Told {
  readonly outcome: Outcome;
  readonly command: string;
}

type Simulator = Awaited<ReturnType<typeof load>>;

/** Only here, so that no other command waits for it. */
async function load() {
  const [{ mixed }, { explore }, { shrink }, { drawPlan }, cuts, report, recording, simulation] =
    await Promise.all([
      import("@bellhop/simulator/scenario/mixed"),
      import("@bellhop/simulator/simulation/explore"),
      import("@bellhop/simulator/simulation/shrink"),
      import("@bellhop/simulator/simulation/plan"),
      import("@bellhop/simulator/simulation/plan_cut"),
      import("@bellhop/simulator/simulation/failure_report"),
      import("@bellhop/simulator/simulation/recording"),
      import("@bellhop/simulator/simulation/simulation"),
    ]);
  return { mixed, explore, shrink, drawPlan, cuts, report, recording, play: simulation.play };
}

function boundsOf({ runs, until, keep }: SimulateOptions): Effect.Effect<Bounds, CommandError> {
  const told = Option.getOrUndefined(runs);
  const text = Option.getOrUndefined(until)?.trim();
  if (text === undefined) {
    return Effect.succeed({
      runs: told ?? (Option.isSome(keep) ? 1 : 100),
      forMillis: undefined,
      until: "end",
    });
  }
  if (text.toLowerCase() === "failure") {
    return Effect.succeed({ runs: told, forMillis: undefined, until: "failure" });
  }
  if (/^[1-9]\d{0,8}$/.test(text) && told === undefined) {
    return Effect.succeed({ runs: Number(text), forMillis: undefined, until: "end" });
  }
  const forMillis = /^\d+$/.test(text) ? undefined : parseMillis(text);
  return forMillis === undefined
    ? Effect.fail(usageError(
      "There is no such end",
      'Pass --until failure, a time such as 30s, or a number of runs without "--runs"',
    ))
    : Effect.succeed({ runs: told, forMillis, until: "end" });
}

function cutOf(
  { keep, seed }: SimulateOptions,
  { cuts }: Simulator,
): Effect.Effect<PlanCut | undefined, CommandError> {
  if (Option.isNone(keep)) return Effect.succeed(undefined);
  const cut = cuts.parse(keep.value);
  return cut === undefined || Option.isNone(seed)
    ? Effect.fail(usageError(
      "What is to be kept cannot be told",
      "Pass --keep as a failure's report names it, with all flags that are beside it there",
    ))
    : Effect.succeed(cut);
}

/** Runs seeds; shrinks the first of each invariant's, unless it is cut already, and tells of it. */
const search = Effect.fnUntraced(function* (task: Task) {
  const { simulator, seed, cut: from, faults, invariants } = task;
  const { runs, forMillis, until } = task;
  const { mixed: scenario, explore, shrink, drawPlan, play } = simulator;
  const processes = Option.getOrUndefined(task.processes);
  const durationMillis = Option.getOrUndefined(task.duration);
  const world = { scenario, faults, processes, durationMillis, invariants };
  const exploration = yield* watched(
    task,
    (onProgress) =>
      explore({ ...world, firstSeed: seed, cut: from, runs, forMillis, until, onProgress }),
  );
  let told: Told | undefined;
  for (const { seeds } of exploration.violations) {
    const plan = drawPlan({ ...world, seed: seeds[0] ?? seed });
    if (from === undefined) yield* note(`Shrinking seed ${plan.seed} …`);
    const maxRuns = from === undefined ? undefined : 1;
    const shrunk = yield* shrink(plan, { scenario, invariants, from, maxRuns });
    if (shrunk === undefined) continue;
    const { outcome, cut } = shrunk;
    const tale = yield* tell(task, outcome, { processes: plan.machines, cut });
    told ??= tale;
    if (seeds.length > 1) yield* note(`It is violated too with ${seedWords(seeds.slice(1))}.`);
  }
  yield* summarise(exploration, task);
  if (told !== undefined) return told;
  const last = drawPlan({ ...world, seed: seed + exploration.runs - 1 });
  const outcome = play(from === undefined ? last : simulator.cuts.cutPlan(last, from), world);
  return { outcome, command: "" };
});

function seedWords(seeds: ReadonlyArray<number>): string {
  return `${seeds.length === 1 ? "seed" : "seeds"} ${seeds.join(", ")}`;
}

interface Part {
  readonly processes: number;
  readonly cut: PlanCut;
}

const tell = Effect.fnUntraced(
  function* ({ simulator, faults, duration }: Task, outcome: Outcome, { processes, cut }: Part) {
    const { report, cuts } = simulator;
    const { isJson } = yield* Settings;
    const { seed } = outcome.plan;
    const drawn = { faults, processes, durationMillis: Option.getOrUndefined(duration), cut };
    const command = report.replayCommand(seed, drawn);
    const { invariant = "", sentence = "", detail = "" } = outcome.violation ?? {};
    yield* isJson
      ? writeLine({
        type: "violation",
        invariant,
        sentence,
        detail,
        seed,
        processes,
        faults,
        keep: cuts.format(cut),
        command,
      })
      : Console.log(`${report.failureReport(outcome, drawn)}\n`);
    return { outcome, command };
  },
);

const summarise = Effect.fnUntraced(function* (exploration: Exploration, goal: Goal) {
  const { isJson, isQuiet } = yield* Settings;
  if (isJson) return yield* writeLine(simulatedLine(exploration, goal));
  if (!isQuiet) yield* Console.log(summaryWords(exploration, goal));
});

const DRAW_MILLIS = 100;
const LINE_MILLIS = 1_000;
/** A log that nobody watches gets a line as often as this. */
const NOTE_MILLIS = 60_000;

type OnProgress = (exploration: Exploration) => Effect.Effect<void>;

/** Shows how far something is, and where it was when it is interrupted. */
const watched = Effect.fnUntraced(
  function* (goal: Goal, explore: (onProgress: OnProgress) => Effect.Effect<Exploration>) {
    const { isJson, isQuiet } = yield* Settings;
    const screen = yield* Screen;
    const words = yield* Effect.context<Settings | Screen>();
    const isLive = screen.isTerminal && !isJson && !isQuiet;
    const everyMillis = isJson ? LINE_MILLIS : isLive ? DRAW_MILLIS : NOTE_MILLIS;
    let last: Exploration | undefined;
    let shownMillis = isJson || isLive ? -Infinity : 0;
    const show: OnProgress = (exploration) => {
      last = exploration;
      if (exploration.realMillis - shownMillis < everyMillis) return Effect.void;
      shownMillis = exploration.realMillis;
      if (isJson) return writeLine(progressLine(exploration, goal));
      const text = progressWords(exploration, goal);
      if (!isLive) return Effect.provide(note(text), words);
      const line = text.slice(0, Math.max(10, screen.columns() - 1));
      return Effect.sync(() => screen.write(`${wipeLine}${dim(screen, line)}`));
    };
    return yield* explore(show).pipe(
      Effect.ensuring(Effect.sync(() => isLive && screen.write(wipeLine))),
      Effect.onInterrupt(() => last === undefined ? Effect.void : note(summaryWords(last, goal))),
    );
  },
);

/** Writes the run down, where that is asked for, and shows it, where that is. */
const keep = Effect.fnUntraced(function* (outcome: Outcome, { simulator, record }: Task) {
  const { inspects = false } = yield* Settings;
  if (Option.isNone(record) && !inspects) return;
  const { name } = simulator.mixed;
  const text = simulator.recording.write(outcome, name);
  if (Option.isSome(record)) {
    yield* writeRecording(record.value, text);
    yield* note(`Recorded: ${record.value}`);
  }
  if (!inspects) return;
  const hub = yield* Effect.orDie(recordedHub(text));
  yield* showUntilSeen({ hub, name });
});
