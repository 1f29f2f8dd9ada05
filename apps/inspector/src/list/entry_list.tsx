/** A list of which only the lines in sight are drawn. */
import { type ReactElement, useEffect, useLayoutEffect, useRef, useState } from "react";
import { titleOf } from "../chart/charts.ts";
import { useShownSecond } from "../shell/clock.ts";
import { Icon } from "../shell/icon.tsx";
import { choose } from "../shell/navigation.ts";
import { useView } from "../shell/store.ts";
import type { TokenLife } from "../shell/token_life.ts";
import { toneOf } from "../shell/tone.ts";
import { clockTime, duration, sinceStart, stateName } from "../shell/words.ts";
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
            {isSession ? entry.name : titleOf(entry.name).replace(/ grant$/, "")}
            {!isSession && entry.session !== "" && <q>{entry.session}</q>}
          </span>
          <Place entry={entry} />
        </span>
        <span className="entry-line">
          <span
            className={`entry-state ${entry.status === "running" ? "is-running" : ""}`}
            title={entry.state}
          >
            {stateName(entry.state.slice(entry.state.lastIndexOf(".") + 1))}
          </span>
          {entry.token !== undefined && <Left token={entry.token} />}
          {!isSession && <Times entry={entry} />}
        </span>
      </button>
    </li>
  );
}

/** Where it runs, or which one it is where all run in one place; of a session who holds its lease. */
function Place({ entry }: { readonly entry: Entry }): ReactElement {
  const isOne = useView(({ timeline }) => timeline.processes.size < 2);
  const { holder, place, flowId } = entry;
  if (holder !== undefined) {
    return (
      <span className="entry-place is-holder" title={`${holder} holds the lease`}>
        <Icon name="key" />
        {holder}
        <span className="sr-only">holds the lease</span>
      </span>
    );
  }
  if (!isOne || flowId === "") return <span className="entry-place">{place}</span>;
  return <code className="entry-place" title={flowId}>{shortId(flowId)}</code>;
}

/** When a flow began, and how far it has come. A simulated world has no clock time. */
function Times({ entry }: { readonly entry: Entry }): ReactElement {
  const firstAt = useView(({ timeline }) => timeline.firstAt) ?? 0;
  const isWorld = useView(({ header }) => header?.source === "simulator");
  const { startedAt, steps } = entry;
  return (
    <span className="entry-time">
      {isWorld ? sinceStart(startedAt - firstAt) : clockTime(startedAt).slice(0, 8)}
      {steps > 0 && ` · ${steps} step${steps === 1 ? "" : "s"}`}
    </span>
  );
}

/** What is left of a token's life. */
function Left({ token: { bornAt, expiresAt } }: { readonly token: TokenLife }): ReactElement {
  const at = useShownSecond() * 1_000;
  const left = Math.max(0, expiresAt - at);
  const part = Math.min(1, left / (expiresAt - bornAt));
  return (
    <span className="entry-left">
      <span className="entry-bar" aria-hidden="true">
        <i style={{ width: `${part * 100}%` }} />
      </span>
      {left > 0 ? duration(left) : "expired"}
    </span>
  );
}

/** Enough of an id to tell it from others. */
function shortId(id: string): string {
  return id.length <= 10 ? id : id.slice(0, 7);
}
