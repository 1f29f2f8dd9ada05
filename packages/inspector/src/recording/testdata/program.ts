/** A program that does much of what charts know, at a simulated server that at times answers with what it heard. */
import { Effect, Fiber, Layer, Redacted, Result, Stream } from "effect";
import { HttpClient, HttpClientResponse } from "effect/http";
import { TestClock } from "effect/testing";
import { layer as layerJwksCache } from "@bellhop/core/endpoint/jwks_cache";
import * as AuthorizationCode from "@bellhop/core/grant/authorization_code";
import * as ClientCredentials from "@bellhop/core/grant/client_credentials";
import * as DeviceAuthorization from "@bellhop/core/grant/device_authorization";
import * as JwtBearer from "@bellhop/core/grant/jwt_bearer";
import * as OpenIdConnect from "@bellhop/core/grant/openid_connect";
import * as RefreshToken from "@bellhop/core/grant/refresh_token";
import * as TokenExchange from "@bellhop/core/grant/token_exchange";
import * as SessionClient from "@bellhop/core/http/session_client";
import { fromUrl } from "@bellhop/core/protocol/authorization_response";
import { open } from "@bellhop/core/session/session";
import { Observer } from "@bellhop/core/protocol/observation";
import type { TokenSet } from "@bellhop/core/protocol/token_set";
import { make as makeSigner } from "@bellhop/simulator/crypto/id_token_signer";
import {
  apiUrl,
  publicClient,
  redirectUri,
  serverMetadata,
  serviceClient,
} from "@bellhop/simulator/scenario/simulated_client";
import { SimulatedServer } from "@bellhop/simulator/server/simulated_server";
import { layer as layerTest, signIn } from "@bellhop/simulator/test_layer";
import { headerOf, make } from "../recorder.ts";

/** What the next token requests meet on their way; `undefined` is nothing. */
const script: Array<"silence" | ((sent: string) => Response) | undefined> = [];

const layerUnreliable = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(HttpClient.HttpClient, (client) =>
    HttpClient.make((request) => {
      const trouble = request.url.endsWith("/token") ? script.shift() : undefined;
      if (trouble === undefined) return client.execute(request);
      if (trouble === "silence") return Effect.never;
      const { body, headers } = request;
      const sent = body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : "";
      const heard = `${headers["authorization"] ?? ""} ${sent}`;
      return Effect.sync(() => HttpClientResponse.fromWeb(request, trouble(heard)));
    })),
);

const signer = makeSigner(new Uint8Array(32).fill(5));

const client = {
  ...publicClient,
  server: { ...serverMetadata, jwksUri: `${serverMetadata.issuer}/jwks` },
};

/** What the program runs in. */
export const layerWorld = layerJwksCache().pipe(
  Layer.provideMerge(layerUnreliable),
  Layer.provideMerge(layerTest({
    accessTokenSeconds: 600,
    intervalSeconds: 5,
    signIdToken: signer.sign,
    jwks: signer.jwks,
  })),
);

const slowDown = () => Response.json({ error: "slow_down" }, { status: 400 });
const unavailable = (heard: string) => new Response(`I heard ${heard}`, { status: 503 });
const refusal = (heard: string) =>
  Response.json({ error: "invalid_scope", error_description: `I heard ${heard}` }, { status: 400 });

const post = Effect.fnUntraced(function* (path: string, form: Readonly<Record<string, string>>) {
  const server = yield* SimulatedServer;
  server.handle({
    method: "POST",
    url: `${serverMetadata.issuer}${path}`,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams(form).toString(),
  }, 0);
});

/** For the requests of a browser and of the program itself: what their spans hold is not Bellhop's. */
const untraced = Effect.provideService(HttpClient.TracerDisabledWhen, () => true);

/** Polls that meet everything, and an approval. */
const deviceLogin = Effect.fnUntraced(function* (decision: "approve" | "deny") {
  script.push(undefined, slowDown, unavailable, "silence");
  let userCode = "";
  const fiber = yield* Effect.forkChild(Effect.result(DeviceAuthorization.authorize({
    client,
    scope: ["read"],
    onUserCode: (code) => Effect.sync(() => userCode = code.userCode),
  })));
  yield* TestClock.adjust("2 minutes");
  yield* post("/device", { user_code: userCode, decision });
  yield* TestClock.adjust("2 minutes");
  return yield* Fiber.join(fiber);
});

/** The same, as nobody comes. */
const expiredLogin = Effect.gen(function* () {
  const fiber = yield* Effect.forkChild(Effect.result(DeviceAuthorization.authorize({
    client,
    onUserCode: () => Effect.void,
  })));
  yield* TestClock.adjust("1 hour");
  return yield* Fiber.join(fiber);
});

