/** What is wrong with a recording, each with a way to where it shows. */
import { type ReactElement, useMemo, useState } from "react";
import { titleOf } from "../chart/charts.ts";
import { Icon } from "../shell/icon.tsx";
import { sinceStart } from "../shell/words.ts";
import { show, useView } from "../shell/store.ts";
import { type Finding, findingsOf } from "./findings.ts";

/** More are counted, and not listed. */
const MOST = 40;

/** Shows what is wrong; nothing where all is well. */
export function FindingsBand(): ReactElement | null {
  const findings = useFindings();
  const [isOpen, setIsOpen] = useState(false);
  const [first] = findings;
  if (first === undefined) return null;
  const shown = isOpen ? findings.slice(0, MOST) : [first];
  const more = findings.length - 1;
  return (
    <section className="findings" aria-label="Findings">
      <ul>
        {shown.map((finding) => (
          <li key={finding.id}>
            <Row finding={finding} />
          </li>
        ))}
      </ul>
      {more > 0 && (
        <button
          type="button"
          className="findings-more"
          aria-expanded={isOpen}
          onClick={() => setIsOpen(!isOpen)}
        >
          {isOpen ? "Fewer" : `${more.toLocaleString("en")} more`}
        </button>
      )}
      {isOpen && findings.length > MOST && (
        <p className="findings-rest">The first {MOST} of {findings.length.toLocaleString("en")}</p>
      )}
    </section>
  );
}

/** What is wrong with what is shown. */
export function useFindings(): ReadonlyArray<Finding> {
  const timeline = useView(({ timeline }) => timeline);
  const count = useView(({ timeline }) => timeline.happenings.length);
  const check = useView(({ check }) => check);
  return useMemo(
    () => findingsOf(timeline, check?.type === "done" ? check.replayed.mismatches : []),
    [timeline, count, check],
  );
}

/** Goes to where something wrong shows. */
function goToFinding({ flow, moment }: Finding): void {
  show({
    moment,
    speed: 0,
    ...(flow === undefined ? {} : { choice: { type: "flow", id: flow.id } }),
    tab: "chart",
  });
}

function Row({ finding }: { readonly finding: Finding }): ReactElement {
  const firstAt = useView(({ timeline }) => timeline.firstAt) ?? 0;
  const { kind, title, flow, detail, moment } = finding;
  return (
    <button
      type="button"
      className={`finding is-${kind}`}
      title="Show where"
      onClick={() => goToFinding(finding)}
    >
      <Icon name="warning" />
      <span className="finding-kind">
        {kind === "violation" ? "Violated" : "Not as the chart"}
      </span>
      <b>{title}</b>
      <span className="finding-detail">{detail}</span>
      {flow !== undefined && (
        <span className="finding-place">{titleOf(flow.chart)}, {flow.process}</span>
      )}
      <span className="finding-time">{sinceStart(moment.at - firstAt)}</span>
    </button>
  );
}
