import { assert, describe, it } from "@effect/vitest";
import { familyEnded, isAlive, ordinalOf } from "./authorization_server.ts";
import type { Rotation } from "./server_options.ts";
import { Conversation } from "./testdata/conversation.ts";

const rotating = (rotation: Partial<Rotation> = {}): Rotation => ({
  type: "rotate",
  graceMillis: 0,
  onReuse: "revokeFamily",
  ...rotation,
});

/** What was issued and refused in refreshes, and what ended. */
function outline(talk: Conversation): ReadonlyArray<string> {
  return talk.facts.flatMap((fact) => {
    switch (fact.type) {
      case "token.issued":
        return fact.used === undefined ? [] : [`issued ${fact.generation} ${fact.used.isAgain}`];
      case "token.refused":
        return [`refused ${fact.error} ${fact.reason}`];
      case "family.ended":
        return [`ended ${fact.family} ${fact.cause}`];
      default:
        return [];
    }
  });
}

describe("refresh without rotation", () => {
  it("keeps the refresh token, and gives a new access token each time", () => {
    const talk = new Conversation();
    const { access_token: first, refresh_token: kept } = talk.signIn();
    const second = talk.refresh(kept);
    const third = talk.refresh(kept);
    assert.deepStrictEqual([second.status, third.status], [200, 200]);
    assert.notProperty(second.body, "refresh_token");
    assert.strictEqual(new Set([first, second.body.access_token, third.body.access_token]).size, 3);
    assert.deepStrictEqual(outline(talk), ["issued 2 false", "issued 3 false"]);
  });

  it("lets the refresh token live on from its last use", () => {
    const talk = new Conversation({ refreshTokenSeconds: 10 });
    const { refresh_token: kept } = talk.signIn();
    const statuses = [9_999, 19_998, 29_998, 29_999].map((at) => {
      talk.now = at;
      return talk.refresh(kept).status;
    });
    assert.deepStrictEqual(statuses, [200, 200, 400, 400]);
    assert.deepStrictEqual(outline(talk).slice(2), [
      "ended 1 expired",
      "refused invalid_grant expired",
      "refused invalid_grant familyEnded",
    ]);
  });
});

