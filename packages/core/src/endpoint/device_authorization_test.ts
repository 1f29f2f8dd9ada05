import { assert, describe, it } from "@effect/vitest";
import { Effect, Fiber, Redacted } from "effect";
import { HttpClient } from "effect/http";
import { TestClock } from "effect/testing";
import type { Client, ClientAuthentication } from "../protocol/client.ts";
import { textIn, vectorsOf } from "../protocol/testdata/vectors.ts";
import { request, type RequestOptions } from "./device_authorization.ts";
import { answer, type Behaviour, scripted } from "./testdata/scripted_client.ts";

const granted = {
  device_code: "d",
  user_code: "WDJB-MJHT",
  verification_uri: "https://example.com/device",
  expires_in: 1800,
};

function clientOf(
  authentication: ClientAuthentication = { method: "none" },
  clientId = "c",
): Client {
  const server = {
    issuer: "https://as.example.com",
    deviceAuthorizationEndpoint: "https://as.example.com/device",
  };
  return { clientId, authentication, server };
}

function send(client: Client, options?: RequestOptions) {
  const { client: http, sent } = scripted(answer(200, granted));
  return request(client, options).pipe(
    Effect.map(() => sent[0]),
    Effect.provideService(HttpClient.HttpClient, http),
  );
}

function reasonOf(behaviour: Behaviour) {
  return request(clientOf()).pipe(
    Effect.flip,
    Effect.map(({ reason }) => reason),
    Effect.provideService(HttpClient.HttpClient, scripted(behaviour).client),
  );
}

describe("device_authorization", () => {
  for (const { id, input, expected } of vectorsOf("device-authorization-request")) {
    it.effect(`request() ${id}`, () =>
      Effect.gen(function* () {
        const client = clientOf({ method: "none" }, textIn(input, "client_id"));
        const sent = yield* send(client, { scope: [textIn(input, "scope")] });
        assert.strictEqual(sent?.method, expected["method"]);
        assert.strictEqual(sent?.headers["content-type"], expected["content_type"]);
        assert.strictEqual(sent?.body, expected["body"]);
      }));
  }

  it.effect("request() authenticates a confidential client by Basic", () =>
    Effect.gen(function* () {
      const clientSecret = Redacted.make("s");
      const sent = yield* send(clientOf({ method: "client_secret_basic", clientSecret }));
      assert.strictEqual(sent?.headers["authorization"], "Basic Yzpz");
      assert.strictEqual(sent?.body, "");
    }));

  it.effect("request() authenticates a confidential client by post", () =>
    Effect.gen(function* () {
      const clientSecret = Redacted.make("s");
      const sent = yield* send(clientOf({ method: "client_secret_post", clientSecret }));
      assert.notProperty(sent?.headers, "authorization");
      assert.strictEqual(sent?.body, "client_id=c&client_secret=s");
    }));

  it.effect("request() sends scope, resources and audience", () =>
    Effect.gen(function* () {
      const sent = yield* send(clientOf(), {
        scope: ["a", "b"],
        resource: ["urn:x", "urn:y"],
        audience: "z",
      });
      assert.strictEqual(
        sent?.body,
        "client_id=c&scope=a+b&resource=urn%3Ax&resource=urn%3Ay&audience=z",
      );
    }));

  it.effect("request() leaves out an empty scope", () =>
    Effect.gen(function* () {
      const sent = yield* send(clientOf(), { scope: [] });
      assert.strictEqual(sent?.body, "client_id=c");
    }));

  it.effect("request() reads a form", () =>
    Effect.gen(function* () {
      const body = new URLSearchParams({ ...granted, expires_in: "900", interval: "7" }).toString();
      const device = yield* request(clientOf()).pipe(
        Effect.provideService(HttpClient.HttpClient, scripted(answer(200, body)).client),
      );
      assert.deepInclude(device, { expiresInMillis: 900_000, intervalMillis: 7_000 });
    }));

  const delays: ReadonlyArray<readonly [number, number]> = [
    [0, 5_000],
    [3_000, 2_000],
    [4_999, 1],
    [7_000, 1],
  ];
  for (const [tookMillis, leftMillis] of delays) {
    it.effect(`request() leaves ${leftMillis} of 5000 ms after ${tookMillis}`, () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(1_000);
        const slow: Behaviour = (sent) =>
          Effect.delay(answer(200, { ...granted, expires_in: 5 })(sent), tookMillis);
        const fiber = yield* request(clientOf()).pipe(
          Effect.provideService(HttpClient.HttpClient, scripted(slow).client),
          Effect.forkChild,
        );
        yield* TestClock.adjust(tookMillis);
        assert.strictEqual((yield* Fiber.join(fiber)).expiresInMillis, leftMillis);
      }));
  }

  it.effect("request() rejects an unknown client in the server's words", () =>
    Effect.gen(function* () {
      const body = { error: "invalid_client", error_description: "client is invalid" };
      assert.deepInclude(yield* reasonOf(answer(401, body)), {
        _tag: "Rejected",
        status: 401,
        code: "invalid_client",
        description: "client is invalid",
      });
    }));

  it.effect("request() calls an answer without a code malformed, and says what is missing", () =>
    Effect.gen(function* () {
      assert.deepInclude(yield* reasonOf(answer(200, {})), {
        _tag: "Malformed",
        problem: "unexpectedShape",
        description: `status 200, "device_code" is missing`,
      });
    }));

  it.effect("request() says when the server has no such endpoint", () =>
    Effect.gen(function* () {
      const client = { ...clientOf(), server: { issuer: "https://as.example.com" } };
      const { reason } = yield* Effect.flip(request(client)).pipe(
        Effect.provideService(HttpClient.HttpClient, scripted().client),
      );
      assert.deepInclude(reason, { _tag: "Unsupported", member: "device_authorization_endpoint" });
    }));
});
