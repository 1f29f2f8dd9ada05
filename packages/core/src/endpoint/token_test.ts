import { assert, describe, it } from "@effect/vitest";
import { Effect, Fiber, Redacted } from "effect";
import { HttpClient } from "effect/http";
import { TestClock } from "effect/testing";
import type { Client, ClientAuthentication } from "../protocol/client.ts";
import { membersIn, textIn, vectorsOf } from "../protocol/testdata/vectors.ts";
import { answer, type Behaviour, scripted } from "./testdata/scripted_client.ts";
import { request, type RequestOptions, type TokenParameters } from "./token.ts";

const granted = { access_token: "a", token_type: "Bearer", expires_in: 60 };

function clientOf(
  authentication: ClientAuthentication = { method: "none" },
  clientId = "c",
): Client {
  const server = {
    issuer: "https://as.example.com",
    tokenEndpoint: "https://as.example.com/token",
  };
  return { clientId, authentication, server };
}

function ask(
  behaviour: Behaviour,
  parameters: TokenParameters = { grant_type: "x" },
  options: RequestOptions = {},
) {
  return request(clientOf(), parameters, options).pipe(
    Effect.provideService(HttpClient.HttpClient, scripted(behaviour).client),
  );
}

function reasonOf(behaviour: Behaviour) {
  return ask(behaviour).pipe(Effect.flip, Effect.map(({ reason }) => reason));
}

function send(client: Client, parameters: TokenParameters) {
  const { client: http, sent } = scripted(answer(200, granted));
  return request(client, parameters).pipe(
    Effect.map(() => sent[0]),
    Effect.provideService(HttpClient.HttpClient, http),
  );
}

describe("token: requests", () => {
  for (const { id, input, expected } of vectorsOf("token-request")) {
    it.effect(`request() ${id}`, () =>
      Effect.gen(function* () {
        const { client_id: clientId, client_secret: clientSecret, ...parameters } = input;
        const client = clientOf({
          method: "client_secret_basic",
          clientSecret: Redacted.make(String(clientSecret)),
        }, String(clientId));
        const form = membersIn(expected, "form");
        const sent = yield* send(client, {
          grant_type: textIn(form, "grant_type"),
          ...(parameters as Record<string, string>),
        });
        assert.strictEqual(sent?.headers["authorization"], expected["authorization"]);
        assert.deepStrictEqual(Object.fromEntries(new URLSearchParams(sent?.body)), form);
      }));
  }

  for (const { id, input, expected } of vectorsOf("device-token-request")) {
    it.effect(`request() ${id}`, () =>
      Effect.gen(function* () {
        const form = membersIn(expected, "form");
        const sent = yield* send(clientOf({ method: "none" }, textIn(input, "client_id")), {
          grant_type: textIn(form, "grant_type"),
          device_code: Redacted.make(textIn(input, "device_code")),
        });
        assert.deepStrictEqual(Object.fromEntries(new URLSearchParams(sent?.body)), form);
      }));
  }

  it.effect("request() repeats a list and leaves out what has no value", () =>
    Effect.gen(function* () {
      const sent = yield* send(clientOf(), {
        grant_type: "x",
        resource: ["https://a.example/", "https://b.example/"],
        scope: undefined,
        audience: "",
      });
      assert.strictEqual(
        sent?.body,
        "client_id=c&grant_type=x&resource=https%3A%2F%2Fa.example%2F&resource=https%3A%2F%2Fb.example%2F",
      );
    }));

  it.effect("request() never authenticates twice, whatever its parameters say", () =>
    Effect.gen(function* () {
      const clientSecret = Redacted.make("s");
      const parameters = { grant_type: "x", client_id: "other", client_secret: "other" };
      const post = yield* send(
        clientOf({ method: "client_secret_post", clientSecret }),
        parameters,
      );
      assert.strictEqual(post?.body, "client_id=c&client_secret=s&grant_type=x");
      const basic = yield* send(
        clientOf({ method: "client_secret_basic", clientSecret }),
        parameters,
      );
      assert.notInclude(basic?.body, "client_secret");
    }));

  it.effect("request() says when the server has no token endpoint", () =>
    Effect.gen(function* () {
      const client = { ...clientOf(), server: { issuer: "https://as.example.com" } };
      const error = yield* Effect.flip(request(client, { grant_type: "x" })).pipe(
        Effect.provideService(HttpClient.HttpClient, scripted().client),
      );
      assert.deepInclude(error.reason, { _tag: "Unsupported", member: "token_endpoint" });
    }));
});

