/** What the core needs beside an `HttpClient` to run in a test: crypto without promises, and a store. */
import { Effect, Layer, Redacted } from "effect";
import { HttpClient, HttpClientRequest, UrlParams } from "effect/http";
import { discover } from "@bellhop/core/endpoint/discovery";
import type { Client, ClientAuthentication } from "@bellhop/core/protocol/client";
import { layer as layerKeys, makeKey } from "@bellhop/core/protocol/seal";
import { layerMemory } from "@bellhop/core/session/memory_store";
import type { SessionStore } from "@bellhop/core/session/session_store";
import { layer as layerVault, type SessionVault } from "@bellhop/core/session/session_vault";
import { layer as layerCrypto, type SimulatedCrypto } from "../../crypto/simulated_crypto.ts";
import { stream } from "../../seed.ts";

const keys = Layer.unwrap(
  Effect.map(
    Effect.orDie(makeKey(Redacted.make(new Uint8Array(32).fill(9)))),
    (key) => layerKeys([key]),
  ),
);

/** A process with a store of its own. */
export const layer: Layer.Layer<SessionVault | SessionStore | SimulatedCrypto> = layerVault.pipe(
  Layer.provideMerge(layerMemory),
  Layer.provide(keys),
  Layer.provideMerge(layerCrypto(stream(7, "process"))),
);

/** A client that knows of its server what the server says of itself. */
export const clientAt = (
  issuer: string,
  clientId = "app",
  authentication: ClientAuthentication = { method: "none" },
): Effect.Effect<Client, never, HttpClient.HttpClient> =>
  Effect.orDie(Effect.map(discover(issuer), (server) => ({ clientId, authentication, server })));

/** The person, who goes where the device says, and decides. */
export const decide = (
  verificationUri: string,
  userCode: string,
  decision: "approve" | "deny" = "approve",
): Effect.Effect<void, never, HttpClient.HttpClient> =>
  Effect.gen(function* () {
    const client = yield* HttpClient.HttpClient;
    const form = UrlParams.fromInput({ user_code: userCode, decision });
    const request = HttpClientRequest.post(verificationUri);
    yield* client.execute(HttpClientRequest.bodyUrlParams(request, form));
  }).pipe(Effect.orDie);
