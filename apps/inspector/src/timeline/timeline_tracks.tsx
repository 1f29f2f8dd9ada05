/** What lies on the time line. */
import { memo, type ReactElement, useMemo } from "react";
import type { Finding } from "../check/findings.ts";
import { chosenFlow } from "../shell/navigation.ts";
import { useView } from "../shell/store.ts";
import { sinceStart } from "../shell/words.ts";
import {
  activity,
  exchangeStretches,
  faultStretches,
  findingFlags,
  type Flag,
  happeningMarks,
  stateStretches,
  type Stretch,
} from "./tracks.ts";
import { type Range, ticks } from "./scale.ts";

/** What is drawn. */
export interface TracksProps {
  /** The times that are spanned. */
  readonly range: Range;
  /** The last time there is. */
  readonly now: number;
  /** What is wrong. */
  readonly findings: ReadonlyArray<Finding>;
}

const PARTS = 160;

/** Draws the scale, the activity of all, the chosen flow's states, exchanges and faults. */
export const Tracks = memo(function Tracks({ range, now, findings }: TracksProps): ReactElement {
  const timeline = useView(({ timeline }) => timeline);
  const revision = useView(({ revision }) => revision);
  const flow = useView(chosenFlow);
  const drawn = useMemo(() => ({
    bars: activity(timeline, range, PARTS),
    faults: faultStretches(timeline, range),
    marks: happeningMarks(timeline, range),
    exchanges: exchangeStretches(timeline, flow, range),
    states: flow === undefined ? [] : stateStretches(flow, range, now),
  }), [timeline, revision, flow, keyOf(range)]);
  const origin = timeline.firstAt ?? 0;
  return (
    <div className="tracks" aria-hidden="true">
      <div className="track-scale">
        {ticks(range, origin, 9).map(({ since, left }) => (
          <span key={since} style={{ left: `${left * 100}%` }}>
            {sinceStart(since).replace(/\.0$/, "")}
          </span>
        ))}
      </div>
      <svg className="track-activity" viewBox={`0 0 ${PARTS} 1`} preserveAspectRatio="none">
        <path d={barsPath(drawn.bars)} />
      </svg>
      {drawn.faults.length > 0 && (
        <div
          className="track-faults"
          data-rows={Math.max(...drawn.faults.map(({ row }) => row)) + 1}
        >
          {drawn.faults.map((stretch) => (
            <Bar key={stretch.id} stretch={stretch} row={stretch.row} />
          ))}
        </div>
      )}
      <div className="track-marks">
        {drawn.marks.map(({ id, left, kind, label }) => (
          <i
            key={id}
            className={`mark is-${kind}`}
            title={label}
            style={{ left: `${left * 100}%` }}
          />
        ))}
      </div>
      <div className="track-states">
        {drawn.states.map((stretch) => <Bar key={stretch.id} stretch={stretch} />)}
      </div>
      <div className="track-wire">
        {drawn.exchanges.map((stretch) => <Bar key={stretch.id} stretch={stretch} />)}
      </div>
      {findingFlags(findings, range).map((flag) => <FlagLine key={flag.id} flag={flag} />)}
    </div>
  );
});

/** Changes with whatever changes where times lie. */
function keyOf({ from, to, segments = [] }: Range): string {
  return [from, to, ...segments.map((each) => `${each.from}${each.isFold ? "-" : "+"}`)].join(" ");
}

function FlagLine({ flag }: { readonly flag: Flag }): ReactElement {
  const { kind, left, label, detail } = flag;
  const side = left > 0.85 ? "is-left" : "";
  return (
    <div className={`flag is-${kind} ${side}`} style={{ left: `${left * 100}%` }} title={detail}>
      <span>{label}</span>
    </div>
  );
}

function Bar(
  { stretch, row }: { readonly stretch: Stretch; readonly row?: number },
): ReactElement {
  const { left, width, kind, label } = stretch;
  return (
    <span
      className={`bar is-${kind}`}
      data-row={row}
      title={label}
      style={{ left: `${left * 100}%`, width: `${Math.max(0, width) * 100}%` }}
    >
      <span>{label.slice(label.lastIndexOf(".") + 1)}</span>
    </span>
  );
}

function barsPath(bars: ReadonlyArray<number>): string {
  return bars.map((bar, index) => bar === 0 ? "" : `M${index + 0.15} 1V${1 - bar}h.7V1z`).join("");
}
