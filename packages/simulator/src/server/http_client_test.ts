import { assert, describe, it } from "@effect/vitest";
import { Clock, Effect, Fiber, Layer, Redacted, Stream } from "effect";
import { HttpClient, HttpClientRequest } from "effect/http";
import { TestClock } from "effect/testing";
import { introspect } from "@bellhop/core/endpoint/introspection";
import { layer as layerJwksCache } from "@bellhop/core/endpoint/jwks_cache";
import { fetchUserinfo } from "@bellhop/core/endpoint/userinfo";
import * as AuthorizationCode from "@bellhop/core/grant/authorization_code";
import * as ClientCredentials from "@bellhop/core/grant/client_credentials";
import * as DeviceAuthorization from "@bellhop/core/grant/device_authorization";
import * as JwtBearer from "@bellhop/core/grant/jwt_bearer";
import * as OpenIdConnect from "@bellhop/core/grant/openid_connect";
import * as TokenExchange from "@bellhop/core/grant/token_exchange";
import { fromUrl } from "@bellhop/core/protocol/authorization_response";
import type { TokenSet } from "@bellhop/core/protocol/token_set";
import { open } from "@bellhop/core/session/session";
import { make as makeSigner } from "../crypto/id_token_signer.ts";
import { isAlive, ordinalOf, revokeFamily } from "./authorization_server.ts";
import { layer } from "./http_client.ts";
import type { ServerOptions } from "./server_options.ts";
import { SimulatedServer } from "./simulated_server.ts";
import { clients } from "./testdata/conversation.ts";
import { clientAt, decide, layer as layerProcess } from "./testdata/process.ts";

const issuer = "https://as.example.com";
const signer = makeSigner(new Uint8Array(32).fill(5));

/** A world of one server and one process, in which the test is at home. */
const world = (options: ServerOptions = {}) =>
  Layer.mergeAll(layer({ clients, accessTokenSeconds: 600, ...options }), layerProcess);

const rotation = { type: "rotate", graceMillis: 0, onReuse: "revokeFamily" } as const;
const clear = ({ accessToken }: TokenSet) => Redacted.value(accessToken);

/** A login of a device, whose person decides after a while. */
const signIn = Effect.fnUntraced(function* (afterMillis: number, decision?: "approve" | "deny") {
  const client = yield* clientAt(issuer);
  const fiber = yield* Effect.forkChild(Effect.result(DeviceAuthorization.authorize({
    client,
    scope: ["read", "write"],
    onUserCode: ({ userCode, verificationUri }) =>
      Effect.delay(decide(verificationUri, userCode, decision), afterMillis),
  })));
  yield* TestClock.adjust(afterMillis + 60_000);
  return yield* Fiber.join(fiber);
});

describe("the core's device grant at a simulated server", () => {
  it.effect("gets tokens, and never polls too early", () =>
    Effect.gen(function* () {
      const result = yield* signIn(12_000);
      if (result._tag === "Failure") return assert.fail(result.failure.message);
      const server = yield* SimulatedServer;
      assert.isTrue(isAlive(server.state, clear(result.success), 72_000));
      assert.deepStrictEqual(result.success.scope, ["read", "write"]);
      const polls = server.facts.filter((fact) => fact.type === "device.polled");
      assert.deepStrictEqual(polls.map(({ verdict }) => verdict), [
        "authorization_pending",
        "authorization_pending",
        "token",
      ]);
      assert.isTrue(polls.every(({ gapMillis = 5_000 }) => gapMillis >= 5_000));
    }).pipe(Effect.provide(world())));

  it.effect("hears of a denial", () =>
    Effect.gen(function* () {
      const result = yield* signIn(1_000, "deny");
      if (result._tag === "Success") return assert.fail("no denial");
      assert.strictEqual(result.failure.reason._tag, "Denied");
    }).pipe(Effect.provide(world())));
});

describe("the core's code grant at a simulated server", () => {
  it.effect("logs a person in, and takes the ID token for good", () =>
    Effect.gen(function* () {
      const client = yield* clientAt(issuer);
      const http = yield* HttpClient.HttpClient;
      const validate = OpenIdConnect.validator({ algorithm: "EdDSA" });
      const shown = Promise.withResolvers<string>();
      const { tokens, validated } = yield* AuthorizationCode.authorize({
        client,
        redirectUri: "http://127.0.0.1:51004/callback",
        scope: ["openid", "profile"],
        validate: (given, expected) => validate(given, expected),
        onAuthorizationUrl: ({ url }) => Effect.sync(() => shown.resolve(Redacted.value(url))),
        callbacks: Stream.fromEffect(Effect.gen(function* () {
          const url = yield* Effect.promise(() => shown.promise);
          const { headers } = yield* Effect.orDie(http.get(url));
          return { parameters: fromUrl(headers["location"] ?? "") };
        })),
      });
      assert.strictEqual(validated.claims.subject, "person-1");
      const person = yield* fetchUserinfo(client.server, tokens.accessToken, {
        subject: validated.claims.subject,
      });
      assert.strictEqual(person.members["name"], "A Person");
    }).pipe(
      Effect.provide(
        layerJwksCache().pipe(
          Layer.provideMerge(world({ signIdToken: signer.sign, jwks: signer.jwks })),
        ),
      ),
    ));
});

