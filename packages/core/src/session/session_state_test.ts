import { assert, describe, it } from "@effect/vitest";
import { hasToken, type SessionStateName } from "./session_state.ts";

const alive: ReadonlyArray<SessionStateName> = [
  "acquiring",
  "fresh",
  "stale",
  "renewing",
  "backingOff",
  "unsaved",
  "looking",
  "revoking",
];
const ended: ReadonlyArray<SessionStateName> = [
  "absent",
  "expired",
  "reauthorizationRequired",
  "revoked",
];

describe("hasToken()", () => {
  it.each(alive)("is true while the session lives: %s", (name) => {
    assert.isTrue(hasToken({ name }));
  });

  it.each(ended)("is false where only a login helps: %s", (name) => {
    assert.isFalse(hasToken({ name }));
  });
});
