import { assert, describe, it } from "@effect/vitest";
import { Effect, Metric } from "effect";
import { flowsEnded, flowsStarted, operationMillis } from "./metric.ts";

describe("the metrics of flows", () => {
  it.effect("have the names that the guide promises, and count apart by label", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual([flowsStarted, flowsEnded, operationMillis].map(({ id }) => id), [
        "bellhop_flows_started_total",
        "bellhop_flows_ended_total",
        "bellhop_operation_duration_milliseconds",
      ]);
      const one = Metric.withAttributes(flowsStarted, { chart: "one" });
      const two = Metric.withAttributes(flowsStarted, { chart: "two" });
      yield* Metric.update(one, 1);
      yield* Metric.update(one, 1);
      assert.strictEqual((yield* Metric.value(one)).count, 2);
      assert.strictEqual((yield* Metric.value(two)).count, 0);
    }));
});
