/** How many steps of a recording were replayed, in the head. */
import type { ReactElement } from "react";
import { Icon } from "../shell/icon.tsx";
import { useView } from "../shell/store.ts";
import type { Replayed } from "./replayed.ts";

/** Shows how far the replay has come; nothing where there is none. */
export function CheckChip(): ReactElement | null {
  const check = useView(({ check }) => check);
  if (check === undefined) return null;
  if (check.type === "running") {
    return <span className="check" role="status">Replaying {Math.round(check.part * 100)} %</span>;
  }
  if (check.type === "failed") {
    return (
      <span className="check" role="status" title="The program that served this page has ended">
        Not replayed
      </span>
    );
  }
  const { replayed } = check;
  const isWhole = replayed.mismatches.length === 0;
  if (replayed.total === 0) return null;
  return (
    <span className={`check ${isWhole ? "" : "is-bad"}`} role="status" title={titleOf(replayed)}>
      <Icon name={isWhole ? "check" : "warning"} />
      <span>{wordsOf(replayed)}</span>
    </span>
  );
}

/** What came of a replay, in a few words. */
function wordsOf({ same, total, mismatches }: Replayed): string {
  const count = (value: number) => value.toLocaleString("en");
  return mismatches.length === 0
    ? `${count(same)} of ${count(total)} steps replayed`
    : `${count(same)} of ${count(total)} steps replayed, ${count(mismatches.length)} ${
      mismatches.length === 1 ? "differs" : "differ"
    }`;
}

function titleOf({ same, total, mismatches, unreplayed }: Replayed): string {
  const reasons = {
    unknownChart: "no chart of that name here",
    otherVersion: "another version of the chart",
    noBeginning: "the recording begins later than the flow",
  };
  const left = unreplayed.slice(0, 8).map(({ flow, chart, reason }) =>
    `${chart === "" ? flow : chart}: ${reasons[reason]}`
  );
  return [
    mismatches.length === 0
      ? "Each of these steps was taken again by its chart and came to the same state"
      : "The charts do not take these steps as they were recorded",
    ...(same + mismatches.length < total
      ? [`${total - same - mismatches.length} not taken again`]
      : []),
    ...left,
  ].join("\n");
}
