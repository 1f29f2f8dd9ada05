import { assert, describe, it } from "@effect/vitest";
import { run } from "../simulation/simulation.ts";
import type { WorldEvent } from "../world/world_event.ts";
import { mixed } from "./mixed.ts";

/** What an event brings before the invariants, in words. */
function subjectsOf(event: WorldEvent): ReadonlyArray<string> {
  switch (event.type) {
    case "server":
      return factSubjects(event.fact);
    case "caller.got":
      return [`got ${event.what}`];
    case "caller.failed":
      return [`failed with ${event.reason}`];
    case "observed":
      return event.observation.type === "session.changed"
        ? [`session ${event.observation.name}`]
        : [event.observation.type];
    case "http.ended":
      return event.trouble === undefined ? [] : [`request ${event.trouble}`];
    case "store.read":
    case "store.failed":
      return event.trouble === undefined ? [] : [`store ${event.trouble}`];
    default:
      return [event.type];
  }
}

function factSubjects(
  fact: (WorldEvent & { readonly type: "server" })["fact"],
): ReadonlyArray<string> {
  switch (fact.type) {
    case "token.issued": {
      const isRotated = fact.used !== undefined && fact.used.refreshToken !== fact.refreshToken;
      return [`issued ${fact.grant}`, ...(isRotated ? ["rotation"] : [])];
    }
    case "token.refused":
      return [`refused ${fact.reason}`];
    case "family.ended":
      return [`family ${fact.cause}`];
    case "device.polled":
      return [`poll ${fact.verdict}`];
    case "api.called":
      return [`api ${fact.status}`];
    default:
      return [fact.type];
  }
}

/** Requests to renew whose answer did not come whole. */
function isInDoubt(events: ReadonlyArray<WorldEvent>): boolean {
  const renewals = new Set<number>();
  for (const event of events) {
    if (event.type === "http.sent" && event.grant === "refresh_token") renewals.add(event.request);
    if (event.type === "http.ended" && !event.isWhole && renewals.has(event.request)) return true;
  }
  return false;
}

describe("mixed", () => {
  it("violates nothing in 60 worlds of chaos, and brings about whatever invariants look at", () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= 60; seed++) {
      const { events, violation } = run({ seed, scenario: mixed });
      assert.isUndefined(violation, `seed ${seed}`);
      for (const event of events) for (const subject of subjectsOf(event)) seen.add(subject);
      if (isInDoubt(events)) seen.add("renewal in doubt");
    }
    assert.deepStrictEqual(SUBJECTS.filter((subject) => !seen.has(subject)), []);
  }, 60_000);

  it("has somebody get a token at the end of most worlds where nothing goes wrong", () => {
    let served = 0;
    for (let seed = 1; seed <= 10; seed++) {
      const { events, violation } = run({ seed, scenario: mixed, faults: "none", processes: 2 });
      assert.isUndefined(violation, `seed ${seed}`);
      if (events.some(({ type }) => type === "caller.got")) served += 1;
    }
    assert.isAtLeast(served, 8);
  });
});

const SUBJECTS: ReadonlyArray<string> = [
  "rotation",
  "renewal in doubt",
  "issued refresh_token",
  "issued device_code",
  "issued authorization_code",
  "issued client_credentials",
  "poll authorization_pending",
  "poll slow_down",
  "poll access_denied",
  "device.decided",
  "browser.sent",
  "refused replaced",
  "refused familyEnded",
  "family reuse",
  "family revoked",
  "family admin",
  "api 200",
  "api 401",
  "got token",
  "got read",
  "got long",
  "got service",
  "got call",
  "got sign in by device",
  "got sign in by code",
  "got sign in again",
  "got sign out",
  "failed with SessionError.Absent",
  "failed with SessionError.ReauthorizationRequired",
  "failed with SessionError.Revoked",
  "failed with SessionError.StoreFailed",
  "failed with SessionError.Unavailable",
  "session unsaved",
  "session backingOff",
  "session stale",
  "lease.taken",
  "lease.refused",
  "lease.granted",
  "lease.extended",
  "lease.returned",
  "lease.forgotten",
  "process.crashed",
  "process.ended",
  "process.hung",
  "process.woke",
  "clock.jumped",
  "request given up",
  "request refused",
  "request reset before",
  "request reset after",
  "request duplicate",
  "request duplicate, last answer",
  "request 503 before",
  "request 502 after",
  "request 429",
  "request HTML page",
  "request truncated",
  "request slow",
  "store unreadable",
  "store unwritable",
  "store written, unsaid",
  "store written, conflict",
  "store conflict",
  "store other version",
  "store stale",
];
