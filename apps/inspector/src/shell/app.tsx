/** The page: its head, its panels, and what lies over them. */
import { type CSSProperties, type ReactElement, useEffect } from "react";
import { Charts } from "../chart/charts_panel.tsx";
import { FindingsBand } from "../check/findings_band.tsx";
import { DetailsPanel } from "../details/details_panel.tsx";
import { ListPanel } from "../list/list_panel.tsx";
import { SequencePanel } from "../sequence/sequence_panel.tsx";
import { TimelinePanel } from "../timeline/timeline_panel.tsx";
import { DropTarget } from "./drop_target.tsx";
import { Empty } from "./empty.tsx";
import { Head } from "./head.tsx";
import { Help } from "./help.tsx";
import { handleKey } from "./key_handler.ts";
import { Safe } from "./safe.tsx";
import { Splitter } from "./splitter.tsx";
import { show, type Tab, useView } from "./store.ts";
import { keepTheme } from "./theme.ts";

const tabs: ReadonlyArray<readonly [Tab, string]> = [
  ["list", "Flows"],
  ["chart", "Chart"],
  ["messages", "Messages"],
  ["details", "Details"],
];

/** Shows the page. */
export function App(): ReactElement {
  useEffect(keepTheme, []);
  useEffect(() => {
    document.addEventListener("keydown", handleKey);
    return () => document.removeEventListener("keydown", handleKey);
  }, []);
  const isEmpty = useView(({ timeline }) => timeline.lineCount === 0);
  const tab = useView(({ tab }) => tab);
  const middle = useView(({ middle }) => middle);
  const timeline = useView(({ timeline }) => timeline);
  const choice = useView(({ choice }) => choice);
  const split = useView(({ split }) => split);
  const shares = { "--charts": `${split}fr`, "--messages": `${100 - split}fr` } as CSSProperties;
  useView(({ revision }) => revision);
  return (
    <DropTarget>
      <div className={`page shows-${tab} ${isEmpty ? "is-empty" : ""}`}>
        <Head />
        <div className="bands">
          <Fault />
          <FindingsBand />
        </div>
        {isEmpty ? <Empty /> : (
          <>
            <Tabs />
            <main className="panels">
              <aside className="panel left" aria-label="Flows and sessions">
                <Safe of={timeline}>
                  <ListPanel />
                </Safe>
              </aside>
              <div className={`panel middle is-${middle}`} style={shares}>
                <Safe of={choice}>
                  <Charts />
                  {middle === "both" && <Splitter />}
                  <SequencePanel />
                </Safe>
              </div>
              <aside className="panel right" aria-label="Details" data-reads tabIndex={0}>
                <Safe of={choice}>
                  <DetailsPanel />
                </Safe>
              </aside>
            </main>
            <Safe of={timeline}>
              <TimelinePanel />
            </Safe>
          </>
        )}
        <Help />
      </div>
    </DropTarget>
  );
}

function Tabs(): ReactElement {
  const tab = useView(({ tab }) => tab);
  return (
    <nav className="tabs" aria-label="Panels">
      {tabs.map(([value, words]) => (
        <button
          key={value}
          type="button"
          aria-current={tab === value ? "page" : undefined}
          onClick={() => show({ tab: value })}
        >
          {words}
        </button>
      ))}
    </nav>
  );
}

function Fault(): ReactElement | null {
  const fault = useView(({ fault }) => fault);
  if (fault === undefined) return null;
  return (
    <div className="fault" role="alert">
      <span>
        <b>That could not be opened.</b> {fault}
      </span>
      <button type="button" onClick={() => show({ fault: undefined })}>Dismiss</button>
    </div>
  );
}
