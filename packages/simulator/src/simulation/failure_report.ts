/**
 * A violated invariant for people: what had to hold, what happened instead, what was done to the world,
 * what each process did last, and the command that brings it back.
 *
 * @module
 */
import type { FaultLevel } from "../fault/draw_faults.ts";
import type { WorldEvent } from "../world/world_event.ts";
import type { Plan } from "./plan.ts";
import { format, type PlanCut } from "./plan_cut.ts";
import type { Outcome } from "./simulation.ts";
import { errandWords, eventWords, faultWords, secondsWords, serverWords } from "./_words.ts";

/** What a report is about besides the run. */
export interface FailureReportOptions {
  /** How much was drawn to go wrong. */
  readonly faults: FaultLevel;
  /** How many machines the whole plan has. */
  readonly processes: number;
  /** What is left of the plan; absent: all. */
  readonly cut?: PlanCut | undefined;
  /**
   * How many of the last events of each machine are told.
   *
   * @default 12
   */
  readonly lastEvents?: number | undefined;
}

/** Gives the command that runs the same world again. */
export function replayCommand(
  seed: number,
  { faults, processes, cut }: Omit<FailureReportOptions, "lastEvents">,
): string {
  const command =
    `bellhop simulate --seed ${seed} --processes ${processes} --faults ${faults} --runs 1`;
  return cut === undefined ? command : `${command} --keep ${format(cut)}`;
}

/** Tells of a run that violated an invariant, in lines of plain text. */
export function failureReport(outcome: Outcome, options: FailureReportOptions): string {
  const { plan, violation } = outcome;
  // The turn in which it was violated was still taken to its end.
  const events = outcome.events.slice(0, (violation?.seq ?? outcome.events.length) + 1);
  const startMillis = events[0]?.at ?? 0;
  const violated = events.at(-1);
  const { invariant = "nothing", sentence = "", detail = "" } = violation ?? {};
  return [
    `Seed ${plan.seed}: ${invariant} is violated after ${
      secondsWords((violated?.at ?? startMillis) - startMillis).trim()
    }`,
    `  must hold: ${sentence}`,
    `  happened:  ${detail}`,
    "",
    ...planLines(plan, options.cut),
    ...lastLines(events, options.lastEvents ?? 12),
    "",
    "Again:",
    `  ${replayCommand(plan.seed, options)}`,
  ].join("\n");
}

function planLines(plan: Plan, cut: PlanCut | undefined): ReadonlyArray<string> {
  const { machines, faults, errands, clockOffsetsMillis, durationMillis } = plan;
  const skewed = clockOffsetsMillis.flatMap((offset, machine) =>
    offset === 0 ? [] : [`p${machine} by ${secondsWords(offset).trim()}`]
  );
  return [
    `World: ${counted(machines, "process", "processes")}, ${counted(faults.length, "fault")}, ${
      counted(errands.length, "errand")
    }, in ${secondsWords(durationMillis).trim()}`,
    `  server: ${serverWords(plan.server)}`,
    ...(skewed.length === 0 ? [] : [`  clocks that are off: ${skewed.join(", ")}`]),
    ...faults.map((fault, at) =>
      numbered(
        "fault",
        cut?.faults[at] ?? at,
        `${secondsWords(fault.atMillis)}  ${faultWords(fault)}`,
      )
    ),
    ...errands.map((errand, at) =>
      numbered(
        "errand",
        cut?.errands[at] ?? at,
        `${secondsWords(errand.atMillis)}  ${errandWords(errand)}`,
      )
    ),
  ];
}

function numbered(kind: string, number: number, words: string): string {
  return `  ${`${kind} ${number}`.padEnd(10)} ${words}`;
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** The last lines of each machine's processes; what the server answers is told where it was asked. */
function lastLines(events: ReadonlyArray<WorldEvent>, count: number): ReadonlyArray<string> {
  const startMillis = events[0]?.at ?? 0;
  const askedBy = new Map<number, string>();
  const lines = new Map<string, Array<string>>();
  for (const event of events) {
    if (event.type === "http.sent") askedBy.set(event.request, event.process);
    const process = processOf(event, askedBy);
    const words = eventWords(event);
    if (process === undefined || words === undefined) continue;
    const machine = process.split(".", 1)[0] as string;
    const line = `  ${secondsWords(event.at - startMillis)}  ${process}  ${words}`;
    lines.set(machine, [...(lines.get(machine) ?? []), line].slice(-count));
  }
  return [...lines].flatMap(([machine, last]) => ["", `Last of ${machine}:`, ...last]);
}

function processOf(
  event: WorldEvent,
  askedBy: ReadonlyMap<number, string>,
): string | undefined {
  if ("process" in event) return event.process;
  return event.type === "server" ? askedBy.get(event.request ?? 0) : undefined;
}
