import { assert, describe, it } from "@effect/vitest";
import { flowsEnd } from "./flows_end.ts";
import {
  asks,
  crashed,
  fails,
  flowEnds,
  flowStarts,
  gets,
  hung,
  P0,
  type Told,
  verdictOf,
  woke,
} from "./testdata/story.ts";

const holds = (...story: ReadonlyArray<Told>) => assert.isUndefined(verdictOf(flowsEnd, story));
const reports = (words: string, ...story: ReadonlyArray<Told>) =>
  assert.include(verdictOf(flowsEnd, story), words);

describe("flowsEnd", () => {
  it("holds where callers get their answers in time", () => {
    holds([0, asks(P0, 1)], [90_000, gets(P0, 1)]);
    holds([0, asks(P0, 1)], [90_000, fails(P0, 1, "SessionError.Unavailable")]);
    holds([0, asks(P0, 1, "sign in by code")], [750_000, gets(P0, 1)]);
  });

  it("reports a caller who is answered too late", () => {
    reports("90001 ms", [0, asks(P0, 1)], [90_001, gets(P0, 1)]);
    reports("90001 ms", [0, asks(P0, 1)], [90_001, fails(P0, 1, "SessionError.Unavailable")]);
    reports("750001 ms", [0, asks(P0, 1, "sign out")], [750_001, gets(P0, 1)]);
  });

  it("reports a caller who is never answered", () => {
    reports(`the caller of "token" (1) in p0.0 took`, [0, asks(P0, 1)]);
    reports(`(2)`, [0, asks(P0, 1)], [5, asks(P0, 2)], [10, gets(P0, 1)]);
  });

  it("reports a flow that ends too late, or never", () => {
    const started: Told = [0, flowStarts(P0, "a", "deviceAuthorization")];
    holds(started, [660_000, flowEnds(P0, "a")]);
    reports("a flow of deviceAuthorization (a)", started, [660_001, flowEnds(P0, "a")]);
    reports("a flow of deviceAuthorization (a)", started);
    reports("a flow of deviceAuthorization (a)", started, [5, flowEnds(P0, "b")]);
    reports("a flow of deviceAuthorization (a)", started, [5, flowEnds("p1.0", "a")]);
  });

  it("lets the flow of a session live", () => {
    holds([0, flowStarts(P0, "a", "session")]);
  });

  it("asks nothing of a process that is gone", () => {
    holds([0, asks(P0, 1)], [10, crashed(P0)]);
    holds([0, flowStarts(P0, "a", "authorizationCode")], [10, {
      type: "process.ended",
      process: P0,
    }]);
    reports("took", [0, asks(P0, 1)], [10, crashed("p1.0")]);
  });

  it("counts no time for which the process hung", () => {
    const asked: Told = [0, asks(P0, 1)];
    holds(asked, [1_000, hung(P0)], [61_000, woke(P0)], [150_000, gets(P0, 1)]);
    reports("90001 ms", asked, [1_000, hung(P0)], [61_000, woke(P0)], [150_001, gets(P0, 1)]);
    reports("took", asked, [1_000, hung("p1.0")], [61_000, woke("p1.0")], [150_000, gets(P0, 1)]);
  });
});
