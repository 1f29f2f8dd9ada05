import { assert, describe, it } from "@effect/vitest";
import { handle, initial, isPlanted, revokeFamily } from "./authorization_server.ts";
import type { ServerRequest } from "./server_message.ts";
import { Conversation, deviceGrant } from "./testdata/conversation.ts";

const get = (url: string): ServerRequest => ({ method: "GET", url, headers: {}, body: "" });

/** A bit of everything. */
function play(): Conversation {
  const talk = new Conversation({
    rotation: { type: "rotate", graceMillis: 0, onReuse: "revokeFamily" },
    signIdToken: (claims) => JSON.stringify(claims),
  });
  const { access_token: access, refresh_token: first } = talk.signIn({ scope: "openid" });
  talk.api(access);
  talk.refresh(first);
  talk.now = 1_000;
  talk.refresh(first);
  const { body: device } = talk.post("/device_authorization", {});
  talk.post("/device", { user_code: device.user_code, decision: "approve" });
  talk.token({ grant_type: deviceGrant, device_code: device.device_code });
  talk.authorize({}, "deny");
  return talk;
}

describe("handle()", () => {
  it("gives the same for the same, and leaves the state before as it was", () => {
    const { requests } = play().server;
    const [first] = requests;
    if (first === undefined) return assert.fail("no requests");
    const before = initial({ clients: [{ clientId: "app", redirectUris: [] }] });
    const { state } = handle(before, get("https://as.example.com/api"), 0);
    assert.strictEqual(before.ordinal, 0);
    assert.deepStrictEqual(handle(state, first, 0), handle(state, first, 0));
    assert.deepStrictEqual(play().server.requests, requests);
  });

  it("tells no fact with a secret in it", () => {
    const talk = play();
    const { requests } = talk.server;
    assert.isTrue(requests.some(({ body }) => isPlanted(body)));
    assert.isFalse(isPlanted(JSON.stringify(talk.facts)));
    assert.deepStrictEqual([...new Set(talk.facts.map(({ type }) => type))].toSorted(), [
      "api.called",
      "authorization.refused",
      "code.issued",
      "device.decided",
      "device.polled",
      "device.started",
      "family.ended",
      "token.issued",
      "token.refused",
    ]);
  });

  it("knows no other paths and methods", () => {
    const talk = new Conversation();
    const statuses = [
      talk.ask("GET", "/"),
      talk.ask("GET", ""),
      talk.ask("GET", "/apiary"),
      talk.ask("GET", "/token?grant_type=x"),
      talk.ask("DELETE", "/api"),
      talk.ask("OPTIONS", "/api"),
    ].map(({ status }) => status);
    assert.deepStrictEqual(statuses, [404, 404, 404, 405, 401, 405]);
  });

  it("is found below an issuer with a path, and its metadata before it as well", () => {
    const state = initial({ issuer: "https://as.example.com/tenant" });
    const status = (path: string) =>
      handle(state, get(`https://as.example.com${path}`), 0).response.status;
    assert.deepStrictEqual([
      status("/tenant/jwks"),
      status("/tenant/.well-known/openid-configuration"),
      status("/.well-known/oauth-authorization-server/tenant"),
    ], [200, 200, 200]);
    assert.deepStrictEqual([status("/jwks"), status("/tenantry/jwks")], [404, 404]);
  });
});

describe("metadata", () => {
  it("are the same in both places, and true to the options", () => {
    const talk = new Conversation({ refreshTokens: false, scopes: ["read"] });
    const { body } = talk.ask("GET", "/.well-known/oauth-authorization-server");
    assert.deepStrictEqual(talk.ask("GET", "/.well-known/openid-configuration").body, body);
    assert.strictEqual(body.issuer, "https://as.example.com");
    assert.deepStrictEqual(body.scopes_supported, ["read"]);
    assert.notInclude(body.grant_types_supported, "refresh_token");
    assert.deepStrictEqual(body.token_endpoint_auth_methods_supported, [
      "none",
      "client_secret_basic",
      "client_secret_post",
    ]);
    assert.notProperty(body, "id_token_signing_alg_values_supported");
    assert.notProperty(talk.signIn({ scope: "read" }), "refresh_token");
  });

  it("name endpoints that are there", () => {
    const talk = new Conversation({ signIdToken: () => "a.b.c" });
    const { body } = talk.ask("GET", "/.well-known/openid-configuration");
    const urls = Object.entries<string>(body).filter(([name]) => /_(endpoint|uri)$/.test(name));
    assert.lengthOf(urls, 7);
    for (const [, url] of urls) {
      assert.notStrictEqual(talk.ask("GET", url.slice(body.issuer.length)).status, 404);
    }
    assert.deepStrictEqual(body.id_token_signing_alg_values_supported, ["EdDSA"]);
  });
});

describe("/jwks", () => {
  it("says what it was told to", () => {
    const jwks = { keys: [{ kty: "OKP" }] };
    assert.deepStrictEqual(new Conversation({ jwks }).ask("GET", "/jwks").body, jwks);
  });
});

describe("revokeFamily()", () => {
  it("ends a family once", () => {
    const talk = new Conversation();
    const { access_token: access } = talk.signIn();
    talk.server.update((state) => revokeFamily(state, 1, 5));
    talk.server.update((state) => revokeFamily(state, 1, 6));
    talk.server.update((state) => revokeFamily(state, 2, 7));
    assert.strictEqual(talk.api(access).status, 401);
    assert.deepStrictEqual(talk.only("family.ended"), [
      { type: "family.ended", atMillis: 5, family: 1, cause: "admin" },
    ]);
  });
});
