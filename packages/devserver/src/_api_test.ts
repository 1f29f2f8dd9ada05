import { assert, layer } from "@effect/vitest";
import { Effect } from "effect";
import { DevServer, layer as devServer } from "./dev_server.ts";
import { basic, bearer, get, login, post } from "./_test_client.ts";

layer(devServer({ intervalSeconds: 0 }))("protected API", (it) => {
  it.effect("/api/me says who the token's user is and what it may", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const { access_token } = yield* login(server, { scope: "openid api:read" });
      const { status, json } = yield* get(server, "/api/me", bearer(access_token));
      assert.strictEqual(status, 200);
      assert.isNumber(json["expires_at"]);
      assert.deepInclude(json, {
        sub: "ada",
        name: "Ada Lovelace",
        client_id: "bellhop-cli",
        scope: "openid api:read",
      });
    }));

  it.effect("/api/me says which service came without a user", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const form = { grant_type: "client_credentials", scope: "api:read" };
      const { json } = yield* post(server, "/token", { form, headers: basic("bellhop-service") });
      const me = yield* get(server, "/api/me", bearer(json["access_token"]));
      assert.deepInclude(me.json, { sub: "bellhop-service", client_id: "bellhop-service" });
      assert.notProperty(me.json, "name");
    }));

  it.effect("a request without a token is challenged without an error code", () =>
    Effect.gen(function* () {
      const { status, headers } = yield* get(yield* DevServer, "/api/me");
      assert.strictEqual(status, 401);
      assert.strictEqual(headers.get("www-authenticate"), 'Bearer realm="bellhop-devserver"');
    }));

  it.effect("a token that is not valid is answered 401 invalid_token", () =>
    Effect.gen(function* () {
      const { status, headers, json } = yield* get(yield* DevServer, "/api/me", bearer("nonsense"));
      assert.strictEqual(status, 401);
      assert.include(headers.get("www-authenticate"), 'error="invalid_token"');
      assert.strictEqual(json["error"], "invalid_token");
    }));

  it.effect("/api/admin answers 403 insufficient_scope and names the scope it wants", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const { access_token } = yield* login(server, { scope: "api:read" });
      const { status, headers } = yield* get(server, "/api/admin", bearer(access_token));
      assert.strictEqual(status, 403);
      assert.include(headers.get("www-authenticate"), 'error="insufficient_scope"');
      assert.include(headers.get("www-authenticate"), 'scope="api:admin"');
    }));

  it.effect("/api/admin lets the scope api:admin in", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const { access_token } = yield* login(server, { scope: "api:admin" });
      const { status, json } = yield* get(server, "/api/admin", bearer(access_token));
      assert.deepStrictEqual([status, json], [200, { admin: true }]);
    }));

  it.effect("/api/echo gives the request back, but for its credentials", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const { access_token } = yield* login(server);
      const headers = { ...bearer(access_token), "x-mine": "1" };
      const { text, json } = yield* post(server, "/api/echo", { form: { a: "b c" }, headers });
      assert.deepInclude(json, { method: "POST", body: "a=b+c" });
      assert.strictEqual(json["headers"]["x-mine"], "1");
      assert.notInclude(text, access_token);
    }));

  it.effect("another path of the API is answered 404", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const { access_token } = yield* login(server);
      assert.strictEqual((yield* get(server, "/api/nowhere", bearer(access_token))).status, 404);
    }));
});
