/** A line in the drawing, and its words. */
import { type Edge, EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import { memo, type ReactElement } from "react";
import { Countdown } from "../shell/countdown.tsx";
import type { LaidEdge, Point } from "./laid_chart.ts";
import type { EdgeMark } from "./marks.ts";
import { wordsOf } from "./outline.ts";
import { middleOf, routedPath } from "./routed_path.ts";

/** What a line is drawn from. */
export type RoutedEdgeData = {
  /** The line. */
  readonly edge: LaidEdge;
  /** What is true of it. */
  readonly mark: EdgeMark;
  /** Whether it has words only where it matters. */
  readonly isDense: boolean;
};

/** A line as the drawing's library takes it. */
export type RoutedFlowEdge = Edge<RoutedEdgeData, "routed">;

/** Draws a line. */
export const RoutedEdge = memo(function RoutedEdge(
  { data }: EdgeProps<RoutedFlowEdge>,
): ReactElement | null {
  if (data === undefined) return null;
  const { edge, mark, isDense } = data;
  const path = routedPath(edge.points);
  const kind = kindOf(mark);
  // Among many lines there is room for the last step and for what counts down; the details list the rest.
  const hasWords = !isDense || mark.isLast || mark.timers.length > 0;
  return (
    <>
      <path
        d={path}
        className={`line ${kind}`}
        markerEnd={`url(#arrow-${kind.split(" ").at(-1)})`}
      />
      {hasWords && (
        <EdgeLabelRenderer>
          <Words edge={edge} mark={mark} isDense={isDense} />
        </EdgeLabelRenderer>
      )}
    </>
  );
});

function kindOf({ isLast, isNext, steps }: EdgeMark): string {
  if (isLast) return "is-last";
  if (isNext) return steps.length > 0 ? "is-taken is-next" : "is-next";
  return steps.length > 0 ? "is-taken" : "is-quiet";
}

/** The middle of a line; above its states where these are too near for words between them. */
function besideStates({ points }: LaidEdge): Point {
  const middle = middleOf(points);
  const isShort = Math.abs((points[0]?.x ?? 0) - (points.at(-1)?.x ?? 0)) < 120;
  return isShort ? { x: middle.x, y: middle.y - 36 } : middle;
}

function Words({ edge, mark, isDense }: RoutedEdgeData): ReactElement {
  const { x, y, width, height } = edge.label;
  const isPlaced = width > 0;
  const middle = isPlaced ? { x: x + width / 2, y: y + height / 2 } : besideStates(edge);
  const seen = new Set<string>();
  const transitions = edge.transitions.filter((transition) => {
    const words = wordsOf(transition);
    const isApart = isDense && mark.lastEvent !== undefined &&
      transition.event !== mark.lastEvent && transition.event !== "always";
    return !isApart && !seen.has(words) && seen.add(words) !== undefined;
  });
  const numbers = isDense ? mark.steps.slice(-1) : mark.steps.slice(-3);
  return (
    <div
      className={`line-words ${kindOf(mark)} ${isDense ? "is-floating" : ""}`}
      style={{ transform: `translate(-50%, -50%) translate(${middle.x}px, ${middle.y}px)` }}
    >
      {numbers.length > 0 && (
        <span className="step-number">
          {mark.steps.length > numbers.length && !isDense ? "… " : ""}
          {numbers.join(" ")}
        </span>
      )}
      {transitions.map((transition) => {
        const timer = mark.timers.find((timer) => timer.timer === transition.event);
        return (
          <span key={transition.id} className={`words is-${transition.kind}`}>
            {transition.event !== "always" && transition.event}
            {transition.guard !== undefined && (
              <i>{transition.guard === "else" ? " else" : ` [${transition.guard}]`}</i>
            )}
            {timer !== undefined && <Countdown armedAt={timer.armedAt} dueAt={timer.dueAt} />}
          </span>
        );
      })}
    </div>
  );
}
