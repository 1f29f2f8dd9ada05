/** What came of taking the steps of a recording again, and how far that has come. */
import type { Mismatch, Unreplayed } from "@bellhop/inspector/recording/replay";

/** What came of a replay of everything. */
export interface Replayed {
  /** Steps that are recorded: starts are none. */
  readonly total: number;
  /** Steps that were taken again and came to the same. */
  readonly same: number;
  /** Steps that the charts do not take like that, in the order of the flows. */
  readonly mismatches: ReadonlyArray<Mismatch>;
  /** Flows that could not be taken again. */
  readonly unreplayed: ReadonlyArray<Unreplayed>;
}

/** How far the replay of a recording has come. */
export type Check =
  | { readonly type: "running"; readonly part: number }
  | { readonly type: "done"; readonly replayed: Replayed }
  /** The charts could not be loaded. */
  | { readonly type: "failed" };
