import { assert, describe, it } from "@effect/vitest";
import { flowsEnd } from "./flows_end.ts";
import {
  asks,
  crashed,
  fails,
  flowBegins,
  flowEnds,
  flowStarts,
  flowSteps,
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

  it("holds a flow to the limits of its own chart", () => {
    const limits = { requestLimitMillis: 10_000, retryForMillis: 30_000 };
    const started: Told = [0, flowBegins(P0, "a", { chart: "clientCredentials", context: limits })];
    holds(started, [40_000, flowEnds(P0, "a")]);
    reports("40001 ms", started, [40_001, flowEnds(P0, "a")]);
    const patient = { ...limits, retryForMillis: 60_000 };
    holds([0, flowBegins(P0, "a", { chart: "jwtBearer", context: patient })], [
      70_000,
      flowEnds(P0, "a"),
    ]);
  });

  it("holds a device to the life of its code, once it has one", () => {
    const limits = { requestLimitMillis: 10_000, lifetimeMillis: 0 };
    const started: Told = [
      0,
      flowBegins(P0, "a", { chart: "deviceAuthorization", context: limits }),
    ];
    reports("10001 ms", started, [10_001, flowEnds(P0, "a")]);
    const context = { ...limits, lifetimeMillis: 300_000 };
    const coded: Told = [9_000, flowSteps(P0, "a", { event: "device_code", context })];
    holds(started, coded, [309_000, flowEnds(P0, "a")]);
    reports("300001 ms", started, coded, [309_001, flowEnds(P0, "a")]);
    const resumed: Told = [0, flowBegins(P0, "a", { chart: "deviceAuthorization", context })];
    holds(resumed, [310_000, flowEnds(P0, "a")]);
    reports("310001 ms", resumed, [310_001, flowEnds(P0, "a")]);
  });

  it("holds a login in the browser to its life, and then to that of its request", () => {
    const context = {
      requestLimitMillis: 12_000,
      lifetimeMillis: 600_000,
      validationLimitMillis: 8_000,
    };
    const started: Told = [0, flowBegins(P0, "a", { chart: "authorizationCode", context })];
    holds(started, [620_000, flowEnds(P0, "a")]);
    reports("620001 ms", started, [620_001, flowEnds(P0, "a")]);
    const to = "redeeming";
    const came: Told = [1_000, flowSteps(P0, "a", { event: "authorization_code", to, context })];
    holds(started, came, [21_000, flowEnds(P0, "a")]);
    reports("20001 ms", started, came, [21_001, flowEnds(P0, "a")]);
    const slept: ReadonlyArray<Told> = [[500, hung(P0)], [900, woke(P0)]];
    reports("20001 ms", started, ...slept, came, [21_001, flowEnds(P0, "a")]);
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
