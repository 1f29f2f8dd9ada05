/** One flow's chart, with its heading. */
import { flowAt, type FlowMoment } from "@bellhop/inspector/recording/moment";
import type { FlowTrace } from "@bellhop/inspector/recording/trace";
import { ReactFlowProvider } from "@xyflow/react";
import { type ReactElement, useMemo, useState } from "react";
import { Icon } from "../shell/icon.tsx";
import { momentOf } from "../shell/moment.ts";
import { closePinned, togglePin } from "../shell/navigation.ts";
import { useView } from "../shell/store.ts";
import { Outcome } from "../shell/outcome.tsx";
import { stateName } from "../shell/words.ts";
import { Drawing } from "./drawing.tsx";
import { chartOf, titleOf } from "./charts.ts";
import type { LaidChart } from "./laid_chart.ts";
import { marksOf } from "./marks.ts";
import { Tools, type ToolsProps } from "./tools.tsx";

/** Which flow, and whether it stays. */
export interface ChartPaneProps {
  /** The flow. */
  readonly flow: FlowTrace;
  /** Whether it was pinned. */
  readonly isPinned: boolean;
  /** Whether it is alone. */
  readonly isOnly: boolean;
  /** Whether it is the one that a narrow window shows. */
  readonly isFront: boolean;
}

/** Shows a flow's chart at the moment that is looked at. */
export function ChartPane({ flow, isPinned, isOnly, isFront }: ChartPaneProps): ReactElement {
  const [follows, setFollows] = useState(true);
  const moment = useView(({ moment }) => moment);
  const { revision } = flow;
  const chart = useMemo(
    () => chartOf(flow),
    // A known chart never changes; one that is put together grows with its flow.
    [flow.chart, flow.chart === "" || titleOf(flow.chart) === flow.chart ? revision : 0],
  );
  const timeline = useView(({ timeline }) => timeline);
  const at = useMemo(
    () => flowAt(flow, momentOf({ moment, timeline })),
    [flow, revision, moment],
  );
  const marks = useMemo(() => marksOf(chart, at), [chart, at]);
  const path = at?.path ?? "";
  const running = at?.operations.map(({ operation }) => operation) ?? [];
  return (
    <section
      className={`chart-pane ${isFront ? "is-front" : ""}`}
      aria-label={`Chart of ${titleOf(flow.chart)}`}
    >
      <ReactFlowProvider>
        <PaneHead
          flow={flow}
          chart={chart}
          at={at}
          canPin={!isOnly || !isPinned}
          tools={{ follows, setFollows }}
        />
        <Drawing
          chart={chart}
          marks={marks}
          path={path}
          running={running.join(" ")}
          follows={follows}
          onMoved={() => setFollows(false)}
        />
      </ReactFlowProvider>
      {chart.isGuess && (
        <p className="pane-note">
          This chart is not known here: it is drawn as far as it was seen.
        </p>
      )}
    </section>
  );
}

function PaneHead(
  { flow, chart, at, canPin, tools }: {
    readonly flow: FlowTrace;
    readonly chart: LaidChart;
    readonly at: FlowMoment | undefined;
    readonly canPin: boolean;
    readonly tools: ToolsProps;
  },
): ReactElement {
  const isPinned = useView(({ pinned }) => pinned.includes(flow.id));
  const path = at?.path ?? "";
  const node = chart.nodes.find(({ id }) => id === path);
  return (
    <header className="pane-head">
      <div className="pane-title">
        <h2>{titleOf(flow.chart)}</h2>
        <code>{flow.process}</code>
        {at !== undefined && at.status !== "running" && <Outcome status={at.status} path={path} />}
      </div>
      <p className="pane-now" aria-live="polite">
        {at === undefined ? <em>Has not begun</em> : (
          <>
            <b data-shown-state={path}>{stateName(path)}</b>
            <span>{node?.description}</span>
          </>
        )}
      </p>
      <div className="pane-buttons">
        <Tools {...tools} />
        {canPin && (
          <button
            type="button"
            className="icon-button"
            aria-pressed={isPinned}
            title={isPinned ? "Let go (p)" : "Pin beside others (p)"}
            onClick={() => isPinned ? closePinned(flow.id) : togglePin(flow.id)}
          >
            <Icon name="pin" />
            <span className="sr-only">{isPinned ? "Let go" : "Pin"}</span>
          </button>
        )}
      </div>
    </header>
  );
}
