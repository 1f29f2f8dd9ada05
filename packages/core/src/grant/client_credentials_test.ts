import { assert, describe, it } from "@effect/vitest";
import { Effect, Redacted } from "effect";
import { type Observation, Observer } from "../protocol/observation.ts";
import { authorize, request } from "./client_credentials.ts";
import { client, granted, scriptedServer, SECRETS } from "./testdata/scripted_server.ts";
import { runGrant } from "./testdata/token_request.ts";

const publicClient = { ...client, authentication: { method: "none" } } as const;

describe("authorize()", () => {
  it.effect("sends what RFC 6749 section 4.4.2 asks for, and what was asked", () =>
    Effect.gen(function* () {
      const { forms, seen } = yield* runGrant(
        authorize({ client, scope: ["a", "b"], resource: ["https://api.example"], audience: "x" }),
        [granted],
      );
      assert.deepStrictEqual(forms, [[
        ["grant_type", "client_credentials"],
        ["scope", "a b"],
        ["resource", "https://api.example"],
        ["audience", "x"],
      ]]);
      assert.match(seen[0]?.headers["authorization"] ?? "", /^Basic /);
    }));

  it.effect("sends no more than it has to", () =>
    Effect.gen(function* () {
      const { forms } = yield* runGrant(authorize({ client, scope: [] }), [granted]);
      assert.deepStrictEqual(forms, [[["grant_type", "client_credentials"]]]);
    }));

  it.effect("drops a refresh token, and keeps the rest", () =>
    Effect.gen(function* () {
      const { result } = yield* runGrant(authorize({ client, scope: ["a"] }), [granted]);
      if (result._tag !== "Success") return assert.fail("no tokens");
      const { accessToken, ...tokens } = result.success;
      assert.strictEqual(Redacted.value(accessToken), SECRETS.accessToken);
      assert.deepStrictEqual(tokens, {
        tokenType: "Bearer",
        obtainedAtMillis: 0,
        expiresInSeconds: 3_600,
        scope: ["a"],
      });
    }));

  it.effect("tells observers which of the flows beside it sent a request", () =>
    Effect.gen(function* () {
      const { layer } = scriptedServer("hang", [granted]);
      const seen: Array<Observation> = [];
      const observer: Observer = { observe: (observation) => void seen.push(observation) };
      yield* Effect.all([authorize({ client }), authorize({ client }), request({ client })], {
        concurrency: "unbounded",
      }).pipe(Effect.provide(layer), Effect.provideService(Observer, observer));
      const idsOf = (wanted: Observation["type"]) =>
        seen.flatMap((each) => each.type === wanted && "flowId" in each ? [each.flowId] : []);
      const started = idsOf("flow.started");
      assert.strictEqual(new Set(started).size, 2);
      assert.deepStrictEqual(idsOf("http.exchange").toSorted(), started.toSorted());
      assert.strictEqual(seen.filter(({ type }) => type === "http.exchange").length, 3);
    }));

  it.effect("is refused, and nothing sent, for a public client", () =>
    Effect.gen(function* () {
      const { result, seen } = yield* runGrant(authorize({ client: publicClient }), [granted]);
      if (result._tag !== "Failure") return assert.fail("no error");
      assert.strictEqual(result.failure.reason._tag, "Refused");
      assert.match(result.failure.hint, /secret/);
      assert.lengthOf(seen, 0);
    }));
});

describe("request()", () => {
  it.effect("asks once, and drops a refresh token", () =>
    Effect.gen(function* () {
      const { layer, seen } = scriptedServer("hang", [granted, "reset"]);
      const tokens = yield* Effect.provide(request({ client }), layer);
      assert.notProperty(tokens, "refreshToken");
      const error = yield* Effect.provide(Effect.flip(request({ client })), layer);
      assert.strictEqual(error.reason._tag, "Unreachable");
      assert.lengthOf(seen, 2);
    }));

  it.effect("is withheld for a public client", () =>
    Effect.gen(function* () {
      const { layer, seen } = scriptedServer("hang", [granted]);
      const error = yield* Effect.provide(Effect.flip(request({ client: publicClient })), layer);
      assert.deepInclude(error, { endpoint: "token", url: "https://as.example.com/token" });
      assert.deepInclude(error.reason, { _tag: "Withheld", problem: "publicClient" });
      assert.lengthOf(seen, 0);
    }));
});
