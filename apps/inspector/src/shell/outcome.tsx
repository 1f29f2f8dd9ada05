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
  const isBad = tone === "bad";
  // The flow came to an end of its own, but not to the one that was wished for.
  const name = isBad ? path.split(".").at(-1) : status;
  return <span className={`outcome is-${status} ${isBad ? "is-other" : ""}`}>{name}</span>;
}
