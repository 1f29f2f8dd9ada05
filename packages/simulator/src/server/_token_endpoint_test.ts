import { assert, describe, it } from "@effect/vitest";
import { Conversation } from "./testdata/conversation.ts";

const clientCredentials = { grant_type: "client_credentials", scope: "read" };
const authorization = `Basic ${btoa(`cron:${encodeURIComponent("s3cr3t&:+")}`)}`;
const exchange = { grant_type: "urn:ietf:params:oauth:grant-type:token-exchange" };
const jwtBearer = { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer" };
const tokenType = "urn:ietf:params:oauth:token-type:";

describe("client authentication", () => {
  it("takes Basic and the form, each form-encoded", () => {
    const talk = new Conversation();
    const answers = [
      talk.token(clientCredentials, { authorization }),
      talk.token({ ...clientCredentials, client_id: "cron" }, { authorization }),
      talk.token({ ...clientCredentials, client_id: "cron", client_secret: "s3cr3t&:+" }),
    ];
    assert.deepStrictEqual(answers.map(({ status }) => status), [200, 200, 200]);
  });

  it("refuses everything else as invalid_client, with a challenge to whom used the header", () => {
    const talk = new Conversation();
    const byHeader = [
      talk.token(clientCredentials, { authorization: `Basic ${btoa("cron:wrong")}` }),
      talk.token(clientCredentials, { authorization: "Basic !" }),
      talk.token(clientCredentials, { authorization: "Bearer x" }),
      talk.token({ ...clientCredentials, client_id: "app" }, { authorization }),
    ];
    const byForm = [
      talk.token({ ...clientCredentials, client_id: "cron" }),
      talk.token({ ...clientCredentials, client_id: "cron", client_secret: "wrong" }),
      talk.token({ ...clientCredentials, client_id: "app", client_secret: "any" }),
      talk.token({ ...clientCredentials, client_id: "nobody" }),
      talk.token({ ...clientCredentials, client_id: "" }),
    ];
    for (const { body, headers, status } of byHeader) {
      assert.deepStrictEqual([status, body.error], [401, "invalid_client"]);
      assert.match(headers["www-authenticate"] ?? "", /^Basic /);
    }
    for (const { body, headers, status } of byForm) {
      assert.deepStrictEqual([status, body.error], [401, "invalid_client"]);
      assert.notProperty(headers, "www-authenticate");
    }
    assert.isTrue(talk.only("token.refused").every(({ reason }) => reason === "client"));
  });

  it("refuses two ways at once", () => {
    const talk = new Conversation();
    const { body } = talk.token({ ...clientCredentials, client_secret: "x" }, { authorization });
    assert.strictEqual(body.error, "invalid_request");
  });
});

describe("/token", () => {
  it("wants a form, with each parameter once, and a grant type that it knows", () => {
    const talk = new Conversation();
    const form = { "content-type": "application/x-www-form-urlencoded" };
    const repeated = "grant_type=refresh_token&grant_type=refresh_token&client_id=app";
    const errors = [
      talk.ask("POST", "/token", { body: "grant_type=refresh_token&client_id=app" }),
      talk.ask("POST", "/token", { headers: form, body: repeated }),
      talk.token({}),
      talk.token({ grant_type: "password" }),
    ].map(({ body, status }) => [status, body.error]);
    assert.deepStrictEqual(errors, [
      [400, "invalid_request"],
      [400, "invalid_request"],
      [400, "invalid_request"],
      [400, "unsupported_grant_type"],
    ]);
    const { headers, status } = talk.ask("GET", "/token");
    assert.deepStrictEqual([status, headers["allow"]], [405, "POST"]);
  });
});

describe("client credentials", () => {
  it("gives an access token alone, for nobody", () => {
    const talk = new Conversation();
    const { body } = talk.token({ grant_type: "client_credentials" }, { authorization });
    assert.hasAllKeys(body, ["access_token", "token_type", "scope"]);
    assert.notProperty(talk.api(body.access_token).body, "sub");
  });

  it("is for clients with a secret, and known scopes", () => {
    const talk = new Conversation();
    assert.strictEqual(talk.token(clientCredentials).body.error, "unauthorized_client");
    const { body } = talk.token({ ...clientCredentials, scope: "root" }, { authorization });
    assert.strictEqual(body.error, "invalid_scope");
  });
});

describe("jwt bearer", () => {
  it("takes whatever looks like a JWT", () => {
    const talk = new Conversation();
    const answers = ["a.b.c", "a.b", ""].map((assertion) =>
      talk.token({ ...jwtBearer, assertion })
    );
    assert.deepStrictEqual(answers.map(({ body }) => body.error), [
      undefined,
      "invalid_grant",
      "invalid_request",
    ]);
    assert.notProperty(answers[0]?.body, "refresh_token");
  });
});

describe("token exchange", () => {
  it("gives an access token for one that lives, in a family of its own", () => {
    const talk = new Conversation();
    const { access_token: subject } = talk.signIn();
    const form = {
      ...exchange,
      subject_token: subject,
      subject_token_type: `${tokenType}access_token`,
    };
    const { body } = talk.token({ ...form, scope: "read", audience: "api" });
    assert.hasAllKeys(body, ["access_token", "token_type", "issued_token_type"]);
    assert.strictEqual(body.issued_token_type, `${tokenType}access_token`);
    assert.deepStrictEqual(talk.only("token.issued").map(({ family }) => family), [1, 2]);
    talk.post("/revoke", { token: subject });
    assert.strictEqual(talk.token(form).body.error, "invalid_request");
  });

  it("knows the types of tokens", () => {
    const talk = new Conversation();
    const { access_token: access, refresh_token: refresh } = talk.signIn();
    const exchanged = (token: string, type: string, more: Record<string, string> = {}) =>
      talk.token({
        ...exchange,
        subject_token: token,
        subject_token_type: `${tokenType}${type}`,
        ...more,
      }).status;
    assert.deepStrictEqual([
      exchanged(refresh, "refresh_token"),
      exchanged("a.b.c", "jwt"),
      exchanged("a.b.c", "id_token"),
    ], [200, 200, 200]);
    assert.deepStrictEqual([
      exchanged(access, "refresh_token"),
      exchanged(refresh, "access_token"),
      exchanged(access, "saml2"),
      exchanged("nothing", "jwt"),
      exchanged("", "jwt"),
      exchanged("a.b.c", "jwt", { requested_token_type: `${tokenType}refresh_token` }),
      exchanged("a.b.c", "jwt", { actor_token: "a.b.c" }),
    ], [400, 400, 400, 400, 400, 400, 400]);
  });
});
