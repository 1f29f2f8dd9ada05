import { assert, describe, it } from "@effect/vitest";
import type { PollVerdict } from "../server/server_fact.ts";
import { pollsWait } from "./polls_wait.ts";
import { ends, fact, P0, type Told, verdictOf } from "./testdata/story.ts";

const started: Told = [
  0,
  fact({
    type: "device.started",
    atMillis: 0,
    deviceCode: 4,
    clientId: "app",
    scope: [],
    intervalMillis: 5_000,
    expiresAtMillis: 600_000,
  }),
];

const sent = (atMillis: number, request: number): Told => [
  atMillis,
  {
    type: "http.sent",
    process: P0,
    request,
    path: "/token",
    grant: "urn:ietf:params:oauth:grant-type:device_code",
    secret: 4,
  },
];

const polled = (atMillis: number, request: number, verdict: PollVerdict): Told => [
  atMillis,
  fact({
    type: "device.polled",
    atMillis: 0,
    deviceCode: 4,
    gapMillis: undefined,
    intervalMillis: 5_000,
    verdict,
  }, request),
];

/** A poll, and what it is answered, within 100 ms. */
const poll = (
  atMillis: number,
  request: number,
  { verdicts = ["authorization_pending"], isWhole = true, trouble }: {
    readonly verdicts?: ReadonlyArray<PollVerdict>;
    readonly isWhole?: boolean;
    readonly trouble?: string;
  } = {},
): ReadonlyArray<Told> => [
  sent(atMillis, request),
  ...verdicts.map((verdict) => polled(atMillis + 50, request, verdict)),
  [atMillis + 100, ends(P0, request, { isWhole, trouble })],
];

const verdict = (...polls: ReadonlyArray<ReadonlyArray<Told>>) =>
  verdictOf(pollsWait, [started, ...polls.flat()]);

describe("pollsWait", () => {
  it("holds where each poll waits for the interval", () => {
    assert.isUndefined(verdict(poll(1_000, 1), poll(6_100, 2), poll(12_000, 3)));
  });

  it("reports a poll that comes earlier", () => {
    assert.include(verdict(poll(1_000, 1), poll(5_999, 2)), "after 4999 ms instead of 5000");
    assert.include(verdict(poll(1_000, 1), poll(6_100, 2), poll(11_000, 3)), "4900 ms");
  });

  it("waits 5 seconds more after each slow_down", () => {
    const slow = poll(1_000, 1, { verdicts: ["slow_down"] });
    const slower = poll(11_100, 2, { verdicts: ["slow_down"] });
    assert.isUndefined(verdict(slow, slower, poll(26_200, 3)));
    assert.isDefined(verdict(slow, poll(10_900, 2)));
    assert.isDefined(verdict(slow, slower, poll(26_000, 3)));
  });

  it("knows which of two answers came back", () => {
    const both: ReadonlyArray<PollVerdict> = ["authorization_pending", "slow_down"];
    const first = poll(1_000, 1, { verdicts: both, trouble: "duplicate" });
    const last = poll(1_000, 1, { verdicts: both, trouble: "duplicate, last answer" });
    assert.isUndefined(verdict(first, poll(6_100, 2)));
    assert.isDefined(verdict(last, poll(6_100, 2)));
    assert.isUndefined(verdict(last, poll(11_100, 2)));
  });

  it("adds nothing for a slow_down that did not come back whole", () => {
    const lost = poll(1_000, 1, { verdicts: ["slow_down"], isWhole: false });
    assert.isUndefined(verdict(lost, poll(11_100, 2), poll(16_200, 3)));
  });

  it("waits twice as long after a poll without an answer, and as before after one with", () => {
    const lost = (at: number, request: number) =>
      poll(at, request, { verdicts: [], isWhole: false });
    assert.isDefined(verdict(lost(1_000, 1), poll(6_100, 2)));
    assert.isUndefined(verdict(lost(1_000, 1), poll(11_100, 2), poll(16_200, 3)));
  });

  it("knows nothing of device codes that it did not see", () => {
    assert.isUndefined(verdictOf(pollsWait, [sent(1, 1), sent(2, 2)]));
  });
});
