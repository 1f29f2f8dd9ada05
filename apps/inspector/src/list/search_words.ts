/** The words by which a search finds a flow, beside what its line of the list shows. */
import type { Timeline } from "@bellhop/inspector/recording/timeline";
import type { FlowTrace } from "@bellhop/inspector/recording/trace";
import { titleOf } from "../chart/charts.ts";

/** How deep a value is looked into. */
const DEPTH = 3;

interface Known {
  readonly revision: number;
  readonly text: string;
}

const known = new WeakMap<FlowTrace, Known>();

/** What a flow is called, what it emitted and what it remembers; never what was redacted. */
export function flowWords(flow: FlowTrace): string {
  const { revision } = flow;
  const before = known.get(flow);
  if (before?.revision === revision) return before.text;
  const { flowId, chart, span, emissions, steps } = flow;
  const text = [
    flowId,
    titleOf(chart),
    span?.traceId,
    ...new Set(emissions.map(({ event }) => event)),
    ...leaves(steps.at(-1)?.context),
  ].join(" ");
  known.set(flow, { revision, text });
  return text;
}

/** What the exchanges of each flow went to and told, by the flow's `id`. */
export function exchangeWords({ exchanges }: Timeline): ReadonlyMap<string, string> {
  const words = new Map<string, Set<string>>();
  for (const { flow, endpoint, url, request, response } of exchanges) {
    if (flow === undefined) continue;
    const own = words.get(flow) ?? new Set();
    words.set(flow, own);
    for (const word of [endpoint, url, ...leaves(request), ...leaves(response)]) own.add(word);
  }
  return new Map([...words].map(([flow, own]) => [flow, [...own].join(" ")]));
}

/** The texts and numbers in a value. */
function leaves(value: unknown, depth = DEPTH): ReadonlyArray<string> {
  if (typeof value === "string") return value.startsWith("<redacted") ? [] : [value];
  if (typeof value === "number") return [String(value)];
  if (typeof value !== "object" || value === null || depth === 0) return [];
  return Object.values(value).flatMap((member) => leaves(member, depth - 1));
}
