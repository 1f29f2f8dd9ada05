/** A chart with a place for everything in it, as the build makes it and the page draws it. */
import type { GraphEdge, GraphNode } from "@bellhop/inspector/diagram/chart_graph";

/** Where something is, in pixels of the drawing. */
export interface Box {
  /** Left edge. */
  readonly x: number;
  /** Top edge. */
  readonly y: number;
  /** Width. */
  readonly width: number;
  /** Height. */
  readonly height: number;
}

/** A corner of a line. */
export interface Point {
  /** From the left. */
  readonly x: number;
  /** From the top. */
  readonly y: number;
}

/** A state in its place. */
export interface LaidNode extends GraphNode, Box {
  /** Events that it takes without leaving. */
  readonly stays: ReadonlyArray<string>;
  /** Events that lead here from every state around it. */
  readonly fromAnywhere: ReadonlyArray<string>;
  /** Whether a timer may leave it, which counts down in it. */
  readonly hasTimer: boolean;
}

/** All transitions from one state to another, drawn as one line. */
export interface LaidEdge {
  /** Unique in its chart. */
  readonly id: string;
  /** Path of the state that it leaves. */
  readonly from: string;
  /** Path of the state that it enters. */
  readonly to: string;
  /** What takes it, in the chart's order. */
  readonly transitions: ReadonlyArray<GraphEdge>;
  /** The line, from its beginning to its end. */
  readonly points: ReadonlyArray<Point>;
  /** Where its words stand. */
  readonly label: Box;
}

/** A chart that can be drawn. */
export interface LaidChart {
  /** The chart's id. */
  readonly id: string;
  /** The chart's version; empty where it is not known. */
  readonly version: string;
  /** What the chart is. */
  readonly description: string;
  /** Whether it was put together from what was seen, since nobody knows the chart. */
  readonly isGuess: boolean;
  /** Whether states show their names alone, and lines no words until they matter. */
  readonly isDense: boolean;
  /** Width of the whole. */
  readonly width: number;
  /** Height of the whole. */
  readonly height: number;
  /** Each after the one around it. */
  readonly nodes: ReadonlyArray<LaidNode>;
  /** In the chart's order. */
  readonly edges: ReadonlyArray<LaidEdge>;
}
