import { assert, describe, it } from "@effect/vitest";
import {
  accessTokenOf,
  familyEnded,
  familyOfAccessToken,
  familyOfRefreshToken,
  isAlive,
  isRefreshable,
  isWithinGrace,
  refreshTokenOf,
} from "./lookup.ts";
import { Conversation } from "./testdata/conversation.ts";

const rotation = { type: "rotate", graceMillis: 1_000, onReuse: "revokeFamily" } as const;

describe("lookups", () => {
  it("find what a secret in clear is", () => {
    const talk = new Conversation();
    const { access_token: access, refresh_token: refresh } = talk.signIn();
    const { state } = talk.server;
    assert.strictEqual(familyOfAccessToken(state, access)?.family, 1);
    assert.strictEqual(familyOfRefreshToken(state, refresh)?.family, 1);
    assert.strictEqual(accessTokenOf(state, access)?.generation, 1);
    assert.strictEqual(refreshTokenOf(state, refresh)?.generation, 1);
  });

  it("do not take one kind for another, nor what is from elsewhere", () => {
    const talk = new Conversation();
    const { access_token: access, refresh_token: refresh } = talk.signIn();
    const { state } = talk.server;
    assert.isUndefined(familyOfAccessToken(state, refresh));
    assert.isUndefined(familyOfRefreshToken(state, access));
    assert.isUndefined(familyOfAccessToken(state, "elsewhere"));
    assert.isUndefined(familyEnded(state, 7));
  });
});

describe("isAlive()", () => {
  it("ends with the token's time", () => {
    const talk = new Conversation({ accessTokenSeconds: 1 });
    const { access_token: access } = talk.signIn();
    const { state } = talk.server;
    assert.deepStrictEqual([isAlive(state, access, 999), isAlive(state, access, 1_000)], [
      true,
      false,
    ]);
  });
});

describe("isRefreshable()", () => {
  it("is true of a replaced token as long as its grace lasts, and says what the server does", () => {
    const talk = new Conversation({ rotation });
    const { refresh_token: first } = talk.signIn();
    const { refresh_token: second } = talk.refresh(first).body;
    const { state } = talk.server;
    assert.isTrue(isRefreshable(state, second, 0));
    assert.isTrue(isRefreshable(state, first, 999));
    assert.isFalse(isRefreshable(state, first, 1_000));
    assert.isTrue(isWithinGrace(rotation, 0, 999));
    talk.now = 1_000;
    talk.refresh(first);
    assert.isFalse(isRefreshable(talk.server.state, second, 1_000));
  });
});
