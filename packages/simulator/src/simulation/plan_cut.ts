/**
 * What is left of a plan: some of its faults and errands, fewer machines, less time. A cut is small
 * enough to be typed, and together with the seed it brings a shrunk run back.
 *
 * @module
 */
import type { Fault } from "../fault/fault.ts";
import type { Plan } from "./plan.ts";

/** What is left of a plan. Faults and errands go by their numbers in the whole plan, from 0. */
export interface PlanCut {
  /** The faults that stay, in rising order. */
  readonly faults: ReadonlyArray<number>;
  /** Those among them that meet everything while they last, and leave nothing to chance. */
  readonly certain: ReadonlyArray<number>;
  /** The errands that stay, in rising order. */
  readonly errands: ReadonlyArray<number>;
  /** How many machines stay, counted from machine 0. */
  readonly machines: number;
  /** How long faults and errands come, in milliseconds. */
  readonly durationMillis: number;
  /** Whether wall clocks stay as far ahead as they were drawn; else all are right. */
  readonly isSkewed: boolean;
}

/** The cut that leaves a plan as it is. */
export function wholeOf({ faults, errands, machines, durationMillis }: Plan): PlanCut {
  return {
    faults: faults.map((_, index) => index),
    certain: [],
    errands: errands.map((_, index) => index),
    machines,
    durationMillis,
    isSkewed: true,
  };
}

/** Leaves of a plan what a cut says. What concerns a machine that is gone is gone with it. */
export function cutPlan(plan: Plan, cut: PlanCut): Plan {
  const machines = Math.min(cut.machines, plan.machines);
  const isHere = ({ machine }: { readonly machine?: number | undefined }) =>
    machine === undefined || machine < machines;
  const certain = new Set(cut.certain);
  return {
    ...plan,
    machines,
    durationMillis: Math.min(cut.durationMillis, plan.durationMillis),
    clockOffsetsMillis: plan.clockOffsetsMillis
      .slice(0, machines)
      .map((offset) => cut.isSkewed ? offset : 0),
    errands: cut.errands.flatMap((index) => plan.errands[index] ?? []).filter(isHere),
    faults: cut.faults
      .flatMap((index) => {
        const fault = plan.faults[index];
        return fault === undefined ? [] : certain.has(index) ? certainly(fault) : fault;
      })
      .filter(isHere),
  };
}

function certainly(fault: Fault): Fault {
  return fault.on === "process" ? fault : { ...fault, permille: 1_000 };
}

/**
 * Writes a cut in one word that no shell changes.
 *
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { format } from "@bellhop/simulator/simulation/plan_cut";
 *
 * const word = format({
 *   faults: [2, 5],
 *   certain: [5],
 *   errands: [0, 1, 2, 9],
 *   machines: 2,
 *   durationMillis: 61_000,
 *   isSkewed: false,
 * });
 * equal(word, "f2,f5+,e0-2,e9,m2,t61000,c");
 * ```
 */
export function format(cut: PlanCut): string {
  const certain = new Set(cut.certain);
  return [
    ...cut.faults.map((index) => certain.has(index) ? `f${index}+` : `f${index}`),
    ...spansOf(cut.errands).map(([from, to]) => from === to ? `e${from}` : `e${from}-${to}`),
    `m${cut.machines}`,
    `t${cut.durationMillis}`,
    ...(cut.isSkewed ? [] : ["c"]),
  ].join(",");
}

function spansOf(numbers: ReadonlyArray<number>): ReadonlyArray<readonly [number, number]> {
  const spans: Array<[number, number]> = [];
  for (const number of numbers) {
    const last = spans.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else spans.push([number, number]);
  }
  return spans;
}

/** Reads what {@linkcode format} wrote; `undefined` where the text is no cut. */
export function parse(text: string): PlanCut | undefined {
  const draft: Draft = {
    faults: new Set(),
    certain: new Set(),
    errands: new Set(),
    machines: 0,
    durationMillis: 0,
    isSkewed: true,
  };
  const isRead = text.split(",").every((part) => readPart(part, draft));
  if (!isRead || draft.machines === 0 || draft.durationMillis === 0) return undefined;
  return {
    ...draft,
    faults: rising(draft.faults),
    certain: rising(draft.certain),
    errands: rising(draft.errands),
  };
}

interface Draft {
  readonly faults: Set<number>;
  readonly certain: Set<number>;
  readonly errands: Set<number>;
  machines: number;
  durationMillis: number;
  isSkewed: boolean;
}

function readPart(part: string, draft: Draft): boolean {
  const match = /^(c|[femt]\d{1,9})(\+|-\d{1,5})?$/.exec(part);
  if (match === null) return false;
  const [, head = "", tail] = match;
  const number = Number(head.slice(1));
  switch (head.charAt(0)) {
    case "f":
      draft.faults.add(number);
      if (tail === "+") draft.certain.add(number);
      return tail === undefined || tail === "+";
    case "e":
      for (let at = number; at <= Number(tail?.slice(1) ?? number); at++) draft.errands.add(at);
      return tail !== "+";
    case "m":
      draft.machines = number;
      return tail === undefined;
    case "t":
      draft.durationMillis = number;
      return tail === undefined;
    default:
      draft.isSkewed = false;
      return tail === undefined;
  }
}

function rising(numbers: Set<number>): ReadonlyArray<number> {
  return [...numbers].toSorted((one, other) => one - other);
}
