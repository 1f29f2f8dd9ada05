/**
 * Takes one recorded step through its pure chart, and tells what the chart makes of it.
 *
 * @module
 */
import {
  type AnyMachineSnapshot,
  type AnyStateMachine,
  initialTransition,
  StateMachine,
  transition,
} from "xstate";
import { eventName, pathOf, type StateValue } from "@bellhop/core/flow/path";
import { encode } from "./_encode.ts";
import { isMembers, type Members } from "./_members.ts";
import type { FlowStep } from "./trace.ts";

/** Why a step is not what the chart makes of it. */
export type MismatchProblem =
  /** The chart comes to another state. */
  | "otherState"
  /** The chart comes to the same state, but remembers something else. */
  | "otherContext"
  /** The step does not begin where the one before ended. */
  | "gap"
  /** The chart has no such state, or fails. */
  | "impossible";

/** A member of a context that the chart makes another one of. */
export interface MemberChange {
  /** Its name; empty where what is recorded is no context at all. */
  readonly member: string;
  /** As it was recorded, redacted; `undefined`: it was not. */
  readonly recorded: unknown;
  /** As the chart has it, redacted; `undefined`: it has none. */
  readonly replayed: unknown;
}

/** What is wrong with a step. */
export interface StepProblem {
  readonly problem: MismatchProblem;
  readonly reached: string | undefined;
  readonly changes?: ReadonlyArray<MemberChange>;
}

const impossible: StepProblem = { problem: "impossible", reached: undefined };

/** What is wrong with a step; `undefined`: nothing. */
export function problemOf(
  chart: AnyStateMachine,
  before: FlowStep,
  step: FlowStep,
): StepProblem | undefined {
  let other = impossible;
  try {
    const snapshot = snapshotOf(chart, before);
    for (const type of typesOf(snapshot, step.event)) {
      const event = { ...restored(step.data ?? {}) as object, type };
      const [after] = transition(chart, snapshot, event) as [AnyMachineSnapshot, unknown];
      const reached = pathOf(after.value);
      if (after.status === "error" || reached !== step.to) {
        if (after.status !== "error") other = { problem: "otherState", reached };
        continue;
      }
      const changes = changesOf(step.context, after.context);
      if (changes.length === 0) return undefined;
      other = { problem: "otherContext", reached, changes };
    }
    return other;
  } catch {
    return other;
  }
}

/**
 * What is wrong with the first step of a flow that was not resumed; `undefined`: nothing. With what
 * input it began is not recorded. The context stands for it, since charts keep their input under its
 * names; that of a chart which does not is not compared.
 */
export function startProblemOf(chart: AnyStateMachine, step: FlowStep): StepProblem | undefined {
  if (!hasState(chart, step.to)) return impossible;
  const context = restored(step.context);
  const begun = startOf(chart, context);
  if (begun === undefined || pathOf(begun.value) !== step.to) {
    const others = [startOf(remembering(chart, context)), startOf(chart, anyInput)];
    const starts = [begun, ...others].filter((start) => start !== undefined);
    const reached = starts.map(({ value }) => pathOf(value));
    const isReached = starts.length === 0 || reached.includes(step.to);
    return isReached ? undefined : { problem: "otherState", reached: reached[0] };
  }
  const changes = changesOf(step.context, begun.context);
  // Where a member of the input is missed, what the first step made of it is missed as well.
  if (changes.length === 0 || !changes.every(isOwnTo(chart, context))) return undefined;
  return { problem: "otherContext", reached: step.to, changes };
}

/** What is wrong with the first step of a resumed flow: it may begin in any state. */
export function resumeProblemOf(chart: AnyStateMachine, step: FlowStep): StepProblem | undefined {
  return hasState(chart, step.to) ? undefined : impossible;
}

function hasState(chart: AnyStateMachine, path: string): boolean {
  try {
    return pathOf(chart.resolveState({ value: valueOf(path), context: {} }).value) === path;
  } catch {
    return false;
  }
}

/** The chart's first step; `undefined`: it takes none with this input. */
function startOf(chart: AnyStateMachine, input?: unknown): AnyMachineSnapshot | undefined {
  try {
    const [snapshot] = initialTransition(chart, input) as [AnyMachineSnapshot, unknown];
    return snapshot.status === "error" ? undefined : snapshot;
  } catch {
    return undefined;
  }
}

