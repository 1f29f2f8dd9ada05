/**
 * A violated invariant for people: what had to hold, what happened instead, what was done to the world,
 * what each process did last, and what brings it back.
 *
 * @module
 */
import type { WorldEvent } from "../world/world_event.ts";
import type { Plan } from "./plan.ts";
import type { PlanCut } from "./plan_cut.ts";
import { replayLines, type ReplayOptions } from "./replay.ts";
import type { Outcome } from "./simulation.ts";
import { errandWords, eventWords, faultWords, secondsWords, serverWords } from "./_words.ts";

export { replayCommand } from "./replay.ts";

/** What a report is about besides the run: what that was drawn from, else nothing brings it back. */
export interface FailureReportOptions extends ReplayOptions {
  /**
   * How many of the last events of each machine are told.
   *
   * @default 12
   */
  readonly lastEvents?: number | undefined;
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
    ...planLines(plan, { cut: options.cut, names: namesOf(events) }),
    ...lastLines(events, options.lastEvents ?? 12),
    "",
    ...replayLines(outcome.scenario, { ...drawnOf(plan, options), seed: plan.seed }),
  ].join("\n");
}

/** Of a plan that was not cut all is known. */
function drawnOf({ machines, durationMillis }: Plan, options: ReplayOptions): ReplayOptions {
  return options.cut === undefined ? { ...options, processes: machines, durationMillis } : options;
}

/** What a program's own errands are called, as far as they were begun. */
function namesOf(events: ReadonlyArray<WorldEvent>): ReadonlyMap<string, string> {
  return new Map(
    events.flatMap((event) => event.type === "errand.began" ? [[event.what, event.name]] : []),
  );
}

interface Told {
  readonly cut: PlanCut | undefined;
  readonly names: ReadonlyMap<string, string>;
}

function planLines(plan: Plan, { cut, names }: Told): ReadonlyArray<string> {
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
        `${secondsWords(errand.atMillis)}  ${errandWords(errand, names)}`,
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
