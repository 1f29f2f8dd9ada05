/** What tools say of a page: how long its frames take, and what axe complains of. */
import type { Page } from "playwright-core";

/** How long frames took while something was done. */
export interface Frames {
  /** In milliseconds: half of them took less. */
  readonly median: number;
  /** In milliseconds: nineteen of twenty took less. */
  readonly most: number;
  /** In milliseconds. */
  readonly longest: number;
  /** How many tasks took more than 50 ms. */
  readonly longTasks: number;
}

/** What a page is asked to do meanwhile. */
export type Doing = "waiting" | "scrolling" | "scrubbing";

/** Scrolls through the list of flows, or scrubs through time, or waits, for some frames. */
export function framesWhile(page: Page, what: Doing): Promise<Frames> {
  return page.evaluate(inPage, what);
}

async function inPage(what: Doing): Promise<Frames> {
  let longTasks = 0;
  const observer = new PerformanceObserver((list) => {
    longTasks += list.getEntries().length;
  });
  observer.observe({ type: "longtask" });
  const list = document.querySelector("[data-entries=Flows]");
  const slider = document.querySelector("[role=slider]");
  const { left, width, top } = slider?.getBoundingClientRect() ?? new DOMRect();
  const frames: Array<number> = [];
  let before = performance.now();
  for (let frame = 0; frame < 60; frame++) {
    if (what === "scrolling") list?.scrollBy(0, 300);
    else if (what === "scrubbing") {
      slider?.dispatchEvent(
        new PointerEvent("pointermove", {
          bubbles: true,
          buttons: 1,
          clientX: left + width * (1 - frame / 60),
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
  const [median = 0, most = 0, longest = 0] = [30, 57, 59].map((index) => sorted[index]);
  return { median, most, longest, longTasks };
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
