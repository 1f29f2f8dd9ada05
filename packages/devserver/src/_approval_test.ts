import { afterEach, assert, layer, vi } from "@effect/vitest";
import { Effect } from "effect";
import { DevServer, layer as devServer } from "./dev_server.ts";
import { bearer, get, login, poll, startDevice } from "./_test_client.ts";

layer(devServer({ intervalSeconds: 0 }))("device grant", (it) => {
  it.effect("approve() lets the waiting device have its tokens", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const device = yield* startDevice(server);
      const pending = yield* poll(server, device["device_code"]);
      assert.deepStrictEqual([pending.status, pending.json["error"]], [
        400,
        "authorization_pending",
      ]);
      yield* server.approve(device["user_code"]);
      const { status, json } = yield* poll(server, device["device_code"]);
      assert.strictEqual(status, 200);
      assert.strictEqual(json["token_type"], "Bearer");
      assert.strictEqual(json["scope"], "openid offline_access api:read");
      assert.isString(json["refresh_token"]);
      assert.strictEqual(claimsOf(json["id_token"])["sub"], "ada");
    }));

  it.effect("approve() reads the code as a person types it", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const device = yield* startDevice(server);
      yield* server.approve(` ${device["user_code"].toLowerCase().replace("-", " ")} `);
      assert.strictEqual((yield* poll(server, device["device_code"])).status, 200);
    }));

  it.effect("deny() ends the device's polling with access_denied", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const device = yield* startDevice(server);
      yield* server.deny(device["user_code"]);
      const { status, json } = yield* poll(server, device["device_code"]);
      assert.deepStrictEqual([status, json["error"]], [400, "access_denied"]);
    }));

  it.effect("approve() and deny() answer a code once", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const device = yield* startDevice(server);
      yield* server.approve(device["user_code"]);
      const { reason } = yield* Effect.flip(server.deny(device["user_code"]));
      assert.strictEqual(reason._tag, "UserCodeUsed");
      assert.strictEqual((yield* poll(server, device["device_code"])).status, 200);
    }));

  it.effect("approve() fails for a code that no device shows", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const { reason, message } = yield* Effect.flip(server.approve("NOPE-NOPE"));
      assert.strictEqual(reason._tag, "UnknownUserCode");
      assert.include(message, "NOPE-NOPE");
    }));

  it.effect("approve() binds the token to the resource that was asked for", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const tokens = yield* login(server, { resource: `${server.issuer}/api` });
      assert.strictEqual(tokens["scope"], "api:read");
      const me = yield* get(server, "/api/me", bearer(tokens["access_token"]));
      assert.strictEqual(me.json["scope"], "api:read");
      const userinfo = yield* get(server, "/userinfo", bearer(tokens["access_token"]));
      assert.strictEqual(userinfo.status, 403);
    }));

  it.effect("a device that names no scope gets the default ones", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const { scope } = yield* login(server, { scope: "" });
      assert.strictEqual(scope, "openid profile offline_access api:read");
    }));

  it.effect("a resource that is not here is refused with invalid_target", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const { error } = yield* startDevice(server, { resource: "https://api.example.com" });
      assert.strictEqual(error, "invalid_target");
    }));

  it.effect("an unknown client is refused with invalid_client", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const { error } = yield* startDevice(server, { client_id: "stranger" });
      assert.strictEqual(error, "invalid_client");
    }));
});

layer(devServer({ intervalSeconds: 0, deviceCodeSeconds: 2 }))("device code lifetime", (it) => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it.effect("a poll after it is answered expired_token, and approve() fails", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const device = yield* startDevice(server);
      assert.strictEqual(device["expires_in"], 2);
      vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 2_000 });
      const { json } = yield* poll(server, device["device_code"]);
      assert.strictEqual(json["error"], "expired_token");
      const { reason } = yield* Effect.flip(server.approve(device["user_code"]));
      assert.strictEqual(reason._tag, "UserCodeExpired");
    }));
});

layer(devServer())("poll meter", (it) => {
  it.effect("the device answer tells the interval", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      assert.strictEqual((yield* startDevice(server))["interval"], 5);
    }));

  it.effect("a poll that comes too early is answered slow_down, approved or not", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const device = yield* startDevice(server);
      assert.strictEqual((yield* poll(server, device["device_code"])).json["error"], "slow_down");
      yield* server.approve(device["user_code"]);
      const { status, json } = yield* poll(server, device["device_code"]);
      assert.deepStrictEqual([status, json["error"]], [400, "slow_down"]);
    }));

  it.effect("a stranger's poll is not measured", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const { json } = yield* poll(server, "unknown");
      assert.strictEqual(json["error"], "invalid_grant");
    }));
});

layer(devServer({ intervalSeconds: 0 }))("slowDownNext()", (it) => {
  it.effect("slows down as many polls as told, and then no more by itself", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      yield* server.slowDownNext(1);
      const one = yield* startDevice(server);
      assert.strictEqual((yield* poll(server, one["device_code"])).json["error"], "slow_down");
      const two = yield* startDevice(server);
      const { json } = yield* poll(server, two["device_code"]);
      assert.strictEqual(json["error"], "authorization_pending");
    }));
});

function claimsOf(idToken: string): Record<string, unknown> {
  return JSON.parse(atob((idToken.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/")));
}
