import { assert, describe, it } from "@effect/vitest";
import { secretOf } from "../server/secret.ts";
import type { WorldEventBody } from "../world/world_event.ts";
import { noSecret } from "./no_secret.ts";
import { changes, fails, P0, verdictOf } from "./testdata/story.ts";

const secret = secretOf("rt", 3);
const inBase64 = Buffer.from(`x${secret}`).toString("base64url");

const verdict = (event: WorldEventBody) => verdictOf(noSecret, [[1, event]]);
const faulted = (fault: string): WorldEventBody => ({
  type: "process.faulted",
  process: P0,
  what: "main",
  fault,
});

describe("noSecret", () => {
  it("holds where nothing secret is told", () => {
    for (const event of [changes(P0, "fresh"), faulted("Error"), fails(P0, 1, "SessionError")]) {
      assert.isUndefined(verdict(event));
    }
  });

  it("reports a secret in an observation, in clear or in Base64", () => {
    for (const text of [secret, inBase64]) {
      assert.strictEqual(
        verdict(changes(P0, `of ${text}.`)),
        `a secret is in event 2, which is "observed"`,
      );
    }
  });

  it("reports a secret in a defect and in an error", () => {
    assert.include(verdict(faulted(`Error: ${secret}`)), `"process.faulted"`);
    assert.include(verdict(fails(P0, 1, secret)), `"caller.failed"`);
  });
});
