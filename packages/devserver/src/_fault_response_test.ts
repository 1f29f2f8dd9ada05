import { assert, layer } from "@effect/vitest";
import { Effect } from "effect";
import { DevServer, layer as devServer } from "./dev_server.ts";
import type { FaultKind } from "./fault.ts";
import { get, login, post, postInVain, refresh } from "./_test_client.ts";

layer(devServer({ intervalSeconds: 0 }))("fault()", (it) => {
  const strike = (kind: FaultKind, more: { readonly [member: string]: unknown } = {}) =>
    Effect.flatMap(
      DevServer,
      (server) => Effect.as(server.fault({ endpoint: "token", kind, ...more }), server),
    );
  const ask = (server: DevServer) => post(server, "/token", { form: { grant_type: "x" } });

  it.effect("500 answers with a stack trace", () =>
    Effect.gen(function* () {
      const { status, text } = yield* ask(yield* strike("500"));
      assert.strictEqual(status, 500);
      assert.include(text, "    at Pool.connect");
    }));

  it.effect("503 and 429 tell when to come back", () =>
    Effect.gen(function* () {
      for (const kind of ["503", "429"] as const) {
        const { status, headers, text } = yield* ask(yield* strike(kind, { retryAfterSeconds: 7 }));
        assert.deepStrictEqual([status, headers.get("retry-after")], [Number(kind), "7"]);
        assert.notInclude(text, "error");
      }
      const { headers } = yield* ask(yield* strike("503"));
      assert.isNull(headers.get("retry-after"));
    }));

  it.effect("html answers with a page", () =>
    Effect.gen(function* () {
      const { status, headers } = yield* ask(yield* strike("html"));
      assert.deepStrictEqual([status, headers.get("content-type")], [200, "text/html"]);
    }));

  it.effect("reset and truncated cut the connection", () =>
    Effect.gen(function* () {
      for (const kind of ["reset", "truncated"] as const) {
        assert.instanceOf(yield* postInVain(yield* strike(kind), "/token"), Error);
      }
    }));

  it.effect("truncated-json answers a document that ends in the middle", () =>
    Effect.gen(function* () {
      const text = yield* postInVain(yield* strike("truncated-json"), "/token");
      assert.strictEqual(text, '{"issuer":"http://127.0.0.1');
    }));

  it.effect("huge answers as many bytes as told", () =>
    Effect.gen(function* () {
      const { text, headers } = yield* ask(yield* strike("huge", { bytes: 3_000_000 }));
      assert.strictEqual(text.length, 3_000_000 + '{"padding":""}'.length);
      assert.isNull(headers.get("content-length"));
    }));

  it.effect("endless goes on after its first bytes", () =>
    Effect.gen(function* () {
      const server = yield* strike("endless");
      const received = yield* Effect.promise(() => firstBytes(`${server.issuer}/token`, 14));
      assert.strictEqual(received.slice(0, 14), '{"padding":"aa');
    }));

  it.effect("deep answers arrays in one another", () =>
    Effect.gen(function* () {
      const text = yield* postInVain(yield* strike("deep"), "/token");
      assert.strictEqual(text, "[".repeat(100_000) + "]".repeat(100_000));
    }));

  it.effect("redirect points where it is told", () =>
    Effect.gen(function* () {
      const location = "https://attacker.example.com/";
      const { status, headers } = yield* ask(yield* strike("redirect", { location }));
      assert.deepStrictEqual([status, headers.get("location")], [307, location]);
    }));

  it.effect("empty-json answers {}", () =>
    Effect.gen(function* () {
      const { status, text } = yield* ask(yield* strike("empty-json"));
      assert.deepStrictEqual([status, text], [200, "{}"]);
    }));

  it.effect("oauth-error answers the error it is told", () =>
    Effect.gen(function* () {
      const server = yield* strike("oauth-error", { error: "server_error", status: 200 });
      const { status, json } = yield* ask(server);
      assert.deepStrictEqual([status, json["error"]], [200, "server_error"]);
    }));

  it.effect("other-issuer gives the metadata of another issuer", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      yield* server.fault({ endpoint: "discovery", kind: "other-issuer" });
      const { json } = yield* get(server, "/.well-known/openid-configuration");
      assert.notStrictEqual(json["issuer"], server.issuer);
      assert.isString(json["token_endpoint"]);
    }));

  it.effect("drop-response lets the server act and loses the answer", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const { refresh_token } = yield* login(server);
      yield* server.fault({ endpoint: "token", kind: "drop-response" });
      const lost = yield* Effect.exit(refresh(server, refresh_token));
      assert.strictEqual(lost._tag, "Failure");
      const again = yield* refresh(server, refresh_token);
      assert.strictEqual(again.json["error"], "invalid_grant");
    }));

  it.effect("hang answers nothing", () =>
    Effect.gen(function* () {
      const server = yield* strike("hang");
      yield* Effect.promise(() =>
        fetch(`${server.issuer}/token`, { method: "POST", signal: AbortSignal.timeout(100) })
          .then(() => assert.fail("answered"), () => {})
      );
    }));

  it.effect("clearFaults spares what has not been struck", () =>
    Effect.gen(function* () {
      const server = yield* strike("500");
      yield* server.clearFaults;
      assert.strictEqual((yield* ask(server)).status, 400);
    }));

  it.effect("requests tells which were struck, with their grant type and status", () =>
    Effect.gen(function* () {
      const server = yield* strike("503");
      yield* server.clearRequests;
      yield* ask(server);
      yield* refresh(server, "unknown");
      yield* strike("reset");
      yield* postInVain(server, "/token");
      const [struck, refused, cut, ...more] = yield* server.requests;
      const token = { method: "POST", path: "/token" };
      assert.strictEqual(more.length, 0);
      assert.deepInclude(struck, { ...token, status: 503, fault: "503", grantType: "x" });
      assert.deepInclude(refused, {
        ...token,
        status: 400,
        error: "invalid_grant",
        grantType: "refresh_token",
      });
      assert.deepInclude(cut, { ...token, fault: "reset" });
      assert.isUndefined(cut?.status);
      assert.isAtMost(Math.abs((struck?.atMillis ?? 0) - Date.now()), 60_000);
    }));
});

async function firstBytes(url: string, bytes: number): Promise<string> {
  const response = await fetch(url, { method: "POST" });
  const decoder = new TextDecoder();
  let received = "";
  for await (const chunk of response.body ?? []) {
    received += decoder.decode(chunk, { stream: true });
    if (received.length >= bytes) {
      break;
    }
  }
  return received;
}
