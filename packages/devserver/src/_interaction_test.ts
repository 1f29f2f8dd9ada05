import { createHash } from "node:crypto";
import { assert, layer } from "@effect/vitest";
import { Effect } from "effect";
import { DevServer, layer as devServer } from "./dev_server.ts";
import { makeBrowser } from "./_test_browser.ts";
import { basic, bearer, get, poll, post, startDevice } from "./_test_client.ts";

const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

layer(devServer({ intervalSeconds: 0 }))("device pages", (it) => {
  it.effect("code, sign-in and approval by forms alone let the device have its tokens", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const device = yield* startDevice(server);
      const { open, submit } = makeBrowser(server);
      const confirmation = yield* submit(yield* open("/device"), {
        user_code: device["user_code"].toLowerCase(),
      });
      assert.include(confirmation.text, device["user_code"]);
      assert.include(confirmation.text, "Bellhop CLI");
      assert.include(confirmation.text, "Read from the demonstration API");
      const login = yield* submit(confirmation);
      assert.include(login.text, "Sign in as Ada Lovelace");
      const done = yield* submit(login, { answer: "login" });
      assert.include(done.text, "Device connected");
      const { status, json } = yield* poll(server, device["device_code"]);
      assert.strictEqual(status, 200);
      assert.strictEqual(json["scope"], "openid offline_access api:read");
    }));

  it.effect("verification_uri_complete fills the code in, and waits for the user", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const device = yield* startDevice(server);
      const { open, submit } = makeBrowser(server);
      const path = device["verification_uri_complete"].slice(server.issuer.length);
      const first = yield* open(path);
      assert.include(first.text, `value="${device["user_code"]}"`);
      assert.notInclude(first.text, "<script");
      const pending = yield* poll(server, device["device_code"]);
      assert.strictEqual(pending.json["error"], "authorization_pending");
      assert.include((yield* submit(first)).text, "Connect Bellhop CLI?");
    }));

  it.effect("who is signed in already approves with one click", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const { open, submit } = makeBrowser(server);
      const approve = Effect.fnUntraced(function* () {
        const device = yield* startDevice(server);
        const input = yield* open(`/device?user_code=${device["user_code"]}`);
        return yield* submit(yield* submit(input));
      });
      yield* submit(yield* approve(), { answer: "login" });
      assert.include((yield* approve()).text, "Device connected");
    }));

  it.effect("Deny tells the device access_denied and says so", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const device = yield* startDevice(server);
      const { open, submit } = makeBrowser(server);
      const input = yield* open(`/device?user_code=${device["user_code"]}`);
      const denied = yield* submit(yield* submit(input), { abort: "yes" });
      assert.include(denied.text, "<h1>Denied</h1>");
      const { json } = yield* poll(server, device["device_code"]);
      assert.strictEqual(json["error"], "access_denied");
    }));

  it.effect("Cancel on the sign-in page denies the device", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const device = yield* startDevice(server);
      const { open, submit } = makeBrowser(server);
      const input = yield* open(`/device?user_code=${device["user_code"]}`);
      const login = yield* submit(yield* submit(input));
      assert.include((yield* submit(login, { answer: "deny" })).text, "<h1>Denied</h1>");
      const { json } = yield* poll(server, device["device_code"]);
      assert.strictEqual(json["error"], "access_denied");
    }));

  it.effect("a code that no device shows is met with a friendly page and another try", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const { open, submit } = makeBrowser(server);
      const again = yield* submit(yield* open("/device"), { user_code: "<b>NOPE" });
      assert.strictEqual(again.status, 200);
      assert.include(again.text, "No device is waiting under this code");
      assert.include(again.text, "&lt;b&gt;NOPE");
      assert.include((yield* submit(again, { user_code: "" })).text, "Enter the code");
    }));

  it.effect("a code that was answered is met with a friendly page", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const device = yield* startDevice(server);
      yield* server.approve(device["user_code"]);
      const { open, submit } = makeBrowser(server);
      const again = yield* submit(yield* open(`/device?user_code=${device["user_code"]}`));
      assert.include(again.text, "already been answered");
    }));
});