describe("the core's other grants at a simulated server", () => {
  it.effect("get what they ask for", () =>
    Effect.gen(function* () {
      const clientSecret = Redacted.make("s3cr3t&:+");
      const cron = yield* clientAt(issuer, "cron", { method: "client_secret_basic", clientSecret });
      const own = yield* ClientCredentials.authorize({ client: cron, scope: ["read"] });
      const asserted = yield* JwtBearer.authorize({
        client: cron,
        assertion: Effect.succeed(Redacted.make("a.b.c")),
      });
      const exchanged = yield* TokenExchange.exchange({
        client: cron,
        subjectToken: { token: own.accessToken, type: TokenExchange.tokenTypes.accessToken },
      });
      const told = yield* introspect(cron, exchanged.accessToken);
      assert.isTrue(told.active);
      assert.isTrue(
        [own, asserted, exchanged].every(({ expiresInSeconds }) => expiresInSeconds === 600),
      );
    }).pipe(Effect.provide(world())));
});

describe("the core's session at a simulated server", () => {
  it.effect("is renewed by each refresh token once, until the server ends it", () =>
    Effect.gen(function* () {
      const result = yield* signIn(0);
      if (result._tag === "Failure") return assert.fail(result.failure.message);
      const server = yield* SimulatedServer;
      const session = yield* open({ key: "work", client: yield* clientAt(issuer) });
      yield* session.signIn(result.success);
      for (let hour = 0; hour < 3; hour++) {
        yield* TestClock.adjust("1 hour");
        const { accessToken } = yield* Effect.suspend(() => session.token());
        const now = yield* Clock.currentTimeMillis;
        assert.isTrue(isAlive(server.state, Redacted.value(accessToken), now));
      }
      const used = server.facts.flatMap((fact) =>
        fact.type === "token.issued" && fact.used !== undefined ? [fact.used.refreshToken] : []
      );
      assert.isAtLeast(used.length, 3);
      assert.strictEqual(new Set(used).size, used.length);
      server.update((state) => revokeFamily(state, 1, 0));
      yield* TestClock.adjust("1 hour");
      const refused = yield* Effect.flip(Effect.suspend(() => session.token()));
      assert.strictEqual(refused.reason._tag, "ReauthorizationRequired");
    }).pipe(Effect.scoped, Effect.provide(world({ rotation }))));

  it.effect("tells the server when it is no longer needed", () =>
    Effect.gen(function* () {
      const result = yield* signIn(0);
      if (result._tag === "Failure") return assert.fail(result.failure.message);
      const server = yield* SimulatedServer;
      const session = yield* open({ key: "work", client: yield* clientAt(issuer) });
      yield* session.signIn(result.success);
      yield* session.revoke();
      const ended = server.facts.filter((fact) => fact.type === "family.ended");
      assert.deepStrictEqual(ended.map(({ cause }) => cause), ["revoked"]);
    }).pipe(Effect.scoped, Effect.provide(world({ rotation }))));
});

describe("layer()", () => {
  it.effect("gives each its own server, at the ambient clock", () =>
    Effect.gen(function* () {
      yield* TestClock.adjust(1_234);
      const ask = HttpClient.execute(
        HttpClientRequest.get(`${issuer}/api/x?y=z`).pipe(
          HttpClientRequest.bearerToken("pl4nted-at-1-4a232301"),
        ),
      );
      const [one, other] = yield* Effect.all(
        [1, 2].map(() => Effect.provide(Effect.andThen(ask, SimulatedServer), layer())),
      );
      assert.deepStrictEqual([one?.requests.length, other?.requests.length], [1, 1]);
      const [seen] = one?.requests ?? [];
      assert.deepStrictEqual(
        [seen?.atMillis, seen?.method, seen?.url, seen?.status],
        [1_234, "GET", `${issuer}/api/x?y=z`, 401],
      );
      assert.strictEqual(ordinalOf((seen?.headers["authorization"] ?? "").slice(7)), 1);
    }));
});
