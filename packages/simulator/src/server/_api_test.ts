import { assert, describe, it } from "@effect/vitest";
import { Conversation } from "./testdata/conversation.ts";

describe("/api", () => {
  it("takes a living token", () => {
    const talk = new Conversation({ accessTokenSeconds: 60 });
    const { access_token: access } = talk.signIn();
    const { body, status } = talk.api(access, "/api/things/7?of=x");
    assert.strictEqual(status, 200);
    assert.deepStrictEqual(body, {
      path: "/api/things/7",
      client_id: "app",
      sub: "person-1",
      scope: "read write",
    });
    assert.deepStrictEqual(talk.only("api.called"), [{
      type: "api.called",
      atMillis: 0,
      path: "/api/things/7",
      accessToken: 2,
      family: 1,
      status: 200,
    }]);
    talk.now = 59_999;
    assert.strictEqual(talk.api(access).status, 200);
    talk.now = 60_000;
    assert.strictEqual(talk.api(access).status, 401);
  });

  it("challenges as RFC 6750 section 3 says", () => {
    const talk = new Conversation();
    const { access_token: access, refresh_token: refresh } = talk.signIn();
    const challenges = [
      talk.ask("GET", "/api"),
      talk.api(refresh),
      talk.api("unknown"),
      talk.api(access, "/api/admin"),
    ].map(({ headers, status }) => [status, headers["www-authenticate"]]);
    const invalid = `Bearer realm="api", error="invalid_token", ` +
      `error_description="the token is unknown, expired or revoked"`;
    assert.deepStrictEqual(challenges, [
      [401, `Bearer realm="api"`],
      [401, invalid],
      [401, invalid],
      [
        403,
        `Bearer realm="api", error="insufficient_scope", ` +
        `error_description="the token may not do this", scope="admin"`,
      ],
    ]);
    const { access_token: admin } = talk.signIn({ scope: "admin" });
    assert.strictEqual(talk.api(admin, "/api/admin").status, 200);
  });
});

describe("/userinfo", () => {
  it("says who the person is, to whom may know", () => {
    const talk = new Conversation();
    const told = ["openid", "openid profile", "read"].map((scope) =>
      talk.api(talk.signIn({ scope }).access_token, "/userinfo")
    );
    assert.deepStrictEqual(told.map(({ status }) => status), [200, 200, 403]);
    assert.deepStrictEqual(told[0]?.body, { sub: "person-1" });
    assert.deepStrictEqual(told[1]?.body, { sub: "person-1", name: "A Person" });
  });
});
