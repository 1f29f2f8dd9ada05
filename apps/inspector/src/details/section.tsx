/** A part of the details that unfolds. */
import type { ReactElement, ReactNode } from "react";

/** What is in it. */
export interface SectionProps {
  /** Its heading. */
  readonly title: string;
  /** A number or word beside it. */
  readonly note?: ReactNode;
  /** Whether it is folded at first. */
  readonly isFolded?: boolean;
  /** What it unfolds to. */
  readonly children: ReactNode;
}

/** Shows a heading and what belongs to it. */
export function Section({ title, note, isFolded = false, children }: SectionProps): ReactElement {
  return (
    <details className="section" open={!isFolded}>
      <summary>
        <h3>{title}</h3>
        {note !== undefined && <span className="muted">{note}</span>}
      </summary>
      {children}
    </details>
  );
}
