/** What is lit in a chart at a moment: where the flow is, how it came there, and where it may go. */
import type { GraphEdge } from "@bellhop/inspector/diagram/chart_graph";
import type { FlowMoment, LiveTimer } from "@bellhop/inspector/recording/moment";
import type { FlowStep } from "@bellhop/inspector/recording/trace";
import type { LaidChart, LaidEdge } from "./laid_chart.ts";

/** What is true of a state. */
export interface NodeMark {
  /** The flow is here. */
  readonly isCurrent: boolean;
  /** The flow is in a state inside. */
  readonly isAround: boolean;
  /** How often it came here. */
  readonly visits: number;
  /** One step leads here. */
  readonly isNext: boolean;
  /** Timers that leave it when they fire. */
  readonly timers: ReadonlyArray<LiveTimer>;
}

/** What is true of a line. */
export interface EdgeMark {
  /** Numbers of the steps that took it, from 1. */
  readonly steps: ReadonlyArray<number>;
  /** The last step took it. */
  readonly isLast: boolean;
  /** Ids of those of its transitions that were taken. */
  readonly taken: ReadonlySet<string>;
  /** Ids of those that the last step took. */
  readonly last: ReadonlySet<string>;
  /** It may be taken next. */
  readonly isNext: boolean;
}

/** What is lit. */
export interface Marks {
  /** By the path of a state. */
  readonly nodes: ReadonlyMap<string, NodeMark>;
  /** By the id of a line. */
  readonly edges: ReadonlyMap<string, EdgeMark>;
}

/** What stands where nothing is lit. */
export const unlitNode: NodeMark = {
  isCurrent: false,
  isAround: false,
  visits: 0,
  isNext: false,
  timers: [],
};

/** What stands where nothing is lit. */
export const unlitEdge: EdgeMark = {
  steps: [],
  isLast: false,
  taken: new Set(),
  last: new Set(),
  isNext: false,
};

/**
 * Lights a chart.
 *
 * @param chart The chart of the flow.
 * @param moment Where the flow is; `undefined`: it had not begun.
 */
export function marksOf(chart: LaidChart, moment: FlowMoment | undefined): Marks {
  if (moment === undefined) return { nodes: new Map(), edges: new Map() };
  const { path, flow, stepCount, timers } = moment;
  const steps = flow.steps.slice(0, stepCount);
  const taken = takenBy(chart, steps);
  const isOver = moment.status !== "running";
  const next = isOver ? [] : chart.edges.filter(({ from }) => isWithin(path, from));
  const nextIds = new Set(next.map(({ id }) => id));
  const targets = new Set(next.map(({ to }) => to));
  const edges = new Map(chart.edges.map(({ id }): [string, EdgeMark] => {
    const own = taken.get(id) ?? [];
    const numbers = own.map(({ number }) => number);
    const isLast = numbers.at(-1) === stepCount - 1 && stepCount > 1;
    return [id, {
      steps: numbers,
      isLast,
      taken: new Set(own.flatMap(({ transitions }) => transitions)),
      last: new Set(isLast ? own.at(-1)?.transitions : []),
      isNext: nextIds.has(id),
    }];
  }));
  const nodes = new Map(chart.nodes.map(({ id }): [string, NodeMark] => [id, {
    isCurrent: id === path,
    isAround: id !== path && isWithin(path, id),
    visits: steps.filter(({ from, to }) => to === id && from !== to).length,
    isNext: targets.has(id) && id !== path,
    timers: timers.filter(({ timer }) =>
      next.some((edge) => edge.from === id && waits(edge, timer))
    ),
  }]));
  return { nodes, edges };
}

/** Whether a state is another or inside of it; everything is inside of the chart. */
export function isWithin(path: string, around: string): boolean {
  return around === "" || path === around || path.startsWith(`${around}.`);
}

function waits({ transitions }: LaidEdge, timer: string): boolean {
  return transitions.some(({ event }) => event === timer);
}

/** A step that took a line. */
interface Taken {
  readonly number: number;
  /** Ids of the transitions that it took, as far as can be told: of several guards none is named. */
  readonly transitions: ReadonlyArray<string>;
}

/** The steps that took each line, by the line's id. A step may take several, through passing states. */
function takenBy(
  chart: LaidChart,
  steps: ReadonlyArray<FlowStep>,
): ReadonlyMap<string, ReadonlyArray<Taken>> {
  const taken = new Map<string, Array<Taken>>();
  for (const [number, step] of steps.entries()) {
    if (number === 0) continue;
    for (const [index, { id, transitions }] of routeOf(chart, step).entries()) {
      const own = transitions
        .filter((each) => index === 0 ? each.event === step.event : isAlways(each))
        .map(({ id }) => id);
      const known = taken.get(id);
      if (known === undefined) taken.set(id, [{ number, transitions: own }]);
      else known.push({ number, transitions: own });
    }
  }
  return taken;
}

/** The lines of one step: the one of its event, and then those that are taken at once. */
export function routeOf(chart: LaidChart, step: FlowStep): ReadonlyArray<LaidEdge> {
  const begins = chart.edges.filter((edge) =>
    isWithin(step.from, edge.from) && edge.transitions.some(({ event }) => event === step.event)
  );
  const direct = begins.find(({ to }) => isWithin(step.to, to) && to !== "");
  if (direct !== undefined && deepest(chart, direct.to, step.to)) return [direct];
  for (const begin of begins) {
    const rest = passing(chart, begin.to, { to: step.to, limit: 4 });
    if (rest !== undefined) return [begin, ...rest];
  }
  return direct === undefined ? [] : [direct];
}

/** Whether entering one state ends in another: it is that, or a state inside of it. */
function deepest(chart: LaidChart, entered: string, ended: string): boolean {
  return entered === ended ||
    chart.nodes.some(({ id }) => id === ended && isWithin(ended, entered));
}

function passing(
  chart: LaidChart,
  from: string,
  { to, limit }: { readonly to: string; readonly limit: number },
): ReadonlyArray<LaidEdge> | undefined {
  if (isWithin(to, from) && from !== "") return [];
  if (limit === 0) return undefined;
  for (const edge of chart.edges) {
    if (edge.from !== from || !edge.transitions.some(isAlways)) continue;
    const rest = passing(chart, edge.to, { to, limit: limit - 1 });
    if (rest !== undefined) return [edge, ...rest];
  }
  return undefined;
}

function isAlways({ kind }: GraphEdge): boolean {
  return kind === "always";
}
