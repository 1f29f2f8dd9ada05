/** One arrow of a sequence diagram, which unfolds to what was sent. */
import { type CSSProperties, memo, type ReactElement } from "react";
import { Tree } from "../details/tree.tsx";
import { goTo } from "../shell/navigation.ts";
import { useView } from "../shell/store.ts";
import { duration, sinceStart } from "../shell/words.ts";
import type { Lane, Row } from "./rows.ts";

/** What is drawn. */
export interface SequenceRowProps {
  /** The arrow. */
  readonly row: Row;
  /** All columns. */
  readonly lanes: ReadonlyArray<Lane>;
  /** Whether it has not happened at the moment. */
  readonly isFuture: boolean;
  /** Whether it is the last that has. */
  readonly isLast: boolean;
  /** Whether its content is shown. */
  readonly isUnfolded: boolean;
  /** Shows or hides its content. */
  readonly onToggle: (id: string) => void;
}

/** Draws an arrow. */
export const SequenceRow = memo(function SequenceRow(
  { row, lanes, isFuture, isLast, isUnfolded, onToggle }: SequenceRowProps,
): ReactElement {
  const firstAt = useView(({ timeline }) => timeline.firstAt) ?? 0;
  const from = lanes.findIndex(({ id }) => id === row.from);
  const to = lanes.findIndex(({ id }) => id === row.to);
  const shape = from === to ? "is-note" : to > from ? "to-right" : "to-left";
  const lines = { "--lane": `${100 / lanes.length}%` } as CSSProperties;
  const hasContent = row.exchange !== undefined || row.detail !== undefined;
  const classes = [
    "message",
    `is-${row.kind}`,
    row.isBad && "is-bad",
    isFuture && "is-future",
    row.quietMillis !== undefined && "is-after-quiet",
  ];
  return (
    <li className={classes.filter(Boolean).join(" ")} data-last={isLast}>
      <QuietBefore row={row} />
      <div className="message-line">
        <button
          type="button"
          className="message-time"
          title="Show this moment"
          onClick={() => goTo(row)}
        >
          {sinceStart(row.at - firstAt)}
        </button>
        <button
          type="button"
          className="message-lanes"
          style={lines}
          aria-expanded={hasContent ? isUnfolded : undefined}
          aria-label={namesOf(row, lanes[from], lanes[to])}
          onClick={() => hasContent ? onToggle(row.id) : goTo(row)}
        >
          <span className={`arrow ${shape}`} style={placeOf(from, to, lanes.length)}>
            <span className="arrow-words">{wordsOf(row)}</span>
          </span>
        </button>
      </div>
      {isUnfolded && hasContent && <Content row={row} />}
    </li>
  );
});

function QuietBefore({ row: { quietMillis } }: { readonly row: Row }): ReactElement | null {
  if (quietMillis === undefined) return null;
  return (
    <p className="quiet">
      <span>{duration(quietMillis)} of quiet</span>
    </p>
  );
}

/** Where an arrow lies, by the numbers of its lanes; below 0: over all of them. */
function placeOf(from: number, to: number, count: number): CSSProperties {
  const share = 100 / count;
  const left = Math.min(from, to);
  if (left < 0) return { left: 0, width: "100%" };
  return from === to
    ? { left: `${left * share}%`, width: `${share}%` }
    : { left: `${(left + 0.5) * share}%`, width: `${Math.abs(to - from) * share}%` };
}

function namesOf(row: Row, from: Lane | undefined, to: Lane | undefined): string {
  const words = wordsOf(row);
  if (from === undefined || to === undefined) return words;
  return `${from.name} to ${to.name}: ${words}`;
}

function wordsOf({ label, exchange, kind }: Row): string {
  if (kind === "request" && exchange?.request?.["grant_type"] !== undefined) {
    return `${label} · ${shortGrant(exchange.request["grant_type"])}`;
  }
  const error = exchange?.response?.["error"];
  if (kind === "answer" && typeof error === "string" && !label.includes(error)) {
    return `${label} · ${error}`;
  }
  return label;
}

/** A recording may hold anything. */
function shortGrant(value: unknown): string {
  const grant = String(value);
  return grant.slice(grant.lastIndexOf(":") + 1);
}

function nothingOf({ exchange, kind }: Row): string {
  if (exchange?.to === "api") return "What the program and the API say is theirs, and not recorded";
  return kind === "request" ? "No parameters" : "No body";
}

function Content({ row }: { readonly row: Row }): ReactElement {
  const { exchange, detail, kind } = row;
  if (exchange === undefined) {
    return (
      <div className="message-content">
        {detail === undefined
          ? <p className="muted">Nothing more is known</p>
          : <Tree value={detail} />}
      </div>
    );
  }
  const { request, response, facts } = exchange;
  const took = exchange.endedAt === undefined
    ? "under way"
    : `took ${duration(exchange.endedAt - exchange.sentAt)}`;
  const body = kind === "request" ? request : response;
  return (
    <div className="message-content">
      <p className="message-url">
        <b>{exchange.method}</b> {exchange.url}
        <span>{exchange.status ?? exchange.outcome} · {took}</span>
      </p>
      {exchange.trouble !== undefined && <p className="trouble">{exchange.trouble}</p>}
      {exchange.isReplay && <p className="muted">Sent once more, with another token</p>}
      {body === undefined || Object.keys(body).length === 0
        ? <p className="muted">{nothingOf(row)}</p>
        : <Tree value={body} />}
      {facts !== undefined && <Tree value={facts} />}
    </div>
  );
}
