/** Who told whom what: the messages of a flow, of its process, or of everything. */
import {
  type ReactElement,
  useCallback,
  useDeferredValue,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { countAt, momentOf } from "../shell/moment.ts";
import { chosenFlow } from "../shell/navigation.ts";
import { useView } from "../shell/store.ts";
import { drawnRows, type Lane, type Scope, sequenceOf } from "./rows.ts";
import { SequenceRow } from "./sequence_row.tsx";

const scopes: ReadonlyArray<readonly [Scope, string]> = [
  ["flow", "Flow"],
  ["process", "Process"],
  ["everything", "Everything"],
];

/** Shows a sequence diagram that keeps the moment in sight. */
export function SequencePanel(): ReactElement {
  const timeline = useView(({ timeline }) => timeline);
  const revision = useDeferredValue(useView(({ revision }) => revision));
  const moment = useView(({ moment }) => moment);
  const flow = useView(chosenFlow);
  const [scope, setScope] = useState<Scope>("flow");
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const sequence = useMemo(
    () => sequenceOf(timeline, flow, scope),
    [timeline, revision, flow, scope],
  );
  const { lanes, rows } = sequence;
  const count = countAt(rows, momentOf({ moment, timeline }));
  const [from, to] = drawnRows(rows.length, count);
  const shown = useView(({ tab, middle }) => `${tab} ${middle}`);
  const box = useScrolled(count, `${rows.length} ${shown}`);
  const toggle = useCallback((id: string): void => {
    setUnfolded((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  }, []);
  return (
    <section className="sequence" aria-label="Messages" data-reads>
      <header className="sequence-top">
        <h2>Messages</h2>
        <span className="muted">
          {count.toLocaleString("en")} of {rows.length.toLocaleString("en")}
        </span>
        <Scopes scope={scope} setScope={setScope} />
      </header>
      {rows.length === 0
        ? <p className="sequence-none">No messages {scope === "flow" ? "of this flow" : "yet"}</p>
        : (
          <div className="sequence-box" ref={box} tabIndex={0} role="group" aria-label="Diagram">
            <div
              className={`sequence-body ${lanes.length > 4 ? "is-wide" : ""}`}
              style={{ minWidth: 72 + lanes.length * laneWidth(lanes.length) }}
            >
              <LaneNames lanes={lanes} />
              {from > 0 && (
                <p className="sequence-none">{from.toLocaleString("en")} before: go back in time</p>
              )}
              <ol>
                {rows.slice(from, to).map((row, offset) => (
                  <SequenceRow
                    key={row.id}
                    row={row}
                    lanes={lanes}
                    isFuture={from + offset >= count}
                    isLast={from + offset === count - 1}
                    isUnfolded={unfolded.has(row.id)}
                    onToggle={toggle}
                  />
                ))}
              </ol>
              {to < rows.length && (
                <p className="sequence-none">
                  {(rows.length - to).toLocaleString("en")} after: go on in time
                </p>
              )}
            </div>
          </div>
        )}
    </section>
  );
}

function LaneNames({ lanes }: { readonly lanes: ReadonlyArray<Lane> }): ReactElement {
  return (
    <div className="lanes-head">
      <span />
      <div className="lanes">
        {lanes.map(({ id, name, kind }) => (
          <span key={id} className={`lane-name is-${kind}`}>{name}</span>
        ))}
      </div>
    </div>
  );
}

function Scopes(
  { scope, setScope }: { readonly scope: Scope; readonly setScope: (scope: Scope) => void },
): ReactElement {
  return (
    <div className="segments" role="group" aria-label="Whose messages">
      {scopes.map(([value, words]) => (
        <button
          key={value}
          type="button"
          aria-pressed={scope === value}
          onClick={() => setScope(value)}
        >
          {words}
        </button>
      ))}
    </div>
  );
}

/** Many lanes are narrow, so that few of them are out of sight. */
function laneWidth(count: number): number {
  if (count <= 5) return 120;
  return count <= 8 ? 90 : 74;
}

/** Keeps the last row that has happened in sight. */
function useScrolled(count: number, shown: string): React.RefObject<HTMLDivElement | null> {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    keepInSight(element);
    // Rows have their height only once they are in sight, and the panel may be given another one.
    const frame = requestAnimationFrame(() => keepInSight(element));
    const observer = new ResizeObserver(() => keepInSight(element));
    observer.observe(element);
    return () => {
      cancelAnimationFrame(frame);
      observer.disconnect();
    };
  }, [count, shown]);
  return box;
}

function keepInSight(element: HTMLElement): void {
  const row = element.querySelector<HTMLElement>("[data-last=true]");
  if (row === null) return;
  const from = row.offsetTop - 60;
  const to = row.offsetTop + row.offsetHeight + 24;
  if (from < element.scrollTop) element.scrollTop = from;
  else if (to > element.scrollTop + element.clientHeight) {
    element.scrollTop = to - element.clientHeight;
  }
}
