import { assert, describe, it } from "@effect/vitest";
import { familyEnded } from "./authorization_server.ts";
import { Conversation } from "./testdata/conversation.ts";

const rotation = { type: "rotate", graceMillis: 0, onReuse: "refuse" } as const;

describe("/revoke", () => {
  it("ends the family of a refresh token, also of a replaced one", () => {
    const talk = new Conversation({ rotation });
    const { access_token: access, refresh_token: first } = talk.signIn();
    const { refresh_token: second } = talk.refresh(first).body;
    assert.strictEqual(talk.post("/revoke", { token: first }).status, 200);
    assert.strictEqual(familyEnded(talk.server.state, 1), "revoked");
    assert.deepStrictEqual([talk.refresh(second).status, talk.api(access).status], [400, 401]);
    assert.strictEqual(talk.post("/revoke", { token: second }).status, 200);
    assert.lengthOf(talk.only("family.ended"), 1);
  });

  it("ends an access token, and leaves its family", () => {
    const talk = new Conversation();
    const { access_token: access, refresh_token: refresh } = talk.signIn();
    talk.post("/revoke", { token: access, token_type_hint: "refresh_token" });
    talk.post("/revoke", { token: access });
    assert.strictEqual(talk.api(access).status, 401);
    assert.strictEqual(talk.refresh(refresh).status, 200);
    assert.deepStrictEqual(talk.only("accessToken.revoked").map(({ accessToken }) => accessToken), [
      2,
    ]);
  });

  it("is content with tokens that nobody knows, not with clients that nobody knows", () => {
    const talk = new Conversation();
    const { refresh_token: refresh } = talk.signIn();
    assert.strictEqual(talk.post("/revoke", { token: "unknown" }).status, 200);
    const errors = [{ client_id: "nobody" }, { client_id: "other" }, { token: "" }]
      .map((form) => talk.post("/revoke", { token: refresh, ...form }))
      .map(({ body, status }) => [status, body.error]);
    assert.deepStrictEqual(errors, [
      [401, "invalid_client"],
      [400, "invalid_grant"],
      [400, "invalid_request"],
    ]);
    assert.isUndefined(familyEnded(talk.server.state, 1));
  });
});

describe("/introspect", () => {
  it("describes tokens that live", () => {
    const talk = new Conversation({ accessTokenSeconds: 60 });
    talk.now = 1_500;
    const { access_token: access, refresh_token: refresh } = talk.signIn();
    const common = {
      active: true,
      scope: "read write",
      client_id: "app",
      sub: "person-1",
      iss: "https://as.example.com",
    };
    assert.deepStrictEqual(talk.post("/introspect", { token: access }).body, {
      ...common,
      token_type: "Bearer",
      exp: 61,
      iat: 1,
    });
    assert.deepStrictEqual(talk.post("/introspect", { token: refresh }).body, common);
  });

  it("says nothing of others", () => {
    const talk = new Conversation({ accessTokenSeconds: 60, rotation });
    const { access_token: access, refresh_token: first } = talk.signIn();
    talk.refresh(first);
    talk.now = 60_000;
    for (const token of [access, first, "unknown"]) {
      assert.deepStrictEqual(talk.post("/introspect", { token }).body, { active: false });
    }
    assert.strictEqual(talk.post("/introspect", { token: access, client_id: "no" }).status, 401);
  });

  it("tells the resource that a token was asked for", () => {
    const talk = new Conversation();
    const { access_token: access } = talk.signIn({ resource: "https://api.example.com" });
    const { body } = talk.post("/introspect", { token: access });
    assert.deepStrictEqual(body.aud, ["https://api.example.com"]);
  });
});
