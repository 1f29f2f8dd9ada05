/** What tools say of a page: how long its frames take, and what axe complains of. */
import type { Page } from "playwright-core";

/** How long frames took while something was done. */
export interface Frames {
  /** In milliseconds: half of them took less. */
  readonly median: number;
  /** In milliseconds. */
  readonly longest: number;
  /** How many tasks took more than 50 ms. */
  readonly longTasks: number;
}

/** Scrolls through the list of flows, or scrubs through time, for so many frames. */
export function framesWhile(page: Page, what: "scrolling" | "scrubbing"): Promise<Frames> {
  return page.evaluate(inPage, what);
}

async function inPage(what: "scrolling" | "scrubbing"): Promise<Frames> {
  let longTasks = 0;
  const observer = new PerformanceObserver((list) => {
    longTasks += list.getEntries().length;
  });
  observer.observe({ type: "longtask" });
  const list = document.querySelector("[data-entries=Flows]");
  const slider = document.querySelector("[role=slider]");
  const { left = 0, width = 0, top = 0 } = slider?.getBoundingClientRect() ?? {};
  const frames: Array<number> = [];
  let before = performance.now();
  for (let frame = 0; frame < 40; frame++) {
    if (what === "scrolling") list?.scrollBy(0, 300);
    else {
      slider?.dispatchEvent(
        new PointerEvent("pointermove", {
          bubbles: true,
          buttons: 1,
          clientX: left + width * (1 - frame / 40),
          clientY: top + 30,
        }),
      );
    }
    await new Promise((done) => requestAnimationFrame(done));
    const now = performance.now();
    frames.push(now - before);
    before = now;
  }
  observer.disconnect();
  const sorted = frames.toSorted((one, other) => one - other).map(Math.round);
  return { median: sorted[20] ?? 0, longest: sorted.at(-1) ?? 0, longTasks };
}

/** Something that axe complains of. */
export interface Complaint {
  /** What was shown. */
  readonly shown: string;
  /** The rule. */
  readonly rule: string;
  /** Selectors of the elements. */
  readonly elements: ReadonlyArray<string>;
}

interface AxeResult {
  readonly violations: ReadonlyArray<{
    readonly id: string;
    readonly impact: string;
    readonly nodes: ReadonlyArray<{ readonly target: ReadonlyArray<string> }>;
  }>;
}

/** Asks axe, which has to be in the page, for what is serious or critical. */
export async function complaints(page: Page, shown: string): Promise<ReadonlyArray<Complaint>> {
  const { violations } = await page.evaluate<AxeResult>("axe.run(document)");
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical").map(
    ({ id, nodes }) => ({
      shown,
      rule: id,
      elements: nodes.slice(0, 5).map(({ target }) => target.join(" ")),
    }),
  );
}
