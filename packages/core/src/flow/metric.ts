/**
 * What flows count. Labels are bounded: names of charts, states, operations and events.
 *
 * @module
 */
import * as Metric from "effect/Metric";

/** Flows that began, by `chart`. */
export const flowsStarted: Metric.Counter<number> = Metric.counter("bellhop_flows_started_total", {
  description: "Flows that began or were resumed",
  incremental: true,
});

/** Flows that ended, by `chart` and `state`. */
export const flowsEnded: Metric.Counter<number> = Metric.counter("bellhop_flows_ended_total", {
  description: "Flows that ended, by the state they ended in",
  incremental: true,
});

/** How long operations took, in milliseconds, by `chart`, `operation` and `answer`. */
export const operationMillis: Metric.Histogram<number> = Metric.histogram(
  "bellhop_operation_duration_milliseconds",
  {
    description: "How long operations took until their answer",
    boundaries: Metric.exponentialBoundaries({ start: 1, factor: 4, count: 10 }),
  },
);
