/** The charts of the chosen flow and of those that were pinned: side by side, or one at a time. */
import type { FlowTrace } from "@bellhop/inspector/recording/trace";
import type { ReactElement } from "react";
import { choose, chosenFlow } from "../shell/navigation.ts";
import { useView } from "../shell/store.ts";
import { ChartPane } from "./chart_pane.tsx";
import { titleOf } from "./charts.ts";

/** Shows the charts. A narrow window shows that of the chosen flow, and a switch to the others. */
export function Charts(): ReactElement {
  const flow = useView(chosenFlow);
  const pinned = useView(({ pinned }) => pinned);
  const flows = useView(({ timeline }) => timeline.flows);
  const kept = pinned.flatMap((id) => flows.get(id) ?? []);
  const all = flow === undefined || pinned.includes(flow.id) ? kept : [...kept, flow];
  const front = all.find((one) => one === flow) ?? all[0];
  if (all.length === 0) {
    return (
      <div className="charts">
        <p className="list-none">Choose a flow on the left</p>
      </div>
    );
  }
  return (
    <div className="charts">
      {all.length > 1 && front !== undefined && <Switch all={all} front={front} />}
      {all.map((one) => (
        <ChartPane
          key={one.id}
          flow={one}
          isPinned={pinned.includes(one.id)}
          isOnly={all.length === 1}
          isFront={one === front}
        />
      ))}
    </div>
  );
}

function Switch(
  { all, front }: { readonly all: ReadonlyArray<FlowTrace>; readonly front: FlowTrace },
): ReactElement {
  return (
    <nav className="charts-switch" aria-label="Charts">
      {all.map((flow) => (
        <button
          key={flow.id}
          type="button"
          aria-pressed={flow === front}
          onClick={() => choose({ type: "flow", id: flow.id })}
        >
          <b>{titleOf(flow.chart)}</b>
          <span>{flow.process}</span>
        </button>
      ))}
    </nav>
  );
}
