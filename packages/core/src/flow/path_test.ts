import { assert, describe, it } from "@effect/vitest";
import { eventName, pathOf } from "./path.ts";

describe("pathOf()", () => {
  it("writes nested states with dots and regions with commas", () => {
    assert.strictEqual(pathOf("idle"), "idle");
    assert.strictEqual(pathOf({ a: { b: "c" } }), "a.b.c");
    assert.strictEqual(pathOf({ a: "b", c: { d: "e" } }), "a.b,c.d.e");
    assert.strictEqual(pathOf({ a: {} }), "a");
  });
});

describe("eventName()", () => {
  it("keeps events and shortens XState's names", () => {
    assert.strictEqual(eventName("slow_down"), "slow_down");
    assert.strictEqual(eventName("xstate.init"), "start");
    assert.strictEqual(eventName("xstate.after.lifetime.device.awaitingUser"), "after lifetime");
    assert.strictEqual(eventName("xstate.after.10"), "after 10");
  });
});
