import { afterEach, assert, layer, vi } from "@effect/vitest";
import { Effect, Redacted } from "effect";
import { DevServer, layer as devServer } from "./dev_server.ts";
import { basic, bearer, get, login, post, refresh, startDevice } from "./_test_client.ts";

layer(devServer({ intervalSeconds: 0 }))("authorization server", (it) => {
  it.effect("its metadata names this server and what Bellhop needs, in both places", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const { json } = yield* get(server, "/.well-known/oauth-authorization-server");
      const openid = yield* get(server, "/.well-known/openid-configuration");
      assert.deepStrictEqual(openid.json, json);
      assert.strictEqual(json["issuer"], server.issuer);
      assert.strictEqual(json["token_endpoint"], `${server.issuer}/token`);
      assert.strictEqual(json["device_authorization_endpoint"], `${server.issuer}/device/auth`);
      assert.strictEqual(json["revocation_endpoint"], `${server.issuer}/token/revocation`);
      assert.deepStrictEqual(json["code_challenge_methods_supported"], ["S256"]);
      assert.isTrue(json["authorization_response_iss_parameter_supported"]);
    }));

  it.effect("it signs with keys that it publishes", () =>
    Effect.gen(function* () {
      const { json } = yield* get(yield* DevServer, "/jwks");
      const kinds = json["keys"].map((key: { kty: string }) => key.kty);
      assert.deepStrictEqual(kinds, ["RSA", "OKP"]);
      assert.isUndefined(json["keys"][0].d);
    }));

  it.effect("each refresh replaces the refresh token", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const { refresh_token: first } = yield* login(server);
      const { status, json } = yield* refresh(server, first);
      assert.strictEqual(status, 200);
      assert.isString(json["refresh_token"]);
      assert.notStrictEqual(json["refresh_token"], first);
      assert.strictEqual((yield* refresh(server, json["refresh_token"])).status, 200);
    }));

  it.effect("the reuse of a refresh token revokes the whole family", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const { refresh_token: first } = yield* login(server);
      const { json: second } = yield* refresh(server, first);
      assert.strictEqual((yield* refresh(server, first)).json["error"], "invalid_grant");
      const third = yield* refresh(server, second["refresh_token"]);
      assert.strictEqual(third.json["error"], "invalid_grant");
      const me = yield* get(server, "/api/me", bearer(second["access_token"]));
      assert.strictEqual(me.status, 401);
    }));

  it.effect("of many refreshes at once with one token at most one is granted", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const { refresh_token: first } = yield* login(server);
      const answers = yield* Effect.all(Array.from({ length: 8 }, () => refresh(server, first)), {
        concurrency: "unbounded",
      });
      assert.isAtMost(answers.filter(({ status }) => status === 200).length, 1);
    }));

  it.effect("a device code is redeemed once", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const device = yield* startDevice(server);
      yield* server.approve(device["user_code"]);
      const form = {
        client_id: "bellhop-cli",
        grant_type: "urn:ietf:params:oauth:grant-type:device_code",
        device_code: device["device_code"],
      };
      assert.strictEqual((yield* post(server, "/token", { form })).status, 200);
      const again = yield* post(server, "/token", { form });
      assert.strictEqual(again.json["error"], "invalid_grant");
    }));

  it.effect("a revoked access token opens nothing", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const { access_token: token } = yield* login(server);
      const form = { client_id: "bellhop-cli", token };
      assert.strictEqual((yield* post(server, "/token/revocation", { form })).status, 200);
      assert.strictEqual((yield* get(server, "/api/me", bearer(token))).status, 401);
    }));

  it.effect("a revoked refresh token takes its access token with it", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const { access_token, refresh_token: token } = yield* login(server);
      const form = { client_id: "bellhop-cli", token };
      assert.strictEqual((yield* post(server, "/token/revocation", { form })).status, 200);
      assert.strictEqual((yield* refresh(server, token)).json["error"], "invalid_grant");
      assert.strictEqual((yield* get(server, "/api/me", bearer(access_token))).status, 401);
    }));

  it.effect("introspection tells a confidential client about any token, a public one nothing", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const { access_token: token } = yield* login(server);
      const headers = basic("bellhop-web");
      const { json } = yield* post(server, "/token/introspection", { form: { token }, headers });
      assert.deepInclude(json, { active: true, sub: "ada", client_id: "bellhop-cli" });
      const gone = { token: "unknown" };
      const unknown = yield* post(server, "/token/introspection", { form: gone, headers });
      assert.deepStrictEqual(unknown.json, { active: false });
      const service = yield* serviceToken(server);
      const form = { client_id: "bellhop-cli", token: service["access_token"] };
      const foreign = yield* post(server, "/token/introspection", { form });
      assert.deepStrictEqual(foreign.json, { active: false });
    }));

  it.effect("client credentials by Basic and by post, each for the client that registered it", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const tokens = yield* serviceToken(server);
      assert.strictEqual(tokens["scope"], "api:read");
      assert.isUndefined(tokens["refresh_token"]);
      const form = {
        grant_type: "client_credentials",
        client_id: "bellhop-service-post",
        client_secret: "bellhop-service-post-dev-secret",
      };
      assert.strictEqual((yield* post(server, "/token", { form })).status, 200);
      const wrong = { ...form, client_secret: "wrong" };
      assert.strictEqual(
        (yield* post(server, "/token", { form: wrong })).json["error"],
        "invalid_client",
      );
    }));

  it.effect("a service cannot have a scope that it may not ask for", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const form = { grant_type: "client_credentials", scope: "email" };
      const headers = basic("bellhop-service");
      const { json } = yield* post(server, "/token", { form, headers });
      assert.strictEqual(json["error"], "invalid_scope");
    }));

  it.effect("userinfo knows the user", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const { access_token } = yield* login(server, { scope: "openid profile email" });
      const { json } = yield* get(server, "/userinfo", bearer(access_token));
      assert.deepInclude(json, { sub: "ada", name: "Ada Lovelace", email: "ada@example.com" });
    }));
});

