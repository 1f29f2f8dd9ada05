import { assert, describe, it } from "@effect/vitest";
import { Redacted, Result } from "effect";
import { EndSessionError, type EndSessionOptions, endSessionUrl } from "./end_session_request.ts";

function client(endSessionEndpoint?: string) {
  return {
    clientId: "s6BhdRkqt3",
    authentication: { method: "none" },
    server: {
      issuer: "https://op.example.com",
      ...(endSessionEndpoint === undefined ? {} : { endSessionEndpoint }),
    },
  } as const;
}

function urlOf(options?: EndSessionOptions, endpoint = "https://op.example.com/logout"): URL {
  return new URL(Redacted.value(Result.getOrThrow(endSessionUrl(client(endpoint), options))));
}

function problemOf(options: EndSessionOptions, endpoint?: string): string {
  return Result.getOrThrow(Result.flip(endSessionUrl(client(endpoint), options))).problem;
}

describe("end_session_request", () => {
  it("endSessionUrl() sends what it is given, once, and the redirect URI to the letter", () => {
    const postLogoutRedirectUri = "HTTPS://Client.example.org:443/bye?x=%7e&y=a+b";
    const url = urlOf({
      idToken: Redacted.make("planted.id.token"),
      postLogoutRedirectUri,
      state: Redacted.make("af0ifjsldkj"),
      logoutHint: "jane@example.com",
      uiLocales: ["de", "en"],
    });
    assert.deepStrictEqual([...url.searchParams], [
      ["id_token_hint", "planted.id.token"],
      ["client_id", "s6BhdRkqt3"],
      ["post_logout_redirect_uri", postLogoutRedirectUri],
      ["state", "af0ifjsldkj"],
      ["logout_hint", "jane@example.com"],
      ["ui_locales", "de en"],
    ]);
  });

  it("endSessionUrl() sends the client alone where there is nothing else", () => {
    assert.strictEqual(urlOf().href, "https://op.example.com/logout?client_id=s6BhdRkqt3");
  });

  it("endSessionUrl() keeps the query of the endpoint", () => {
    const url = urlOf({}, "https://op.example.com/logout?tenant=a");
    assert.strictEqual(url.search, "?tenant=a&client_id=s6BhdRkqt3");
  });

  it("endSessionUrl() shows no token", () => {
    const result = endSessionUrl(client("https://op.example.com/logout"), {
      idToken: Redacted.make("planted"),
    });
    assert.notInclude(JSON.stringify(Result.getOrThrow(result)), "planted");
  });

  const refused: ReadonlyArray<readonly [string, EndSessionOptions, string]> = [
    ["a relative redirect URI", { postLogoutRedirectUri: "/bye" }, "redirectUri"],
    ["a fragment", { postLogoutRedirectUri: "https://c.example.org/#x" }, "redirectUri"],
    ["an empty fragment", { postLogoutRedirectUri: "https://c.example.org/#" }, "redirectUri"],
    ["a script", { postLogoutRedirectUri: "javascript:alert(1)" }, "redirectUri"],
    ...[
      "java\tscript:alert(1)",
      "\u0000javascript:alert(1)",
      "data:text/html,x",
      "blob:https://a/b",
    ]
      .map((uri) => [JSON.stringify(uri), { postLogoutRedirectUri: uri }, "redirectUri"] as const),
    ["HTTP beyond loopback", { postLogoutRedirectUri: "http://c.example.org/bye" }, "redirectUri"],
    ["a file", { postLogoutRedirectUri: "file:///etc/passwd" }, "redirectUri"],
    ["an empty redirect URI", { postLogoutRedirectUri: "" }, "redirectUri"],
    ["a state with nowhere to go", { state: Redacted.make("x") }, "state"],
  ];
  for (const [name, options, problem] of refused) {
    it(`endSessionUrl() refuses ${name}`, () => {
      assert.strictEqual(problemOf(options, "https://op.example.com/logout"), problem);
    });
  }

  for (
    const uri of [
      "https://c.example.org/bye?state=1",
      "http://127.0.0.1:51004/bye",
      "http://localhost/bye",
      "com.example.app:/bye",
    ]
  ) {
    it(`endSessionUrl() takes ${uri}`, () => {
      const { searchParams } = urlOf({ postLogoutRedirectUri: uri });
      assert.strictEqual(searchParams.get("post_logout_redirect_uri"), uri);
    });
  }

  it("endSessionUrl() refuses a server without the endpoint, or with one in clear", () => {
    assert.strictEqual(problemOf({}), "unsupported");
    assert.strictEqual(problemOf({}, "http://op.example.com/logout"), "endpoint");
    assert.strictEqual(problemOf({}, "https://op.example.com/logout#x"), "endpoint");
  });

  it("EndSessionError says what is wrong", () => {
    const error = new EndSessionError({ problem: "state", description: "it is off" });
    assert.strictEqual(error.message, "Cannot log out at the server: it is off");
  });
});
