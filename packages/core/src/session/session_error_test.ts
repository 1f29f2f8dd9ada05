import { assert, describe, it } from "@effect/vitest";
import { EndpointError, Unreachable } from "../protocol/endpoint_error.ts";
import {
  Absent,
  Closed,
  Expired,
  OtherClient,
  ReauthorizationRequired,
  Refused,
  Revoked,
  ScopeNotGranted,
  SessionError,
  StoreFailed,
  Unavailable,
} from "./session_error.ts";
import { Conflict, StoreError } from "./store_error.ts";

const key = "work";
const error = new EndpointError({
  endpoint: "token",
  url: "https://as.example.com/token",
  reason: new Unreachable({ kind: "dns", description: "the host name is unknown" }),
});

const reasons = [
  new Absent({ key }),
  new Expired({ key }),
  new ReauthorizationRequired({ key, code: "invalid_grant", description: "gone", atMillis: 0 }),
  new Revoked({ key }),
  new Unavailable({ key, error, retryAtMillis: 0 }),
  new Refused({ key, error }),
  new ScopeNotGranted({ key, missing: ["admin"] }),
  new StoreFailed({ key, error: new StoreError({ reason: new Conflict({ key, ifVersion: 1 }) }) }),
  new OtherClient({ key, expected: "one", found: "another" }),
  new Closed({ key }),
];

describe("SessionError", () => {
  it.each(reasons)("says what happened and what to do: $_tag", (reason) => {
    const failure = new SessionError({ reason });
    assert.strictEqual(failure.message, reason.message);
    assert.match(failure.message, /session "work"/i);
    assert.match(failure.hint, /^[A-Z].*[^.]$/);
  });

  it("names the server's code and words where the session ended", () => {
    assert.match(reasons[2]?.message ?? "", /"invalid_grant": gone/);
  });
});
