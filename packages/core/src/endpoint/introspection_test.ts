import { assert, describe, it } from "@effect/vitest";
import { Effect, Fiber, Redacted } from "effect";
import { HttpClient } from "effect/http";
import { TestClock } from "effect/testing";
import type { Client } from "../protocol/client.ts";
import { type HttpExchange, Observer } from "../protocol/observation.ts";
import { introspect, type IntrospectOptions } from "./introspection.ts";
import { answer, type Behaviour, scripted } from "./testdata/scripted_client.ts";

const url = "https://as.example.com/introspect";
const client: Client = {
  clientId: "rs",
  authentication: { method: "client_secret_basic", clientSecret: Redacted.make("planted-secret") },
  server: { issuer: "https://as.example.com", introspectionEndpoint: url },
};
const token = Redacted.make("planted-token");

function run(behaviour: Behaviour, options?: IntrospectOptions) {
  return introspect(client, token, options).pipe(
    Effect.provideService(HttpClient.HttpClient, scripted(behaviour).client),
  );
}

function reasonOf(behaviour: Behaviour) {
  return run(behaviour).pipe(Effect.flip, Effect.map(({ reason }) => reason));
}

describe("introspection", () => {
  it.effect("introspect() sends the token, its type, and the client's credentials once", () =>
    Effect.gen(function* () {
      const { client: http, sent } = scripted(answer(200, { active: true }));
      for (const tokenTypeHint of ["refresh_token", undefined] as const) {
        yield* introspect(client, token, { tokenTypeHint }).pipe(
          Effect.provideService(HttpClient.HttpClient, http),
        );
      }
      assert.deepStrictEqual(sent.map(({ body }) => body), [
        "token=planted-token&token_type_hint=refresh_token",
        "token=planted-token",
      ]);
      assert.strictEqual(sent[0]?.method, "POST");
      assert.strictEqual(sent[0]?.url, url);
      assert.strictEqual(sent[0]?.headers["authorization"], `Basic ${btoa("rs:planted-secret")}`);
      assert.strictEqual(sent[0]?.headers["accept"], "application/json");
    }));

  it.effect("introspect() gives what the server says", () =>
    Effect.gen(function* () {
      const said = yield* run(answer(200, { active: true, sub: "u", exp: 60, aud: ["a", "b"] }));
      assert.deepStrictEqual(said, {
        active: true,
        subject: "u",
        expiresAtMillis: 60_000,
        audience: ["a", "b"],
      });
    }));

  it.effect("introspect() takes an inactive token for an answer, and nothing else of it", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* run(answer(200, { active: false, sub: "u" })), {
        active: false,
      });
    }));

  it.effect("introspect() is withheld for a public client", () =>
    Effect.gen(function* () {
      const { client: http, sent } = scripted(answer(200, { active: true }));
      const open: Client = { ...client, authentication: { method: "none" } };
      const error = yield* Effect.flip(introspect(open, token)).pipe(
        Effect.provideService(HttpClient.HttpClient, http),
      );
      assert.deepInclude(error, { endpoint: "introspection", url });
      assert.deepInclude(error.reason, { _tag: "Withheld", problem: "publicClient" });
      assert.lengthOf(sent, 0);
    }));

  it.effect("introspect() says when the server has no such endpoint", () =>
    Effect.gen(function* () {
      const bare = { ...client, server: { issuer: "https://as.example.com" } };
      const error = yield* Effect.flip(introspect(bare, token)).pipe(
        Effect.provideService(HttpClient.HttpClient, scripted().client),
      );
      assert.deepInclude(error.reason, { _tag: "Unsupported", member: "introspection_endpoint" });
    }));

  it.effect("introspect() rejects an OAuth error", () =>
    Effect.gen(function* () {
      const reason = yield* reasonOf(answer(401, { error: "invalid_client" }));
      assert.deepInclude(reason, { _tag: "Rejected", code: "invalid_client", status: 401 });
    }));

  it.effect("introspect() is unavailable for 503, and says for how long", () =>
    Effect.gen(function* () {
      const reason = yield* reasonOf(answer(503, "", { "retry-after": "30" }));
      assert.deepInclude(reason, { _tag: "Unavailable", retryAfterMillis: 30_000 });
    }));

  const nonsense: ReadonlyArray<readonly [number, unknown, string]> = [
    [200, {}, "unexpectedShape"],
    [200, { active: "true" }, "unexpectedShape"],
    [200, "<html>planted</html>", "notJson"],
    [404, "<html>planted</html>", "notJson"],
    [302, "", "redirect"],
  ];
  for (const [status, body, problem] of nonsense) {
    it.effect(`introspect() calls ${status} with ${JSON.stringify(body)} ${problem}`, () =>
      Effect.gen(function* () {
        const reason: object = yield* reasonOf(answer(status, body));
        assert.deepInclude(reason, { _tag: "Malformed", problem, status });
      }));
  }

  it.effect("introspect() gives up after the limit it was told", () =>
    Effect.gen(function* () {
      const fiber = yield* Effect.forkChild(
        run(() => Effect.never, { requestLimitMillis: 500 }).pipe(Effect.flip),
      );
      yield* TestClock.adjust(500);
      const { reason } = yield* Fiber.join(fiber);
      assert.deepInclude(reason, { _tag: "Unreachable", kind: "timeout" });
    }));

  it.effect("introspect() tells an observer nothing of the person that the token speaks for", () =>
    Effect.gen(function* () {
      const seen: Array<HttpExchange> = [];
      const about = { username: "planted", sub: "planted", email: "planted@x.example" };
      for (const active of [true, "odd"]) {
        yield* run(answer(200, { active, scope: "read", token_type: "Bearer", ...about })).pipe(
          Effect.ignore,
          Effect.provideService(Observer, {
            observe: (each) => void seen.push(each as HttpExchange),
          }),
        );
      }
      assert.deepStrictEqual(seen[0]?.request, {
        authorization: "<redacted>",
        token: "<redacted>",
      });
      assert.deepStrictEqual(seen[0]?.response, {
        active: true,
        scope: "read",
        token_type: "Bearer",
        username: "<string>",
        sub: "<string>",
        email: "<string>",
      });
      assert.strictEqual(seen[1]?.outcome, "Malformed");
      const error = yield* Effect.flip(run(answer(200, { active: "odd", ...about })));
      assert.notInclude(JSON.stringify([seen, error, error.reason]), "planted");
    }));
});