layer(devServer({
  intervalSeconds: 0,
  accessTokenSeconds: 2,
  refreshTokens: "offline_access",
  rotateRefreshTokens: false,
}))("options", (it) => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it.effect("accessTokenSeconds is the lifetime of an access token", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const { access_token, expires_in } = yield* login(server);
      assert.strictEqual(expires_in, 2);
      assert.strictEqual((yield* get(server, "/api/me", bearer(access_token))).status, 200);
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 2_000 });
      assert.strictEqual((yield* get(server, "/api/me", bearer(access_token))).status, 401);
      assert.strictEqual((yield* get(server, "/userinfo", bearer(access_token))).status, 401);
    }));

  it.effect("refreshTokens can depend on offline_access", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      assert.isUndefined((yield* login(server, { scope: "openid" }))["refresh_token"]);
      assert.isString((yield* login(server))["refresh_token"]);
    }));

  it.effect("rotateRefreshTokens can be off", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const { refresh_token } = yield* login(server);
      const { json } = yield* refresh(server, refresh_token);
      assert.strictEqual(json["refresh_token"], refresh_token);
    }));
});

layer(devServer({
  intervalSeconds: 0,
  rotationGraceMillis: 10_000,
  clients: [{
    clientId: "one more",
    name: "One more",
    authentication: "client_secret_basic",
    clientSecret: Redacted.make("with:colon +"),
    grantTypes: ["client_credentials"],
    redirectUris: [],
  }],
}))("rotationGraceMillis", (it) => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it.effect("lets a replaced refresh token be used again, and no longer than that", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const { refresh_token: first } = yield* login(server);
      const { json: lost } = yield* refresh(server, first);
      const { status, json: second } = yield* refresh(server, first);
      assert.strictEqual(status, 200);
      assert.notStrictEqual(second["refresh_token"], lost["refresh_token"]);
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 10_000 });
      assert.strictEqual((yield* refresh(server, first)).json["error"], "invalid_grant");
      const third = yield* refresh(server, second["refresh_token"]);
      assert.strictEqual(third.json["error"], "invalid_grant");
    }));

  it.effect("a client of the options signs in with its secret, form-encoded", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const headers = basic("one+more", "with%3Acolon+%2B");
      const form = { grant_type: "client_credentials" };
      assert.strictEqual((yield* post(server, "/token", { form, headers })).status, 200);
    }));
});

function serviceToken(server: DevServer) {
  const form = { grant_type: "client_credentials", scope: "api:read" };
  return Effect.map(
    post(server, "/token", { form, headers: basic("bellhop-service") }),
    ({ json }) => json,
  );
}
