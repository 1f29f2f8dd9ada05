/** Compares what charts show with what a recording says of the moment. */
import { assert } from "@effect/vitest";
import { flowAt } from "@bellhop/inspector/recording/moment";
import { read } from "@bellhop/inspector/recording/read";
import { type Timeline, timelineOf } from "@bellhop/inspector/recording/timeline";
import type { FlowTrace } from "@bellhop/inspector/recording/trace";
import { Result } from "effect";
import type { Page } from "playwright-core";
import { litState } from "./watched_page.ts";

/** The timeline of a recording's text. */
export function timelineIn(text: string): Timeline {
  return timelineOf(Result.getOrThrow(read(text)).lines);
}

/**
 * Some flows worth looking at: of each process the one that takes the most steps, of as many charts as
 * there are.
 */
export function notableFlows(timeline: Timeline, count: number): ReadonlyArray<FlowTrace> {
  const flows = [...timeline.flows.values()].toSorted((a, b) => b.steps.length - a.steps.length);
  const chosen: Array<FlowTrace> = [];
  for (const flow of flows) {
    const isNew = chosen.every((other) => other.process !== flow.process);
    const isOther = chosen.length === 0 || chosen.some((other) => other.chart !== flow.chart);
    if (isNew && isOther && chosen.length < count) chosen.push(flow);
  }
  assert.lengthOf(chosen, count, "The recording has too few flows");
  return chosen;
}

/** Finds a flow by search, chooses it, and pins it beside those before. */
export async function pin(page: Page, flow: FlowTrace): Promise<void> {
  await page.keyboard.press("/");
  await page.getByRole("searchbox").fill(`${flow.flowId} ${flow.process}`);
  const found = page.getByRole("list", { name: "Flows" }).getByRole("button");
  await found.first().waitFor();
  assert.strictEqual(await found.count(), 1, flow.id);
  await found.click();
  await page.keyboard.press("p");
}

/** The moment that is shown, in milliseconds since the beginning. */
export async function shownMillis(page: Page): Promise<number> {
  const value = await page.getByRole("slider", { name: "Moment" }).getAttribute("aria-valuenow");
  return Number(value);
}

/**
 * Asserts that each chart lights the state in which its flow was at the moment, and no other.
 *
 * @returns The states.
 */
export async function assertShown(
  page: Page,
  timeline: Timeline,
  flows: ReadonlyArray<FlowTrace>,
): Promise<ReadonlyArray<string>> {
  const at = (timeline.firstAt ?? 0) + await shownMillis(page);
  const charts = page.getByRole("region", { name: /^Chart of / });
  assert.strictEqual(await charts.count(), flows.length);
  const states: Array<string> = [];
  for (const [index, flow] of flows.entries()) {
    const expected = flowAt(flow, { at })?.path;
    const chart = charts.nth(index);
    if (expected === undefined) await chart.getByText("Has not begun").waitFor();
    else await litState(chart, expected).waitFor();
    const count = await litState(chart).count();
    assert.strictEqual(count, expected === undefined ? 0 : 1, `${flow.id} at ${at}`);
    states.push(expected ?? "");
  }
  return states;
}
