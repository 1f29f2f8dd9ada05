import { assert, describe, it } from "@effect/vitest";
import { secretOf } from "../server/secret.ts";
import type { WorldEventBody } from "../world/world_event.ts";
import { noSecret } from "./no_secret.ts";
import { asks, changes, fails, flowSteps, P0, verdictOf } from "./testdata/story.ts";

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

  it("looks at what JSON leaves out, and at every kind of event", () => {
    const error = new Error("no", { cause: new Error(`not ${secret}`) });
    const told = verdict(flowSteps(P0, "a", { event: "x", context: { error } }));
    assert.include(told, `"observed"`);
    assert.include(verdict(asks(P0, 1, secret)), `"caller.asked"`);
  });

  it("reports a secret in a URL and in an error, where the event only says so", () => {
    const sent = { type: "http.sent" as const, process: P0, request: 7, path: "/revoke" };
    assert.isUndefined(verdict(sent));
    assert.strictEqual(
      verdict({ ...sent, holdsSecret: true }),
      "p0.0 sent request 7 with a secret in its URL",
    );
    const failed = fails(P0, 1, "SessionError.Refused");
    assert.include(
      verdict({ ...failed, holdsSecret: true } as WorldEventBody),
      "failed with SessionError.Refused, which holds a secret",
    );
  });

  it("reports a secret in a defect and in an error", () => {
    assert.include(verdict(faulted(`Error: ${secret}`)), `"process.faulted"`);
    assert.include(verdict(fails(P0, 1, secret)), `"caller.failed"`);
  });
});
