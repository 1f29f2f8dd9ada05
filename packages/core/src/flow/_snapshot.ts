/**
 * A chart's snapshots, as a flow keeps them and as it makes one of a checkpoint.
 *
 * @module
 */
import type { AnyMachineSnapshot, AnyStateMachine } from "xstate";
import type { Checkpoint } from "./checkpoint.ts";

const EMPTY: Record<string, never> = Object.freeze({});
const NO_TAGS: Set<never> = new Set();

/** Takes from a snapshot what it holds empty of its own, since a flow that waits keeps it. */
export function lean(snapshot: AnyMachineSnapshot): void {
  if (snapshot.tags.size === 0) snapshot.tags = NO_TAGS;
  if (Object.keys(snapshot.children).length === 0) snapshot.children = EMPTY;
  if (Object.keys(snapshot.historyValue).length === 0) snapshot.historyValue = EMPTY;
}

/** The snapshot that a checkpoint stands for. */
export function snapshotOf(
  chart: AnyStateMachine,
  { value, context, operations }: Checkpoint<unknown>,
): AnyMachineSnapshot {
  const snapshot: AnyMachineSnapshot = chart.resolveState({ value, context });
  // Without these, leaving the state would ask to stop a child that has no id.
  snapshot.children = Object.fromEntries(operations.map(({ id }) => [id, { id } as never]));
  return snapshot;
}
