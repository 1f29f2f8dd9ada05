/**
 * A chart as a graph: what every picture of it is drawn from.
 *
 * @module
 */

/** One state. */
export interface GraphNode {
  /** Dotted path, such as `awaitingUser.polling`; the empty path is the chart itself. */
  readonly id: string;
  /** The last part of its path. */
  readonly name: string;
  /** Path of the state around it; absent for the chart itself. */
  readonly parent?: string | undefined;
  /** What it is. */
  readonly kind: "atomic" | "compound" | "parallel" | "final";
  /** Whether the state around it is entered here. */
  readonly isInitial: boolean;
  /** Its sentence. */
  readonly description: string;
  /** Names of the operations that it invokes. */
  readonly operations: ReadonlyArray<string>;
}

/** One transition. */
export interface GraphEdge {
  /** Unique in its graph, and the same in every drawing. */
  readonly id: string;
  /** Path of the state that it leaves. */
  readonly from: string;
  /** Path of the state that it enters; that of `from` where it stays. */
  readonly to: string;
  /** The event's name, `after` and the delay's name, or `always`. */
  readonly event: string;
  /** What brings it about. */
  readonly kind: "event" | "delay" | "always";
  /** Name of the guard, or `else` for the last of several. */
  readonly guard?: string | undefined;
  /** Names of its actions. */
  readonly actions: ReadonlyArray<string>;
  /** Set where it enters no state, not even `from` anew: it acts within it, or does nothing. */
  readonly stays?: true | undefined;
}

/** A chart. */
export interface ChartGraph {
  /** The chart's id. */
  readonly id: string;
  /** The chart's version. */
  readonly version: string;
  /** What the chart is. */
  readonly description: string;
  /** The chart itself first, then every state, each after the one around it. */
  readonly nodes: ReadonlyArray<GraphNode>;
  /** In the chart's order. */
  readonly edges: ReadonlyArray<GraphEdge>;
}
