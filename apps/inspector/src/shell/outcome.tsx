/** How a flow ended. */
import type { ReactElement } from "react";
import { toneOf } from "./tone.ts";

/** What ended, and where. */
export interface OutcomeProps {
  /** How it ended. */
  readonly status: string;
  /** Dotted path of its last state. */
  readonly path: string;
}

/** Says how a flow ended. Only what ended well is green. */
export function Outcome({ status, path }: OutcomeProps): ReactElement {
  const tone = status === "done" ? toneOf(path) : "";
  return (
    <span className={`outcome is-${status} ${tone === "bad" ? "is-other" : ""}`}>{status}</span>
  );
}