describe("token: answers", () => {
  const bodies: Record<string, Behaviour> = {
    "JSON": answer(200, granted, { "content-type": "application/json;charset=UTF-8" }),
    "JSON as text/html": answer(200, granted, { "content-type": "text/html" }),
    "a form": answer(200, "access_token=a&token_type=Bearer&expires_in=60", {
      "content-type": "application/x-www-form-urlencoded",
    }),
    "a form as text/plain": answer(200, "access_token=a&token_type=Bearer&expires_in=60", {
      "content-type": "text/plain",
    }),
    "JSON with status 201": answer(201, granted),
  };
  for (const [name, behaviour] of Object.entries(bodies)) {
    it.effect(`request() reads ${name}`, () =>
      Effect.gen(function* () {
        const tokens = yield* ask(behaviour);
        assert.strictEqual(Redacted.value(tokens.accessToken), "a");
        assert.strictEqual(tokens.expiresInSeconds, 60);
      }));
  }

  it.effect("request() counts the lifetime from before it sent the request", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_000);
      const fiber = yield* Effect.forkChild(
        ask((sent) => Effect.delay(answer(200, granted)(sent), "5 seconds")),
      );
      yield* TestClock.adjust("5 seconds");
      assert.strictEqual((yield* Fiber.join(fiber)).obtainedAtMillis, 1_000);
    }));

  const scopes: ReadonlyArray<readonly [TokenParameters, RequestOptions, ReadonlyArray<string>]> = [
    [{ grant_type: "x" }, {}, []],
    [{ grant_type: "x", scope: "a b" }, {}, ["a", "b"]],
    [{ grant_type: "x" }, { scope: ["asked"] }, ["asked"]],
    [{ grant_type: "x", scope: "a" }, { scope: ["asked"] }, ["asked"]],
  ];
  for (const [parameters, options, scope] of scopes) {
    it.effect(`request() takes [${scope.join(" ")}] as granted where the answer says nothing`, () =>
      Effect.gen(function* () {
        const tokens = yield* ask(answer(200, granted), parameters, options);
        assert.deepStrictEqual(tokens.scope, scope);
      }));
  }
});

describe("token: refusals", () => {
  for (const status of [200, 400, 401, 403, 429]) {
    it.effect(`request() rejects an OAuth error with status ${status}`, () =>
      Effect.gen(function* () {
        const body = { error: "slow_down", error_description: "Too fast" };
        const reason = yield* reasonOf(answer(status, body, { "retry-after": "7" }));
        assert.deepInclude(reason, {
          _tag: "Rejected",
          status,
          code: "slow_down",
          description: "Too fast",
          retryAfterMillis: 7_000,
          body: JSON.stringify(body),
        });
      }));
  }

  it.effect("request() reads GitHub's errors: 200 and a form", () =>
    Effect.gen(function* () {
      const body = "error=authorization_pending&error_description=Still+waiting";
      assert.deepInclude(yield* reasonOf(answer(200, body)), {
        _tag: "Rejected",
        code: "authorization_pending",
        description: "Still waiting",
      });
    }));

  for (const error of ["authorization_pending", "slow_down", "access_denied", "expired_token"]) {
    it.effect(`request() rejects ${error} even with status 503`, () =>
      Effect.gen(function* () {
        const reason = yield* reasonOf(answer(503, { error }, { "retry-after": "3" }));
        assert.deepInclude(reason, { _tag: "Rejected", code: error, retryAfterMillis: 3_000 });
      }));
  }

  const unavailable: ReadonlyArray<readonly [number, unknown]> = [
    [500, "<pre>at Object.<anonymous> (/srv/app.js:1:1)</pre>"],
    [500, { error: "server_error" }],
    [502, "<html>Bad gateway</html>"],
    [503, { error: "temporarily_unavailable" }],
    [503, ""],
    [504, { access_token: "a" }],
    [429, "Slow down"],
    [429, ""],
    [429, { message: "Slow down" }],
  ];
  for (const [status, body] of unavailable) {
    it.effect(`request() is unavailable for ${status} with ${JSON.stringify(body)}`, () =>
      Effect.gen(function* () {
        const reason = yield* reasonOf(answer(status, body, { "retry-after": "7" }));
        assert.deepInclude(reason, { _tag: "Unavailable", status, retryAfterMillis: 7_000 });
      }));
  }

  it.effect("request() keeps the start of a body that makes no sense, redacted", () =>
    Effect.gen(function* () {
      const html = "<html>Proxy says no to code=planted</html>";
      const reason = yield* reasonOf(answer(404, html));
      assert.deepInclude(reason, { body: "<html>Proxy says no to code=<redacted></html>" });
      const cut = yield* reasonOf(answer(200, `{"access_token":"planted`));
      assert.deepInclude(cut, { body: "<24 characters, the JSON breaks off>" });
    }));

  const nonsense: ReadonlyArray<readonly [number, unknown, string]> = [
    [200, "<html>Login</html>", "notJson"],
    [200, "", "notJson"],
    [200, `{"access_token":"a`, "notJson"],
    [200, "{}", "unexpectedShape"],
    [200, "[]", "unexpectedShape"],
    [200, { access_token: "" }, "unexpectedShape"],
    [200, "[".repeat(65), "tooDeep"],
    [404, "<html>Not found</html>", "notJson"],
    [404, { message: "Not found" }, "unexpectedStatus"],
    [400, { error: { message: "No" } }, "unexpectedStatus"],
    [401, "", "notJson"],
  ];
  for (const [status, body, problem] of nonsense) {
    it.effect(`request() calls ${status} with ${JSON.stringify(body).slice(0, 40)} ${problem}`, () =>
      Effect.gen(function* () {
        const reason: object = yield* reasonOf(answer(status, body));
        assert.deepInclude(reason, { _tag: "Malformed", problem, status });
      }));
  }
});