/** A stranger's callback first, then the right one. */
const codeLogin = Effect.gen(function* () {
  const http = yield* HttpClient.HttpClient;
  const validate = OpenIdConnect.validator({ algorithm: "EdDSA" });
  const shown = Promise.withResolvers<string>();
  const callback = Effect.gen(function* () {
    const url = yield* Effect.promise(() => shown.promise);
    const { headers } = yield* untraced(Effect.orDie(http.get(url)));
    return { parameters: fromUrl(headers["location"] ?? "") };
  });
  const stranger = fromUrl("http://127.0.0.1/callback?state=other&code=pl4nted-other");
  return yield* AuthorizationCode.authorize({
    client,
    redirectUri,
    scope: ["openid", "profile"],
    memo: "pl4nted-memo",
    validate: (given, expected) => validate(given, expected),
    onAuthorizationUrl: ({ url }) => Effect.sync(() => shown.resolve(Redacted.value(url))),
    callbacks: Stream.concat(
      Stream.succeed({ parameters: stranger }),
      Stream.fromEffect(callback),
    ),
  });
});

/** The grants that a machine makes on its own, each kept waiting first. */
const exchanges = Effect.fnUntraced(function* ({ refreshToken }: TokenSet) {
  const client = serviceClient;
  const token = Redacted.make("pl4nted-head.pl4nted-claims.pl4nted-signature");
  const subjectToken = { token, type: TokenExchange.tokenTypes.jwt };
  const held = refreshToken ?? Redacted.make("pl4nted-refresh-token");
  const grants: ReadonlyArray<Effect.Effect<unknown, unknown, HttpClient.HttpClient>> = [
    ClientCredentials.authorize({ client, scope: ["read"] }),
    RefreshToken.refresh({ client: publicClient, refreshToken: held }),
    TokenExchange.exchange({ client, subjectToken }),
    JwtBearer.authorize({ client, assertion: Effect.succeed(token) }),
  ];
  const ended: Array<string> = [];
  for (const grant of grants) {
    script.push(unavailable);
    const fiber = yield* Effect.forkChild(Effect.result(grant));
    yield* TestClock.adjust("1 minute");
    ended.push((yield* Fiber.join(fiber))._tag);
  }
  return ended;
});

/** Renewed, kept waiting, refused, ended. */
const sessions = Effect.gen(function* () {
  const session = yield* open({ key: "work", client });
  yield* session.signIn(yield* signIn());
  yield* TestClock.adjust("11 minutes");
  yield* session.token();
  const http = yield* HttpClient.HttpClient;
  const origins = [new URL(apiUrl).origin];
  const api = yield* SessionClient.make(http, session, { origins });
  yield* untraced(Effect.result(api.get(`${apiUrl}?api_key=pl4nted-query`)));
  script.push(unavailable, "silence", refusal);
  yield* TestClock.adjust("11 minutes");
  for (let turn = 0; turn < 4; turn++) {
    const asking = yield* Effect.forkChild(Effect.result(session.token()));
    yield* TestClock.adjust("1 minute");
    yield* Fiber.interrupt(asking);
  }
  yield* Effect.result(session.token({ scope: ["read"] }));
  yield* session.revoke();
  const service = yield* open({
    key: "service",
    client: serviceClient,
    acquire: ({ scope }) => ClientCredentials.request({ client: serviceClient, scope }),
  });
  yield* service.token();
  yield* TestClock.adjust("11 minutes");
  yield* service.token();
});

/** All of it. */
export const program = Effect.gen(function* () {
  script.length = 0;
  const approved = yield* deviceLogin("approve");
  const denied = yield* deviceLogin("deny");
  const expired = yield* expiredLogin;
  const { validated } = yield* codeLogin;
  yield* Effect.scoped(sessions);
  yield* Effect.log("Logged in", approved, denied, expired);
  const own = yield* exchanges(yield* Effect.fromResult(approved));
  return {
    own,
    logins: [approved, denied, expired].map((login) =>
      Result.isSuccess(login) ? "ok" : login.failure.reason._tag
    ),
    subject: validated.claims.subject,
  };
});

/** Its recording, as a file would hold it. */
export const recorded = Effect.gen(function* () {
  const lines: Array<string> = [JSON.stringify(headerOf("program"))];
  const observer = make({ sink: (line) => lines.push(JSON.stringify(line)) });
  const done = yield* program.pipe(
    Effect.provideService(Observer, observer),
    Effect.provide(layerWorld),
  );
  return { done, text: lines.map((line) => `${line}\n`).join("") };
});