describe("refresh with rotation", () => {
  it("replaces the refresh token", () => {
    const talk = new Conversation({ rotation: rotating() });
    const { refresh_token: first } = talk.signIn();
    const { refresh_token: second } = talk.refresh(first).body;
    assert.notStrictEqual(second, first);
    assert.strictEqual(talk.refresh(second).status, 200);
    const [, used] = talk.only("token.issued");
    assert.deepStrictEqual(used?.used, { refreshToken: ordinalOf(first) ?? 0, isAgain: false });
    assert.strictEqual(used?.refreshToken, ordinalOf(second));
  });

  it("ends the family when a replaced token comes again", () => {
    const talk = new Conversation({ rotation: rotating() });
    const { refresh_token: first } = talk.signIn();
    const { access_token: access, refresh_token: second } = talk.refresh(first).body;
    assert.isTrue(isAlive(talk.server.state, access, 0));
    assert.strictEqual(talk.refresh(first).body.error, "invalid_grant");
    assert.strictEqual(talk.refresh(second).body.error, "invalid_grant");
    assert.isFalse(isAlive(talk.server.state, access, 0));
    assert.strictEqual(familyEnded(talk.server.state, 1), "reuse");
    assert.deepStrictEqual(outline(talk), [
      "issued 2 false",
      "ended 1 reuse",
      "refused invalid_grant replaced",
      "refused invalid_grant familyEnded",
    ]);
    const [refused] = talk.only("token.refused");
    assert.strictEqual(refused?.replacedBy, ordinalOf(second));
  });

  it("refuses a replaced token, and no more, where that is the policy", () => {
    const talk = new Conversation({ rotation: rotating({ onReuse: "refuse" }) });
    const { refresh_token: first } = talk.signIn();
    const { refresh_token: second } = talk.refresh(first).body;
    assert.strictEqual(talk.refresh(first).status, 400);
    assert.strictEqual(talk.refresh(second).status, 200);
    assert.isUndefined(familyEnded(talk.server.state, 1));
  });

  it("gives new tokens within the grace, counted from the first replacement", () => {
    const talk = new Conversation({ rotation: rotating({ graceMillis: 1_000 }) });
    const { refresh_token: first } = talk.signIn();
    const given = [0, 500, 999].map((at) => {
      talk.now = at;
      return talk.refresh(first).body.refresh_token as string;
    });
    assert.strictEqual(new Set([first, ...given]).size, 4);
    talk.now = 1_000;
    assert.strictEqual(talk.refresh(first).status, 400);
    assert.deepStrictEqual(outline(talk), [
      "issued 2 false",
      "issued 3 true",
      "issued 4 true",
      "ended 1 reuse",
      "refused invalid_grant replaced",
    ]);
  });

  it("takes every token that was given within the grace", () => {
    const talk = new Conversation({ rotation: rotating({ graceMillis: 1_000 }) });
    const { refresh_token: first } = talk.signIn();
    const one = talk.refresh(first).body.refresh_token;
    const other = talk.refresh(first).body.refresh_token;
    talk.now = 5_000;
    assert.deepStrictEqual([talk.refresh(one).status, talk.refresh(other).status], [200, 200]);
  });

  it("does not end a family for one token that expired beside a younger one", () => {
    const talk = new Conversation({
      refreshTokenSeconds: 10,
      rotation: rotating({ graceMillis: 1_000 }),
    });
    const { refresh_token: first } = talk.signIn();
    const one = talk.refresh(first).body.refresh_token;
    const other = talk.refresh(first).body.refresh_token;
    talk.now = 9_000;
    const young = talk.refresh(one).body.refresh_token;
    talk.now = 10_000;
    assert.strictEqual(talk.refresh(other).status, 400);
    assert.isUndefined(familyEnded(talk.server.state, 1));
    assert.strictEqual(talk.refresh(young).status, 200);
  });

  it("lets access tokens live when the last refresh token expired", () => {
    const talk = new Conversation({ refreshTokenSeconds: 10, rotation: rotating() });
    const { access_token: access, refresh_token: first } = talk.signIn();
    talk.now = 10_000;
    talk.refresh(first);
    assert.strictEqual(familyEnded(talk.server.state, 1), "expired");
    assert.strictEqual(talk.api(access).status, 200);
  });
});

describe("refresh", () => {
  it("gives less when asked for less, says so, and gives all again later", () => {
    const talk = new Conversation();
    const { refresh_token: kept } = talk.signIn({ scope: "read write" });
    assert.strictEqual(talk.refresh(kept, { scope: "read" }).body.scope, "read");
    assert.notProperty(talk.refresh(kept).body, "scope");
    assert.deepStrictEqual(talk.only("token.issued").map(({ scope }) => scope), [
      ["read", "write"],
      ["read"],
      ["read", "write"],
    ]);
  });

  it("says what is wrong", () => {
    const talk = new Conversation({ rotation: rotating() });
    const { access_token: access, refresh_token: first } = talk.signIn();
    const errors = [
      talk.refresh(first, { scope: "admin" }),
      talk.refresh(first, { client_id: "other" }),
      talk.refresh(access),
      talk.refresh("pl4nted-rt-1-00000000"),
      talk.refresh(""),
    ].map(({ body }) => body.error);
    assert.deepStrictEqual(errors, [
      "invalid_scope",
      "invalid_grant",
      "invalid_grant",
      "invalid_grant",
      "invalid_request",
    ]);
    assert.deepStrictEqual(talk.only("token.refused").map(({ reason }) => reason), [
      "scope",
      "otherClient",
      "unknown",
      "unknown",
      "malformed",
    ]);
    assert.strictEqual(talk.refresh(first).status, 200, "none of them used it up");
  });
});
