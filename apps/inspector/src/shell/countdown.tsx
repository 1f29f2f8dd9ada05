/** What is left of a timer, as it passes. */
import type { ReactElement } from "react";
import { useShownTime } from "./clock.ts";
import { duration } from "./words.ts";

/** Which timer. */
export interface CountdownProps {
  /** When it was armed. */
  readonly armedAt: number;
  /** When it is due. */
  readonly dueAt: number;
}

/** Shows the time left and how much of the whole that is. */
export function Countdown({ armedAt, dueAt }: CountdownProps): ReactElement {
  const at = useShownTime();
  const left = Math.max(0, dueAt - at);
  const part = Math.min(1, Math.max(0, left / Math.max(1, dueAt - armedAt)));
  return (
    <span className="countdown" role="timer" aria-label={`${duration(left)} left`}>
      <svg viewBox="0 0 12 12" aria-hidden="true">
        <circle cx="6" cy="6" r="4.5" className="countdown-track" />
        <circle
          cx="6"
          cy="6"
          r="4.5"
          pathLength={1}
          className="countdown-left"
          strokeDasharray={`${part} 1`}
        />
      </svg>
      {duration(left)}
    </span>
  );
}
