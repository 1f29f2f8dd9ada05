/** A line in the drawing, and its words. */
import { type Edge, EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import { memo, type ReactElement } from "react";
import type { LaidEdge } from "./laid_chart.ts";
import type { EdgeMark } from "./marks.ts";
import { wordsOf } from "./outline.ts";
import { routedPath } from "./routed_path.ts";

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
  // Among many lines there is room for the last step; the details list the rest.
  const hasWords = !isDense || mark.isLast;
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

/** What is shown of a line's words: each once, in a dense chart those of the last step alone. */
function shownWords({ edge, mark, isDense }: RoutedEdgeData): ReadonlyArray<LineWords> {
  const shown = new Map<string, LineWords>();
  for (const transition of edge.transitions) {
    const { id, event, guard, kind } = transition;
    if (isDense && !mark.last.has(id)) continue;
    const words = wordsOf(transition);
    const known = shown.get(words);
    shown.set(words, {
      words,
      event: event === "always" ? "" : event,
      guard: guard === undefined ? "" : guard === "else" ? "else" : `[${guard}]`,
      kind,
      isTaken: known?.isTaken === true || mark.taken.has(id),
      isLast: known?.isLast === true || mark.last.has(id),
    });
  }
  return [...shown.values()];
}

interface LineWords {
  readonly words: string;
  readonly event: string;
  readonly guard: string;
  readonly kind: string;
  readonly isTaken: boolean;
  readonly isLast: boolean;
}

function Words(data: RoutedEdgeData): ReactElement {
  const { edge, mark, isDense } = data;
  const { x, y, width, height } = edge.label;
  const place = `translate(${x + width / 2}px, ${y + height / 2}px)`;
  const numbers = isDense ? mark.steps.slice(-1) : mark.steps.slice(-3);
  return (
    <div
      className={`line-words ${kindOf(mark)} ${isDense ? "is-floating" : ""}`}
      style={{ transform: `${place} translate(-50%, -50%) scale(var(--words, 1))` }}
    >
      {numbers.length > 0 && (
        <span className="step-number">
          {mark.steps.length > numbers.length && !isDense ? "… " : ""}
          {numbers.join(" ")}
        </span>
      )}
      {shownWords(data).map(({ words, event, guard, kind, isTaken, isLast }) => (
        <span
          key={words}
          className={`words is-${kind} ${isLast ? "was-last" : ""} ${isTaken ? "was-taken" : ""}`}
        >
          {event}
          {guard !== "" && <i>{guard}</i>}
        </span>
      ))}
    </div>
  );
}
