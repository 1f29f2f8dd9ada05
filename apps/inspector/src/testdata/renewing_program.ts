/**
 * A program that logs in by the device grant and then calls an API, again and again and by several
 * fibers, with a session whose tokens live for seconds. The inspector shows it.
 */
import { NodeHttpServer } from "@effect/platform-node";
import * as DeviceAuthorization from "@bellhop/core/grant/device_authorization";
import * as SessionClient from "@bellhop/core/http/session_client";
import * as Client from "@bellhop/core/protocol/client";
import { generateKey, SealingKeys } from "@bellhop/core/protocol/seal";
import { layerMemory } from "@bellhop/core/session/memory_store";
import { open } from "@bellhop/core/session/session";
import * as SessionVault from "@bellhop/core/session/session_vault";
import type { DevServer } from "@bellhop/devserver/dev_server";
import * as Inspector from "@bellhop/inspector/server/inspector";
import { Effect, Layer, Redacted } from "effect";
import { Aead, Digest, SecureRandom } from "effect/crypto";
import { FetchHttpClient, HttpClient } from "effect/http";
import { createServer } from "node:http";

/** What it talks to. */
export interface ProgramOptions {
  readonly server: DevServer;
  /** Stands in for the server's in its endpoints. */
  readonly origin: string;
  /** Told where the inspector is, before anything else happens. */
  readonly onReady: (url: string) => Effect.Effect<void>;
}

const callers = 3;
const everyMillis = 400;

/** Runs until it is interrupted. */
export function renewingProgram(options: ProgramOptions): Effect.Effect<never, unknown> {
  const inspector = Inspector.layer({
    name: "a renewing program",
    onReady: ({ url }) => options.onReady(Redacted.value(url)),
  });
  return work(options).pipe(
    Effect.scoped,
    Effect.provide(Layer.provideMerge(vault, inspector)),
    Effect.provide([
      FetchHttpClient.layer,
      NodeHttpServer.layer(createServer, {
        host: "127.0.0.1",
        port: 0,
        gracefulShutdownTimeout: 200,
      }),
      Layer.mergeAll(Aead.layerWebCrypto, Digest.layerWebCrypto).pipe(
        Layer.provideMerge(SecureRandom.layerWebCrypto),
      ),
    ]),
  );
}

const vault = SessionVault.layer.pipe(
  Layer.provide(layerMemory),
  Layer.provide(
    Layer.effect(SealingKeys, Effect.map(generateKey(), (key) => ({ keys: [key] as const }))),
  ),
);

const work = Effect.fnUntraced(function* ({ server, origin }: ProgramOptions) {
  const client = yield* Client.make({
    issuer: server.issuer,
    tokenEndpoint: `${origin}/token`,
    deviceAuthorizationEndpoint: `${origin}/device/auth`,
  }, { clientId: "bellhop-web", clientSecret: Redacted.make("bellhop-web-dev-secret") });
  const tokens = yield* DeviceAuthorization.authorize({
    client,
    scope: ["openid", "offline_access", "api:read"],
    onUserCode: ({ userCode }) => Effect.orDie(server.approve(userCode)),
  });
  const session = yield* open({ key: "reports", client });
  yield* session.signIn(tokens);
  const http = yield* SessionClient.make(yield* HttpClient.HttpClient, session, {
    origins: [server.issuer],
  });
  const call = Effect.gen(function* () {
    const { status } = yield* http.get(`${server.issuer}/api/me`);
    if (status !== 200) return yield* Effect.die(new Error(`The API answered ${status}`));
    yield* Effect.sleep(everyMillis);
  });
  return yield* Effect.all(Array.from({ length: callers }, () => Effect.forever(call)), {
    concurrency: "unbounded",
  }).pipe(Effect.andThen(Effect.never));
});