layer(devServer())("authorization code pages", (it) => {
  for (const host of ["127.0.0.1:51234", "localhost:7", "[::1]:8080"]) {
    it.effect(`sign-in and consent lead back to http://${host}/callback with a code`, () =>
      Effect.gen(function* () {
        const server = yield* DevServer;
        const redirectUri = `http://${host}/callback`;
        const { open, submit } = makeBrowser(server);
        const login = yield* open(authorizationPath({ redirect_uri: redirectUri }));
        const consent = yield* submit(login, { answer: "login" });
        assert.include(consent.text, "Allow Bellhop CLI?");
        const back = new URL((yield* submit(consent, { answer: "allow" })).url);
        assert.strictEqual(`${back.origin}${back.pathname}`, redirectUri);
        assert.strictEqual(back.searchParams.get("state"), "xyz");
        assert.strictEqual(back.searchParams.get("iss"), server.issuer);
        const { status, json } = yield* post(server, "/token", {
          form: {
            client_id: "bellhop-cli",
            grant_type: "authorization_code",
            code: back.searchParams.get("code") ?? "",
            redirect_uri: redirectUri,
            code_verifier: verifier,
          },
        });
        assert.strictEqual(status, 200);
        const me = yield* get(server, "/api/me", bearer(json["access_token"]));
        assert.strictEqual(me.json["sub"], "ada");
      }));
  }

  it.effect("a confidential client redeems its code with its secret, and once", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const { open, submit } = makeBrowser(server);
      const login = yield* open(authorizationPath({ client_id: "bellhop-web" }));
      const consent = yield* submit(login, { answer: "login" });
      const back = new URL((yield* submit(consent, { answer: "allow" })).url);
      const form = {
        grant_type: "authorization_code",
        code: back.searchParams.get("code") ?? "",
        redirect_uri: "http://127.0.0.1:51234/callback",
        code_verifier: verifier,
      };
      const headers = basic("bellhop-web");
      assert.strictEqual((yield* post(server, "/token", { form, headers })).status, 200);
      const again = yield* post(server, "/token", { form, headers });
      assert.strictEqual(again.json["error"], "invalid_grant");
    }));

  it.effect("Deny leads back with access_denied", () =>
    Effect.gen(function* () {
      const { open, submit } = makeBrowser(yield* DevServer);
      const consent = yield* submit(yield* open(authorizationPath({})), { answer: "login" });
      const back = new URL((yield* submit(consent, { answer: "deny" })).url);
      assert.strictEqual(back.searchParams.get("error"), "access_denied");
      assert.strictEqual(back.searchParams.get("state"), "xyz");
    }));

  it.effect("a redirect URI that is not registered is met with a page, not a redirect", () =>
    Effect.gen(function* () {
      const { open } = makeBrowser(yield* DevServer);
      const path = authorizationPath({ redirect_uri: "https://attacker.example.com/callback" });
      const { status, text } = yield* open(path);
      assert.strictEqual(status, 400);
      assert.include(text, "invalid_redirect_uri");
    }));

  it.effect("a request without PKCE is refused", () =>
    Effect.gen(function* () {
      const { open } = makeBrowser(yield* DevServer);
      const { url } = yield* open(authorizationPath({ code_challenge: "" }));
      assert.strictEqual(new URL(url).searchParams.get("error"), "invalid_request");
    }));

  it.effect("a page of another browser is met with a friendly page", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const login = yield* makeBrowser(server).open(authorizationPath({}));
      const { status, text } = yield* makeBrowser(server).submit(login, { answer: "login" });
      assert.strictEqual(status, 400);
      assert.include(text, "This page has expired");
    }));

  it.effect("signing out asks and then says so", () =>
    Effect.gen(function* () {
      const { open, submit } = makeBrowser(yield* DevServer);
      yield* submit(yield* open(authorizationPath({})), { answer: "login" });
      const done = yield* submit(yield* open("/session/end"), { logout: "yes" });
      assert.include(done.text, "Signed out");
      assert.include((yield* open(authorizationPath({}))).text, "Sign in as");
    }));
});

function authorizationPath(differing: Readonly<Record<string, string>>): string {
  const parameters = new URLSearchParams({
    client_id: "bellhop-cli",
    response_type: "code",
    redirect_uri: "http://127.0.0.1:51234/callback",
    scope: "openid api:read",
    state: "xyz",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    ...differing,
  });
  return `/auth?${parameters}`;
}