/** The same chart, which begins with a context whatever its input. */
function remembering(chart: AnyStateMachine, context: unknown): AnyStateMachine {
  return new StateMachine({ ...chart.config, context } as never, chart.implementations as never);
}

/** Has every member, and is what no recording holds. */
const anyInput: unknown = new Proxy(() => anyInput, {
  get: (_, name) => {
    if (name === Symbol.toPrimitive) return () => Math.PI;
    return name === Symbol.iterator ? () => [].values() : anyInput;
  },
});

/** Whether a chart has a member of its first context from nothing but itself. */
function isOwnTo(chart: AnyStateMachine, input: unknown): (change: MemberChange) => boolean {
  const { context } = chart.config;
  if (typeof context !== "function") return () => true;
  const make = context as unknown as (given: { readonly input: unknown }) => unknown;
  const one = membersOf(make, input);
  const other = membersOf(make, anyInput);
  return ({ member }) => Object.hasOwn(other, member) && isSame(one[member], other[member]);
}

function membersOf(make: (given: { readonly input: unknown }) => unknown, input: unknown): Members {
  try {
    const encoded = encode(make({ input }));
    return isMembers(encoded) ? encoded : {};
  } catch {
    return {};
  }
}

function snapshotOf(chart: AnyStateMachine, { to, context }: FlowStep): AnyMachineSnapshot {
  const snapshot: AnyMachineSnapshot = chart.resolveState({
    value: valueOf(to),
    context: restored(context),
  });
  const invoked = snapshot._nodes.flatMap(({ invoke }) => invoke);
  // Without these, leaving the state would ask to stop a child that has no id.
  snapshot.children = Object.fromEntries(invoked.map(({ id }) => [id, { id } as never]));
  return snapshot;
}

/** The events of a name: that of a timer has one for each state around that arms it. */
function typesOf(snapshot: AnyMachineSnapshot, event: string): ReadonlyArray<string> {
  if (!event.startsWith("after ")) return [event];
  return snapshot._nodes
    .toSorted((one, other) => other.path.length - one.path.length)
    .flatMap(({ transitions }) => [...transitions.keys()])
    .filter((type) => type.startsWith("xstate.after.") && eventName(type) === event);
}

/** The value that a dotted path stands for; regions side by side are parted by commas. */
function valueOf(path: string): StateValue {
  const regions = path.split(",").map((region) => region.split("."));
  const [only] = regions;
  if (regions.length === 1 && only !== undefined) return nested(only);
  return Object.fromEntries(regions.map(([name = "", ...rest]) => [name, nested(rest)]));
}

function nested(names: ReadonlyArray<string>): StateValue {
  const [name = "", ...rest] = names;
  return rest.length === 0 ? name : { [name]: nested(rest) };
}

const numbers: ReadonlyMap<unknown, number> = new Map([
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
  ["NaN", NaN],
]);

/** Gives back the numbers that JSON lacks; a world's recording writes them as `null`. */
function restored(value: unknown, name = ""): unknown {
  if (typeof value === "string") return numbers.get(value) ?? value;
  if (value === null) return name === "dueInMillis" ? Infinity : null;
  if (typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((item) => restored(item));
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, restored(inner, key)]),
  );
}

/** What a chart remembers otherwise than was recorded, however that wrote it. */
function changesOf(recorded: unknown, replayed: unknown): ReadonlyArray<MemberChange> {
  // A replay's context went through the encoding once more than a recorded one, which is the same.
  const one = encode(restored(recorded));
  const other = encode(encode(replayed));
  if (isSame(one, other)) return [];
  if (!isMembers(one) || !isMembers(other)) return [{ member: "", recorded: one, replayed: other }];
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((member) =>
    isSame(one[member], other[member])
      ? []
      : [{ member, recorded: one[member], replayed: other[member] }]
  );
}

function isSame(one: unknown, other: unknown): boolean {
  return comparable(one) === comparable(other);
}

/** Errors and members in any order: a recording tells them in its own words. */
function comparable(value: unknown): string | undefined {
  return JSON.stringify(
    value,
    (_name, inner: unknown) =>
      isMembers(inner)
        ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => a < b ? -1 : 1))
        : inner,
  );
}
