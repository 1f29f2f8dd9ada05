/** The head of the page: what is shown, how much of it there is, and the page's own buttons. */
import type { ReactElement } from "react";
import { CheckChip } from "../check/check_chip.tsx";
import { FileButton } from "./file_button.tsx";
import { Icon, type IconName } from "./icon.tsx";
import { nextTheme } from "./navigation.ts";
import { type Middle, show, type Source, type Theme, useView } from "./store.ts";

const themeIcons: Readonly<Record<Theme, IconName>> = {
  system: "half",
  light: "sun",
  dark: "moon",
};

const middles: ReadonlyArray<readonly [Middle, string]> = [
  ["chart", "Chart"],
  ["messages", "Messages"],
  ["both", "Both"],
];

/** Shows the head. */
export function Head(): ReactElement {
  const theme = useView(({ theme }) => theme);
  const middle = useView(({ middle }) => middle);
  const isEmpty = useView(({ timeline }) => timeline.lineCount === 0);
  return (
    <header className="head">
      <h1>
        <Icon name="bell" />
        <span>Bellhop</span>
      </h1>
      <What />
      <CheckChip />
      <Numbers />
      <div className="head-buttons">
        {!isEmpty && (
          <div className="segments" role="group" aria-label="In the middle">
            {middles.map(([value, words]) => (
              <button
                key={value}
                type="button"
                aria-pressed={middle === value}
                onClick={() => show({ middle: value })}
              >
                {words}
              </button>
            ))}
          </div>
        )}
        <FileButton className="icon-button" label="Open a recording">
          <Icon name="open" />
        </FileButton>
        <button
          type="button"
          className="icon-button"
          title={`Theme: ${theme} (t)`}
          aria-label={`Theme: ${theme}`}
          onClick={nextTheme}
        >
          <Icon name={themeIcons[theme]} />
        </button>
        <button
          type="button"
          className="icon-button"
          title="Keys (?)"
          aria-label="Help"
          onClick={() => show({ isHelpOpen: true })}
        >
          <Icon name="help" />
        </button>
      </div>
    </header>
  );
}

function What(): ReactElement {
  const source = useView(({ source }) => source);
  const header = useView(({ header }) => header);
  const file = source.type === "file" || source.type === "served" ? source.name : "";
  const name = header?.name ?? file;
  return (
    <p className="what">
      <span className={`source is-${standingOf(source)}`}>{wordsOf(source)}</span>
      {name !== "" && <b>{name}</b>}
      {file !== "" && file !== name && <code title="File">{file}</code>}
      {header?.source === "simulator" && (
        <span className="muted">
          simulated world{header.seed === undefined ? "" : `, seed ${header.seed}`}
        </span>
      )}
    </p>
  );
}

function standingOf(source: Source): string {
  if (source.type === "served") return "file";
  return source.type === "live" ? source.status : source.type;
}

function wordsOf(source: Source): string {
  if (source.type === "file") return "Recording";
  if (source.type === "served") return source.isWhole ? "Recording" : "Opening";
  if (source.type === "nothing") return "Nothing open";
  if (source.status === "open") return "Live";
  if (source.status === "ended") return "Ended";
  return source.status === "lost" ? "Connection lost" : "Connecting";
}

function Numbers(): ReactElement {
  const timeline = useView(({ timeline }) => timeline);
  useView(({ revision }) => revision);
  const missed = useView(({ missed }) => missed);
  const { flows, exchanges, happenings, lost } = timeline;
  const faults = happenings.filter(({ type }) => type === "fault.began").length;
  const violations = happenings.filter(({ type }) => type === "violated").length;
  const all: ReadonlyArray<readonly [number, string, string]> = [
    [flows.size, "flow", ""],
    [exchanges.length, "exchange", ""],
    [faults, "fault", "is-fault"],
    [violations, "violation", "is-violation"],
    [missed, "missed line", "is-fault"],
    [lost.requests, "request", "is-left-out"],
    [lost.steps + lost.exchanges + lost.happenings, "older line", "is-dropped"],
  ];
  return (
    <ul className="numbers" aria-label="How much there is">
      {all.filter(([count]) => count > 0).map(([count, word, kind]) => (
        <li key={word} className={kind}>
          <b>{count.toLocaleString("en")}</b> {word}
          {count === 1 ? "" : "s"}
          {kind === "is-dropped" && " dropped"}
          {kind === "is-left-out" && " left out"}
        </li>
      ))}
    </ul>
  );
}
