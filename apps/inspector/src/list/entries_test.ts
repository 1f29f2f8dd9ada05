import { timelineOf } from "@bellhop/inspector/recording/timeline";
import { assert, describe, it } from "@effect/vitest";
import { beginning, deviceLines } from "../testdata/device_lines.ts";
import { anything, flowEntries, outcomeOf, outcomes, sessionEntries } from "./entries.ts";

const timeline = timelineOf(deviceLines);

describe("flowEntries", () => {
  it("flowEntries tell where a flow stands at the moment", () => {
    const [before] = flowEntries(timeline, { at: beginning + 150 }, anything);
    assert.deepInclude(before, { state: "awaitingUser.waiting", status: "running", steps: 1 });
    const [after] = flowEntries(timeline, undefined, anything);
    assert.deepInclude(after, { state: "authorized", status: "done", steps: 5 });
  });

  it("flowEntries leave out what had not begun", () => {
    assert.lengthOf(flowEntries(timeline, { at: beginning - 1 }, anything), 0);
  });

  it("flowEntries keep what has all words of a search", () => {
    const found = (text: string) => flowEntries(timeline, undefined, { ...anything, text }).length;
    assert.strictEqual(found("MAIN authorized"), 1);
    assert.strictEqual(found("main denied"), 0);
    assert.strictEqual(found("4bd3a1"), 1);
  });

  it("flowEntries find a flow by what it says, where it went and what it is part of", () => {
    const found = (text: string) => flowEntries(timeline, undefined, { ...anything, text }).length;
    assert.strictEqual(found("bqpk-kzgk"), 1);
    assert.strictEqual(found("as.example.com/token"), 1);
    assert.strictEqual(found("deviceAuthorization user_code"), 1);
    assert.strictEqual(found("other.example.com"), 0);
    assert.strictEqual(found("redacted"), 0);
  });

  it("flowEntries keep what a filter asks for", () => {
    const found = (outcome: string) => flowEntries(timeline, undefined, { ...anything, outcome });
    assert.lengthOf(found("done"), 1);
    assert.lengthOf(found("failed"), 0);
    assert.lengthOf(found("running"), 0);
  });

  it("outcomeOf tells what was wished for from what came instead", () => {
    const of = (state: string) => outcomeOf({ status: "done", state });
    assert.deepStrictEqual(["authorized", "denied", "expired", "refused", "cancelled"].map(of), [
      "done",
      "failed",
      "failed",
      "failed",
      "failed",
    ]);
    assert.strictEqual(outcomeOf({ status: "running", state: "backingOff" }), "running");
    assert.isTrue(outcomes.has("failed"));
  });

  it("sessionEntries tell the life of a token, and who holds the lease", () => {
    const lines = [
      changed(0, "fresh", 60_000),
      changed(10_000, "fresh", 60_000),
      lease(20_000, "lease.taken"),
      lease(30_000, "lease.released"),
    ].map((line, seq) => ({ ...line, seq }));
    const sessions = timelineOf(lines);
    const [held] = sessionEntries(sessions, { at: 25_000 }, anything);
    assert.deepStrictEqual(held?.token, { bornAt: 0, expiresAt: 60_000 });
    assert.strictEqual(held?.holder, "main");
    assert.isUndefined(sessionEntries(sessions, undefined, anything)[0]?.holder);
    assert.isUndefined(sessionEntries(sessions, { at: 15_000 }, anything)[0]?.holder);
  });
});

function changed(at: number, name: string, expiresAtMillis: number) {
  const told = { type: "session.changed", key: "work", path: name, version: 1 };
  const observation = { ...told, at, name, expiresAtMillis };
  return { at, type: "observed", process: "main", observation };
}

function lease(at: number, type: string) {
  return {
    at,
    type: "observed",
    process: "main",
    observation: { type, at, key: "work", durationMillis: 5 },
  };
}
