/**
 * Bellhop, as the benchmarks use it.
 *
 * @module
 */
import * as ClientCredentials from "@bellhop/core/grant/client_credentials";
import * as SessionClient from "@bellhop/core/http/session_client";
import * as SessionFetch from "@bellhop/core/http/session_fetch";
import type { Client } from "@bellhop/core/protocol/client";
import * as Seal from "@bellhop/core/protocol/seal";
import type { TokenSet } from "@bellhop/core/protocol/token_set";
import { layerMemory } from "@bellhop/core/session/memory_store";
import * as Session from "@bellhop/core/session/session";
import * as SessionVault from "@bellhop/core/session/session_vault";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import * as Scope from "effect/Scope";
import * as Aead from "effect/crypto/Aead";
import * as Digest from "effect/crypto/Digest";
import * as SecureRandom from "effect/crypto/SecureRandom";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import * as HttpClient from "effect/http/HttpClient";
import * as HttpClientRequest from "effect/http/HttpClientRequest";
import { accessToken, type Address, clientId, clientSecret } from "./loopback.ts";
import type { Call } from "./peer/call.ts";

function client({ origin, tokenEndpoint }: Address): Client {
  return {
    clientId,
    authentication: {
      method: "client_secret_basic",
      clientSecret: Redacted.make(clientSecret),
    },
    server: { issuer: origin, tokenEndpoint },
  };
}

const crypto = Layer.mergeAll(
  Aead.layerWebCrypto.pipe(Layer.provideMerge(SecureRandom.layerWebCrypto)),
  Digest.layerWebCrypto,
);
const keys = Layer.unwrap(Effect.map(Seal.generateKey(), (key) => Seal.layer([key])));

/** Stores in memory, and renews over `fetch`. */
const services = Layer.mergeAll(
  SessionVault.layer.pipe(Layer.provide([layerMemory, keys])),
  FetchHttpClient.layer,
).pipe(Layer.provideMerge(crypto));

/** A session that was signed in with `tokens`. It stays open as long as the process. */
function signedIn(server: Address, key: string, tokens: TokenSet): Promise<Session.Session> {
  const opened = Effect.gen(function* () {
    const session = yield* Session.open({ key, client: client(server) });
    yield* session.signIn(tokens);
    return session;
  });
  const scope = Effect.runSync(Scope.make());
  return Effect.runPromise(Effect.flatMap(
    Layer.buildWithScope(services, scope),
    (context) => opened.pipe(Scope.provide(scope), Effect.provide(context)),
  ));
}

/** A session whose token is in hand and good for an hour. */
export function freshSession(server: Address): Promise<Session.Session> {
  return signedIn(server, "fresh", {
    accessToken: Redacted.make(accessToken),
    tokenType: "Bearer",
    obtainedAtMillis: Date.now(),
    expiresInSeconds: 3_600,
    scope: [],
    refreshToken: Redacted.make("fresh.0"),
  });
}

/** Makes one authorised request over `http`. */
export function authorisedRequest(
  session: Session.Session,
  http: HttpClient.HttpClient,
  { origin, resource }: Address,
): Effect.Effect<unknown, Error> {
  const carried = Effect.runSync(SessionClient.make(http, session, { origins: [origin] }));
  const request = HttpClientRequest.get(resource);
  return Effect.flatMap(carried.execute(request), ({ text }) => text);
}

/** Makes one authorised request with a function of `fetch`'s shape. */
export function fetchRequest(session: Session.Session, { origin, resource }: Address): Call {
  const carried = Effect.runSync(SessionFetch.make(session, { origins: [origin] }));
  return async () => (await carried(resource)).text();
}

/** Gets a token by the client credentials grant over `http`. */
export function clientCredentials(
  http: HttpClient.HttpClient,
  server: Address,
): Effect.Effect<TokenSet, Error> {
  const grant = ClientCredentials.authorize({ client: client(server) });
  return Effect.provideService(grant, HttpClient.HttpClient, http);
}

/** Gets a token by the same grant, one request without a chart. */
export function clientCredentialsOnce(
  http: HttpClient.HttpClient,
  server: Address,
): Effect.Effect<TokenSet, Error> {
  const grant = ClientCredentials.request({ client: client(server) });
  return Effect.provideService(grant, HttpClient.HttpClient, http);
}

/** Asks for a token where the one that is held has expired. */
export async function expiredToken(server: Address, family: string): Promise<Call> {
  const session = await signedIn(server, family, {
    accessToken: Redacted.make("old"),
    tokenType: "Bearer",
    obtainedAtMillis: Date.now() - 7_200_000,
    expiresInSeconds: 3_600,
    scope: [],
    refreshToken: Redacted.make(`${family}.0`),
  });
  return () => Effect.runPromise(session.token());
}
