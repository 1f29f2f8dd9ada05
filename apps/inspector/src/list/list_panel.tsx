/** The left panel: sessions and flows, with a search over them. */
import { type ReactElement, useDeferredValue, useMemo, useState } from "react";
import { titleOf } from "../chart/charts.ts";
import { Icon } from "../shell/icon.tsx";
import { useView } from "../shell/store.ts";
import { anything, type Filter, flowEntries, outcomes, sessionEntries } from "./entries.ts";
import { EntryList } from "./entry_list.tsx";

/** Shows what there is to choose. */
export function ListPanel(): ReactElement {
  const timeline = useView(({ timeline }) => timeline);
  const revision = useDeferredValue(useView(({ revision }) => revision));
  const moment = useDeferredValue(useView(({ moment }) => moment));
  const [filter, setFilter] = useState<Filter>(anything);
  const sessions = useMemo(
    () => sessionEntries(timeline, moment, filter),
    [timeline, revision, moment, filter],
  );
  const flows = useMemo(
    () => flowEntries(timeline, moment, filter),
    [timeline, revision, moment, filter],
  );
  const running = flows.filter(({ status }) => status === "running").length;
  return (
    <div className="list-panel">
      <Search filter={filter} setFilter={setFilter} />
      {sessions.length > 0 && (
        <>
          <h2 className="list-head">
            Sessions<span>{sessions.length.toLocaleString("en")}</span>
          </h2>
          <EntryList entries={sessions} isShort label="Sessions" />
        </>
      )}
      <h2 className="list-head">
        Flows<span>{flows.length.toLocaleString("en")}</span>
        {running > 0 && <span className="list-running">{running.toLocaleString("en")} running
        </span>}
      </h2>
      {flows.length === 0
        ? <p className="list-none">{filter === anything ? "None yet" : "None that fits"}</p>
        : <EntryList entries={flows} isShort={false} label="Flows" />}
    </div>
  );
}

function Search(
  { filter, setFilter }: {
    readonly filter: Filter;
    readonly setFilter: (filter: Filter) => void;
  },
): ReactElement {
  const timeline = useView(({ timeline }) => timeline);
  const charts = [...new Set([...timeline.flows.values()].map(({ chart }) => chart))];
  const processes = [...timeline.processes.keys()];
  return (
    <search className="search">
      <label className="search-text">
        <Icon name="search" />
        <span className="sr-only">Search flows and sessions</span>
        <input
          id="search"
          type="search"
          placeholder="Search"
          autoComplete="off"
          spellCheck={false}
          value={filter.text}
          onChange={({ target }) => setFilter({ ...filter, text: target.value })}
        />
        <kbd>/</kbd>
      </label>
      <div className="filters">
        <Pick
          label="Chart"
          value={filter.chart}
          values={charts.map((chart) => [chart, titleOf(chart)])}
          onPick={(chart) => setFilter({ ...filter, chart })}
        />
        <Pick
          label="Outcome"
          value={filter.outcome}
          values={[...outcomes]}
          onPick={(outcome) => setFilter({ ...filter, outcome })}
        />
        {processes.length > 1 && (
          <Pick
            label="Process"
            value={filter.process}
            values={processes.map((process) => [process, process])}
            onPick={(process) => setFilter({ ...filter, process })}
          />
        )}
      </div>
    </search>
  );
}

function Pick(
  { label, value, values, onPick }: {
    readonly label: string;
    readonly value: string;
    readonly values: ReadonlyArray<readonly [value: string, words: string]>;
    readonly onPick: (value: string) => void;
  },
): ReactElement {
  return (
    <select
      aria-label={label}
      className={value === "" ? "" : "is-set"}
      value={value}
      onChange={({ target }) => onPick(target.value)}
    >
      <option value="">{label}</option>
      {values.map(([value, words]) => <option key={value} value={value}>{words}</option>)}
    </select>
  );
}
