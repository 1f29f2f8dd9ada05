/** Who told whom what: the messages of a flow, of its process, or of everything. */
import { type ReactElement, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import { countAt, momentOf } from "../shell/moment.ts";
import { chosenFlow } from "../shell/navigation.ts";
import { useView } from "../shell/store.ts";
import { type Scope, sequenceOf } from "./rows.ts";
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
  const { lanes, rows, omitted } = sequence;
  const count = countAt(rows, momentOf({ moment, timeline }));
  const shown = useView(({ tab, middle }) => `${tab} ${middle}`);
  const box = useScrolled(count, `${rows.length} ${shown}`);
  const toggle = (id: string): void => {
    const next = new Set(unfolded);
    if (!next.delete(id)) next.add(id);
    setUnfolded(next);
  };
  return (
    <section className="sequence" aria-label="Messages">
      <header className="sequence-top">
        <h2>Messages</h2>
        <span className="muted">{count} of {rows.length}</span>
        <Scopes scope={scope} setScope={setScope} />
      </header>
      {rows.length === 0
        ? <p className="sequence-none">No messages {scope === "flow" ? "of this flow" : "yet"}</p>
        : (
          <div className="sequence-box" ref={box}>
            <div className="sequence-body" style={{ minWidth: 72 + lanes.length * 120 }}>
              <div className="lanes-head">
                <span />
                <div className="lanes">
                  {lanes.map(({ id, name, kind }) => (
                    <span key={id} className={`lane-name is-${kind}`}>{name}</span>
                  ))}
                </div>
              </div>
              {omitted > 0 && <p className="sequence-none">{omitted} earlier ones are not shown</p>}
              <ol>
                {rows.map((row, index) => (
                  <SequenceRow
                    key={row.id}
                    row={row}
                    lanes={lanes}
                    isFuture={index >= count}
                    isLast={index === count - 1}
                    isUnfolded={unfolded.has(row.id)}
                    onToggle={toggle}
                  />
                ))}
              </ol>
            </div>
          </div>
        )}
    </section>
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

/** Keeps the last row that has happened in sight. */
function useScrolled(count: number, shown: string): React.RefObject<HTMLDivElement | null> {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    const row = element?.querySelector<HTMLElement>("[data-last=true]");
    if (element === null || row === null || row === undefined) return;
    const from = row.offsetTop - 60;
    const to = row.offsetTop + row.offsetHeight + 24;
    if (from < element.scrollTop) element.scrollTop = from;
    else if (to > element.scrollTop + element.clientHeight) {
      element.scrollTop = to - element.clientHeight;
    }
  }, [count, shown]);
  return box;
}
