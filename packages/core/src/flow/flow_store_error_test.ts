import { assert, describe, it } from "@effect/vitest";
import { FlowStoreError, Full, Unavailable } from "./flow_store_error.ts";

describe("FlowStoreError", () => {
  it("says what happened and what to do next", () => {
    const full = new FlowStoreError({ reason: new Full({ maxFlows: 3 }) });
    assert.include(full.message, "3 flows");
    assert.isAbove(full.hint.length, 10);
    const hint = "Start it";
    const away = new FlowStoreError({
      reason: new Unavailable({ location: "db", description: "refused", hint }),
    });
    assert.include(away.message, "refused");
    assert.strictEqual(away.hint, hint);
  });
});
