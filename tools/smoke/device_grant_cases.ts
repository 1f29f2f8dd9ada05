/**
 * The device grant on whatever runtime runs this: under the test clock, over a scripted server.
 *
 * @module
 */
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import * as DeviceAuthorization from "@bellhop/core/grant/device_authorization";
import * as Checkpoint from "@bellhop/core/flow/checkpoint";
import type { Client } from "@bellhop/core/protocol/client";
import * as Seal from "@bellhop/core/protocol/seal";
import { Clock, Effect, Fiber, Layer, Redacted } from "effect";
import { Aead, Digest, SecureRandom } from "effect/crypto";
import { HttpClient, HttpClientResponse } from "effect/http";
import { TestClock } from "effect/testing";
import type { SmokeCase } from "./smoke_case.ts";

const client: Client = {
  clientId: "tv",
  authentication: { method: "none" },
  server: {
    issuer: "https://as.example.com",
    tokenEndpoint: "https://as.example.com/token",
    deviceAuthorizationEndpoint: "https://as.example.com/device_authorization",
  },
};

const device = {
  device_code: "device-code",
  user_code: "WDJB-MJHT",
  verification_uri: "https://as.example.com/device",
  expires_in: 900,
};

const tokens = { access_token: "access-token", token_type: "Bearer", expires_in: 3600 };

/** Answers polls by OAuth error codes in order, then with tokens; writes down when it was asked. */
function server(codes: ReadonlyArray<string>, polledAt: Array<number>): HttpClient.HttpClient {
  const left = [...codes];
  return HttpClient.make((request, url) =>
    Effect.map(Clock.currentTimeMillis, (at) => {
      if (url.pathname !== "/token") {
        return HttpClientResponse.fromWeb(request, Response.json(device));
      }
      polledAt.push(at);
      const error = left.shift();
      return HttpClientResponse.fromWeb(
        request,
        error === undefined ? Response.json(tokens) : Response.json({ error }, { status: 400 }),
      );
    })
  );
}

const polls = Effect.gen(function* () {
  const polledAt: Array<number> = [];
  const fiber = yield* Effect.forkChild(
    Effect.provideService(
      DeviceAuthorization.authorize({ client, onUserCode: () => Effect.void }),
      HttpClient.HttpClient,
      server(["authorization_pending", "slow_down"], polledAt),
    ),
  );
  yield* TestClock.adjust("1 minute");
  const { accessToken } = yield* Fiber.join(fiber);
  strictEqual(Redacted.value(accessToken), "access-token");
  deepStrictEqual(polledAt, [5_250, 10_500, 21_000]);
});

const resumes = Effect.gen(function* () {
  const options = { client };
  const flow = DeviceAuthorization.flow(options);
  const polledAt: Array<number> = [];
  const withServer = Effect.provideService(HttpClient.HttpClient, server([], polledAt));
  const sealed = yield* Effect.scoped(Effect.gen(function* () {
    const running = yield* withServer(DeviceAuthorization.start(options));
    yield* TestClock.adjust("2 seconds");
    return yield* Checkpoint.seal(flow, yield* running.checkpoint);
  }));
  strictEqual(new TextDecoder("latin1").decode(sealed).includes("device-code"), false);
  yield* Effect.scoped(Effect.gen(function* () {
    const checkpoint = yield* Checkpoint.open(flow, sealed);
    const running = yield* withServer(DeviceAuthorization.resume(options, checkpoint));
    yield* TestClock.adjust("1 minute");
    yield* Effect.flatMap(running.await, DeviceAuthorization.tokensOf);
  }));
  deepStrictEqual(polledAt, [5_250]);
});

const sealing = Layer.effect(
  Seal.SealingKeys,
  Effect.map(Seal.generateKey(), (key) => ({ keys: [key] as const })),
).pipe(
  Layer.provideMerge(Layer.merge(Aead.layerWebCrypto, Digest.layerWebCrypto)),
  Layer.provideMerge(SecureRandom.layerWebCrypto),
);

/** The device grant's cases. */
export const deviceGrantCases: ReadonlyArray<SmokeCase> = [
  {
    name: "the device grant polls to the millisecond",
    effect: Effect.provide(polls, TestClock.layer()),
  },
  {
    name: "a device login survives its process",
    effect: Effect.provide(resumes, Layer.merge(TestClock.layer(), sealing)),
  },
];
