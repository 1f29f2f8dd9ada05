import { assert, describe, it } from "@effect/vitest";
import { createActor } from "xstate";
import { operation } from "./operation.ts";

describe("operation()", () => {
  it("does nothing until it is given behaviour", () => {
    const made = createActor(operation<string, { readonly type: "done" }>(), { input: "x" });
    made.start();
    assert.strictEqual(made.getSnapshot().status, "active");
    made.stop();
  });
});
