import { assert, describe, it } from "@effect/vitest";
import { familyEnded, isAlive } from "./authorization_server.ts";
import { backOf, challenge, Conversation, verifier } from "./testdata/conversation.ts";

describe("/authorize", () => {
  it("sends an approving person back with a code, the state and the issuer", () => {
    const talk = new Conversation();
    const answer = talk.authorize();
    assert.strictEqual(answer.status, 302);
    assert.match(answer.headers["location"] ?? "", /^http:\/\/127\.0\.0\.1\/callback\?code=/);
    const { code, ...rest } = Object.fromEntries(backOf(answer));
    assert.match(code ?? "", /^pl4nted-ac-1-/);
    assert.deepStrictEqual(rest, { state: "s1", iss: "https://as.example.com" });
    assert.deepStrictEqual(talk.facts, [{
      type: "code.issued",
      atMillis: 0,
      code: 1,
      clientId: "app",
      scope: ["read", "write"],
      codeChallenge: challenge,
      expiresAtMillis: 60_000,
    }]);
  });

  it("sends back with an error what RFC 6749 section 4.1.2.1 lets be sent back", () => {
    const talk = new Conversation();
    const errors = [
      talk.authorize({}, "deny"),
      talk.authorize({ response_type: "token" }),
      talk.authorize({ response_type: "" }),
      talk.authorize({ scope: "root" }),
      talk.authorize({ code_challenge: "" }),
      talk.authorize({ code_challenge_method: "plain" }),
      talk.authorize({ state: "" }),
    ].map((answer) => Object.fromEntries(backOf(answer)));
    const iss = "https://as.example.com";
    assert.deepStrictEqual(errors, [
      { error: "access_denied", state: "s1", iss },
      { error: "unsupported_response_type", state: "s1", iss },
      { error: "invalid_request", state: "s1", iss },
      { error: "invalid_scope", state: "s1", iss },
      { error: "invalid_request", state: "s1", iss },
      { error: "invalid_request", state: "s1", iss },
      { error: "invalid_request", iss },
    ]);
    assert.strictEqual(talk.server.state.ordinal, 0);
    assert.isTrue(talk.only("authorization.refused").every(({ isRedirected }) => isRedirected));
  });

  it("sends nobody to where nobody is registered", () => {
    const talk = new Conversation();
    const answers = [
      { client_id: "nobody" },
      { redirect_uri: "http://127.0.0.1/callback/" },
      { redirect_uri: "http://127.0.0.1:1@evil.example/callback" },
      { redirect_uri: "https://app.example.com:444/back?a=1" },
      { redirect_uri: "" },
    ].map((query) => talk.authorize(query));
    for (const { headers, status } of answers) {
      assert.strictEqual(status, 400);
      assert.notProperty(headers, "location");
    }
  });

  it("takes any port on loopback, and keeps a query", () => {
    const talk = new Conversation();
    const onPort = talk.authorize({ redirect_uri: "http://127.0.0.1:51234/callback" });
    assert.match(onPort.headers["location"] ?? "", /^http:\/\/127\.0\.0\.1:51234\/callback\?code=/);
    const withQuery = talk.authorize({ redirect_uri: "https://app.example.com/back?a=1" });
    assert.match(withQuery.headers["location"] ?? "", /\/back\?a=1&code=/);
  });
});

describe("redemption of a code", () => {
  it("gives tokens for the verifier, and says the scope only if nobody named it", () => {
    const talk = new Conversation({ accessTokenSeconds: 60 });
    const { body, headers, status } = talk.redeem(talk.code());
    assert.strictEqual(status, 200);
    assert.strictEqual(headers["cache-control"], "no-store");
    assert.hasAllKeys(body, ["access_token", "token_type", "expires_in", "refresh_token"]);
    assert.strictEqual(talk.redeem(talk.code({ scope: "" })).body.scope, "read");
  });

  it("works once, and a second time ends what the first gave", () => {
    const talk = new Conversation();
    const code = talk.code();
    const { access_token: access, refresh_token: refresh } = talk.redeem(code).body;
    assert.strictEqual(talk.redeem(code).body.error, "invalid_grant");
    assert.isFalse(isAlive(talk.server.state, access, 0));
    assert.strictEqual(talk.refresh(refresh).status, 400);
    assert.strictEqual(familyEnded(talk.server.state, 1), "codeReuse");
    talk.redeem(code);
    assert.lengthOf(talk.only("family.ended"), 1);
  });

  it("fails for what does not fit, and uses nothing up", () => {
    const talk = new Conversation();
    const code = talk.code();
    const forms = [
      { code_verifier: `${verifier}x` },
      { code_verifier: "" },
      { redirect_uri: "http://127.0.0.1:1/callback" },
      { redirect_uri: "" },
      { client_id: "other" },
      { code: "pl4nted-ac-9-00000000" },
      { code: "" },
    ];
    assert.deepStrictEqual(forms.map((form) => talk.redeem(code, form).body.error), [
      ...Array.from({ length: 6 }, () => "invalid_grant"),
      "invalid_request",
    ]);
    assert.deepStrictEqual(talk.only("token.refused").map(({ reason }) => reason), [
      "challenge",
      "challenge",
      "redirectUri",
      "redirectUri",
      "otherClient",
      "unknown",
      "malformed",
    ]);
    assert.strictEqual(talk.redeem(code).status, 200);
  });

  it("fails when the code is too old", () => {
    const talk = new Conversation({ codeSeconds: 10 });
    const code = talk.code();
    talk.now = 10_000;
    assert.strictEqual(talk.redeem(code).body.error, "invalid_grant");
  });

  it("gives an ID token only where somebody signs, and the scope has openid", () => {
    const signIdToken = (claims: Record<string, unknown>) => JSON.stringify(claims);
    const talk = new Conversation({ signIdToken });
    talk.now = 2_500;
    const { body } = talk.redeem(talk.code({ scope: "openid read", nonce: "n1" }));
    const { jti, ...claims } = JSON.parse(body.id_token);
    assert.match(jti, /^pl4nted-it-4-/);
    assert.deepStrictEqual(claims, {
      iss: "https://as.example.com",
      sub: "person-1",
      aud: "app",
      exp: 3602,
      iat: 2,
      nonce: "n1",
    });
    assert.notProperty(talk.redeem(talk.code()).body, "id_token");
    const unsigned = new Conversation();
    assert.notProperty(unsigned.redeem(unsigned.code({ scope: "openid" })).body, "id_token");
  });
});
