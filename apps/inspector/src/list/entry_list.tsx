/** A list of which only the lines in sight are drawn. */
import { type ReactElement, useEffect, useLayoutEffect, useRef, useState } from "react";
import { titleOf } from "../chart/charts.ts";
import { choose } from "../shell/navigation.ts";
import { useView } from "../shell/store.ts";
import { toneOf } from "../shell/tone.ts";
import { sinceStart, stateName } from "../shell/words.ts";
import { type Entry, isSame } from "./entries.ts";

/** What is listed. */
export interface EntryListProps {
  /** All lines. */
  readonly entries: ReadonlyArray<Entry>;
  /** Whether it takes at most a third of the panel. */
  readonly isShort: boolean;
  /** What the list is called. */
  readonly label: string;
}

const ROW = 54;
const BEYOND = 6;

/** Lists entries. */
export function EntryList({ entries, isShort, label }: EntryListProps): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  const choice = useView(({ choice }) => choice);
  const index = entries.findIndex((entry) => isSame(choice, entry.choice));
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    const element = box.current;
    if (element === null || index < 0) return;
    const [from, to] = [index * ROW, (index + 1) * ROW];
    if (from < element.scrollTop) element.scrollTop = from;
    else if (to > element.scrollTop + element.clientHeight) {
      element.scrollTop = to - element.clientHeight;
    }
  }, [choice, height]);
  const first = Math.max(0, Math.floor(top / ROW) - BEYOND);
  const last = Math.min(entries.length, Math.ceil((top + height) / ROW) + BEYOND);
  return (
    <div
      ref={box}
      className={`entries ${isShort ? "is-short" : ""}`}
      data-entries={label}
      onScroll={({ currentTarget }) => setTop(currentTarget.scrollTop)}
    >
      <ul aria-label={label} style={{ height: entries.length * ROW }}>
        {entries.slice(first, last).map((entry, offset) => (
          <Row
            key={`${entry.choice.type} ${entry.choice.id}`}
            entry={entry}
            at={first + offset}
            count={entries.length}
            isChosen={isSame(choice, entry.choice)}
          />
        ))}
      </ul>
    </div>
  );
}

/** Lit while it runs; then how it ended. A session's tells how its token is. */
function lampOf({ choice, state, status }: Entry): string {
  if (choice.type === "session") return status === "running" ? `is-${state}` : "is-over";
  return status === "done" ? `is-done is-${toneOf(state)}` : `is-${status}`;
}

function Row(
  { entry, at, count, isChosen }: {
    readonly entry: Entry;
    readonly at: number;
    readonly count: number;
    readonly isChosen: boolean;
  },
): ReactElement {
  const firstAt = useView(({ timeline }) => timeline.firstAt) ?? 0;
  const isSession = entry.choice.type === "session";
  return (
    <li
      style={{ transform: `translateY(${at * ROW}px)`, height: ROW }}
      aria-posinset={at + 1}
      aria-setsize={count}
    >
      <button
        type="button"
        className="entry"
        aria-current={isChosen}
        data-entry={entry.choice.id}
        onClick={() => choose(entry.choice)}
      >
        <span className={`lamp ${lampOf(entry)}`} title={entry.status}>
          <span className="sr-only">{entry.status}</span>
        </span>
        <span className="entry-line">
          <span className="entry-name">
            {isSession ? entry.name : titleOf(entry.name)}
            {!isSession && entry.session !== "" && <q>{entry.session}</q>}
          </span>
          <span className="entry-place">{entry.place}</span>
        </span>
        <span className="entry-line">
          <span className={`entry-state ${entry.status === "running" ? "is-running" : ""}`}>
            {stateName(entry.state)}
          </span>
          {!isSession && (
            <span className="entry-time">
              {sinceStart(entry.startedAt - firstAt)}
              {entry.steps > 0 && ` · ${entry.steps} step${entry.steps === 1 ? "" : "s"}`}
            </span>
          )}
        </span>
      </button>
    </li>
  );
}
