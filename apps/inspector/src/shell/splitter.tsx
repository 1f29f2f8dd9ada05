/** The bar between charts and messages, which moves by pointer and by keys. */
import { type KeyboardEvent, type PointerEvent, type ReactElement, useEffect, useRef } from "react";
import { current, show, useView } from "./store.ts";

const LEAST = 20;
const MOST = 85;
const USUAL = 60;
const KEPT = "split";

/** Shows the bar. How it was left is kept for the next time. */
export function Splitter(): ReactElement {
  const split = useView(({ split }) => split);
  const bar = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const kept = keptSplit();
    if (kept !== undefined) show({ split: kept });
  }, []);
  const drag = ({ clientY, buttons }: PointerEvent): void => {
    const { top = 0, height = 1 } = bar.current?.parentElement?.getBoundingClientRect() ?? {};
    if (buttons === 1) move((clientY - top) / height * 100);
  };
  const press = (event: KeyboardEvent): void => {
    const moves: Readonly<Record<string, number>> = {
      ArrowUp: split - 4,
      ArrowDown: split + 4,
      PageUp: split - 12,
      PageDown: split + 12,
      Home: LEAST,
      End: MOST,
      Enter: USUAL,
    };
    const to = Object.hasOwn(moves, event.key) ? moves[event.key] : undefined;
    if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    move(to);
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={bar}
      className="splitter"
      role="separator"
      tabIndex={0}
      aria-label="Between chart and messages"
      aria-orientation="horizontal"
      aria-valuemin={LEAST}
      aria-valuemax={MOST}
      aria-valuenow={split}
      aria-valuetext={`Chart ${split} %`}
      title="Drag, or use the arrow keys; twice: as it was"
      onKeyDown={press}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
      onDoubleClick={() => move(USUAL)}
    />
  );
}

function move(to: number): void {
  const split = Math.round(Math.min(MOST, Math.max(LEAST, to)));
  if (split === current().split) return;
  show({ split });
  try {
    localStorage.setItem(KEPT, String(split));
  } catch {
    // Nothing is kept where the browser keeps nothing.
  }
}

function keptSplit(): number | undefined {
  try {
    const kept = Number(localStorage.getItem(KEPT) ?? Number.NaN);
    return kept >= LEAST && kept <= MOST ? kept : undefined;
  } catch {
    return undefined;
  }
}
