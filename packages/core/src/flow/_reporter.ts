/**
 * Tells of a flow's steps: to the observer, if there is one, and to the metrics.
 *
 * @module
 */
import type * as Clock from "effect/Clock";
import * as Context from "effect/Context";
import * as Metric from "effect/Metric";
import * as Random from "effect/Random";
import type { AnyMachineSnapshot, AnyStateMachine, EventObject } from "xstate";
import {
  type FlowStep,
  notify,
  type Observation,
  ObservedFlow,
  Observer,
} from "../protocol/observation.ts";
import type { CheckpointOperation } from "./checkpoint.ts";
import { chartVersion } from "./definition.ts";
import * as FlowMetric from "./metric.ts";
import { eventName, pathOf } from "./path.ts";

/** Whose steps they are. */
export interface ReporterHost {
  readonly context: Context.Context<never>;
  readonly clock: Clock.Clock;
  readonly chart: AnyStateMachine;
}

/** How a flow came to its end. */
export type FlowOutcome = "done" | "defect" | "interrupted";

/** An operation that runs, or has run. */
export interface OperationRun extends CheckpointOperation {
  readonly startedAt: number;
}

type Unheaded<T> = T extends FlowStep ? Omit<T, keyof FlowStep> : never;

export class Reporter {
  readonly #host: ReporterHost;
  #flowId: string | undefined;
  #seq = 0;

  constructor(host: ReporterHost, flowId: string | undefined) {
    this.#host = host;
    this.#flowId = flowId;
  }

  /** Names this run. Made when it is first asked for. */
  get flowId(): string {
    this.#flowId ??= makeFlowId(this.#host.context);
    return this.#flowId;
  }

  /** Where an observer looks on, its operations say of which flow they are. */
  named(context: Context.Context<never>): Context.Context<never> {
    return this.#observer() === undefined
      ? context
      : Context.add(context, ObservedFlow, this.flowId);
  }

  observe(step: Unheaded<Observation>): void {
    const observer = this.#observer();
    if (observer === undefined) return;
    const at = this.#host.clock.currentTimeMillisUnsafe();
    notify(observer, { flowId: this.flowId, seq: this.#seq++, at, ...step });
  }

  began(snapshot: AnyMachineSnapshot, resumed: boolean): void {
    const { chart } = this.#host;
    this.#count(FlowMetric.flowsStarted, { chart: chart.id });
    if (this.#observer() === undefined) return;
    this.observe({
      type: "flow.started",
      chart: chart.id,
      chartVersion: chartVersion(chart),
      path: pathOf(snapshot.value),
      resumed,
      context: snapshot.context,
    });
  }

  moved(before: AnyMachineSnapshot, after: AnyMachineSnapshot, event: EventObject): void {
    if (this.#observer() === undefined) return;
    const { type, ...data } = event;
    this.observe({
      type: "flow.transition",
      from: pathOf(before.value),
      to: pathOf(after.value),
      event: eventName(type),
      ...(Object.keys(data).length === 0 ? {} : { data }),
      context: after.context,
    });
  }

  operationEnded({ src, startedAt }: OperationRun, answer: string): void {
    const { chart, clock, context } = this.#host;
    const durationMillis = Math.max(0, clock.currentTimeMillisUnsafe() - startedAt);
    const labels = { chart: chart.id, operation: src, answer };
    Metric.withAttributes(FlowMetric.operationMillis, labels).updateUnsafe(durationMillis, context);
    this.observe({ type: "operation.ended", operation: src, answer, durationMillis });
  }

  ended(snapshot: AnyMachineSnapshot | undefined, outcome: FlowOutcome): void {
    const path = snapshot === undefined ? "" : pathOf(snapshot.value);
    const state = outcome === "done" ? path : outcome;
    this.#count(FlowMetric.flowsEnded, { chart: this.#host.chart.id, state });
    this.observe({ type: "flow.ended", path, outcome });
  }

  #observer(): Observer | undefined {
    return Context.get(this.#host.context, Observer);
  }

  #count(counter: Metric.Counter<number>, labels: Record<string, string>): void {
    Metric.withAttributes(counter, labels).updateUnsafe(1, this.#host.context);
  }
}

/** A name, not a secret: from Effect's `Random`, so that a seed brings it back. */
function makeFlowId(context: Context.Context<never>): string {
  const random = Context.get(context, Random.Random);
  return [0, 0, 0, 0]
    .map(() => Math.floor(random.nextDoubleUnsafe() * 0x10000).toString(16).padStart(4, "0"))
    .join("");
}
