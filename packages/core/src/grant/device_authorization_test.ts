import { assert, describe, it } from "@effect/vitest";
import { Clock, Effect, Exit, Fiber, Layer, Redacted, Scope } from "effect";
import { Aead, Digest, SecureRandom } from "effect/crypto";
import { TestClock } from "effect/testing";
import { open, seal } from "../flow/checkpoint.ts";
import { generateKey, SealingKeys } from "../protocol/seal.ts";
import { authorize, flow, resume, start, tokensOf } from "./device_authorization.ts";
import {
  client,
  device,
  granted,
  pending,
  pollsOf,
  type ScriptedAnswer,
  scriptedServer,
  SECRETS,
  slowDown,
} from "./testdata/scripted_server.ts";

const options = { client, scope: ["read", "write"], onUserCode: () => Effect.void };

/** Runs a whole login against a script; gives its outcome, its polls' times, and its requests. */
const login = Effect.fnUntraced(function* (
  polls: ReadonlyArray<ScriptedAnswer>,
  first: ScriptedAnswer = { body: device },
) {
  const server = scriptedServer(first, polls);
  const fiber = yield* Effect.forkChild(
    Effect.provide(Effect.result(authorize(options)), server.layer),
  );
  yield* TestClock.adjust("2 days");
  const result = yield* Fiber.join(fiber);
  const ended = result._tag === "Success" ? "Authorized" : result.failure.reason._tag;
  return { result, ended, polls: pollsOf(server.seen), seen: server.seen };
});

describe("authorize()", () => {
  it.effect("polls after the interval and a margin, from the answer on", () =>
    Effect.gen(function* () {
      const { ended, polls } = yield* login([pending, pending, granted]);
      assert.strictEqual(ended, "Authorized");
      assert.deepStrictEqual(polls, [5_250, 10_500, 15_750]);
    }));

  it.effect("counts the interval from the previous answer, not from the request", () =>
    Effect.gen(function* () {
      const slow: ScriptedAnswer = {
        status: 400,
        body: { error: "authorization_pending" },
        takesMillis: 3_000,
      };
      const { polls } = yield* login([slow, granted], { body: device, takesMillis: 700 });
      assert.deepStrictEqual(polls, [5_950, 14_200]);
    }));

  it.effect("adds five seconds for good at each slow_down", () =>
    Effect.gen(function* () {
      const { polls } = yield* login([slowDown, slowDown, slowDown, pending, granted]);
      assert.deepStrictEqual(polls, [5_250, 15_750, 31_500, 52_500, 73_500]);
    }));

  it.effect("backs off exponentially from time-outs, and returns to the interval", () =>
    Effect.gen(function* () {
      const { ended, polls } = yield* login([
        "hang",
        "reset",
        "hang",
        "reset",
        "reset",
        pending,
        granted,
      ]);
      assert.strictEqual(ended, "Authorized");
      assert.deepStrictEqual(polls, [
        5_250,
        5_250 + 10_000 + 10_500,
        25_750 + 21_000,
        46_750 + 10_000 + 42_000,
        98_750 + 60_000,
        158_750 + 60_000,
        218_750 + 5_250,
      ]);
    }));

  it.effect("backs off from 5xx, and from 429 without an OAuth error, by Retry-After if longer", () =>
    Effect.gen(function* () {
      const { polls } = yield* login([
        { status: 503, body: "<html>busy</html>", headers: { "retry-after": "30" } },
        { status: 500, body: "Error: boom\n    at stack" },
        { status: 429, body: "", headers: { "retry-after": "3600" } },
        { status: 429, body: { error: "slow_down" } },
        granted,
      ]);
      assert.deepStrictEqual(polls, [
        5_250,
        5_250 + 30_000,
        35_250 + 60_000,
        95_250 + 60_000,
        155_250 + 10_500,
      ]);
    }));

  it.effect.each<[string, unknown, number]>([
    ["missing", undefined, 5_250],
    ["zero", 0, 5_250],
    ["negative", -3, 5_250],
    ["no number", "soon", 5_250],
    ["null", null, 5_250],
    ["a numeric string", "10", 10_500],
    ["one", 1, 1_100],
    ["absurd", 1e300, 5_250],
    ["longer than the lifetime", 901, 5_250],
    ["a minute and a half", 90, 94_500],
  ])("takes an interval that is %s", ([, interval, firstPoll]) =>
    Effect.gen(function* () {
      const { polls } = yield* login([granted], { body: { ...device, interval } });
      assert.deepStrictEqual(polls, [firstPoll]);
    }));

  it.effect("ends as Expired by its own clock in the middle of a poll", () =>
    Effect.gen(function* () {
      const server = scriptedServer({ body: { ...device, expires_in: 8 } }, ["hang"]);
      const fiber = yield* Effect.forkChild(
        Effect.provide(Effect.flip(authorize(options)), server.layer),
      );
      yield* TestClock.adjust(7_999);
      assert.isUndefined(fiber.pollUnsafe());
      yield* TestClock.adjust(1);
      const error = yield* Fiber.join(fiber);
      assert.deepStrictEqual(pollsOf(server.seen), [5_250]);
      assert.deepInclude(error.reason, { _tag: "Expired", error: undefined });
      yield* TestClock.adjust("1 hour");
      assert.strictEqual(server.seen.length, 2, "nothing is sent after the end");
    }));

  it.effect("says when it expired because nobody answered", () =>
    Effect.gen(function* () {
      const { result } = yield* login(["reset"], { body: { ...device, expires_in: 60 } });
      if (result._tag !== "Failure") return assert.fail("no error");
      assert.strictEqual(result.failure.reason._tag, "Expired");
      assert.include(result.failure.message, "could not be reached");
      const { result: quiet } = yield* login(["reset", pending], {
        body: { ...device, expires_in: 60 },
      });
      if (quiet._tag !== "Failure") return assert.fail("no error");
      assert.notInclude(quiet.failure.message, "could not be reached");
    }));

  it.effect.each<[string, ScriptedAnswer]>([
    ["Denied", { status: 400, body: { error: "access_denied" } }],
    ["Expired", { status: 400, body: { error: "expired_token" } }],
    ["Refused", { status: 400, body: { error: "invalid_grant" } }],
    ["Refused", { status: 401, body: { error: "invalid_client" } }],
    ["Malformed", { status: 200, body: {} }],
    ["Malformed", { status: 200, body: "<html>welcome</html>" }],
    ["Malformed", { status: 302, body: "", headers: { location: "https://evil.example" } }],
  ])("ends as %s", ([tag, answer]) =>
    Effect.gen(function* () {
      const { ended, polls } = yield* login([answer, granted]);
      assert.strictEqual(ended, tag);
      assert.strictEqual(polls.length, 1, "an end is an end");
    }));

  it.effect.each<[string, ScriptedAnswer]>([
    ["Refused", { status: 400, body: { error: "unauthorized_client" } }],
    ["Malformed", { status: 200, body: {} }],
    ["Malformed", { status: 404, body: "<html>not here</html>" }],
    ["Unreachable", "reset"],
    ["Unreachable", "hang"],
    ["Unreachable", { status: 503, body: "" }],
  ])("ends as %s without a code", ([tag, first]) =>
    Effect.gen(function* () {
      const { ended, polls } = yield* login([granted], first);
      assert.strictEqual(ended, tag);
      assert.deepStrictEqual(polls, []);
    }));

  it.effect("knows GitHub's habits: errors under 200, bodies as forms", () =>
    Effect.gen(function* () {
      const form = (fields: Record<string, string>): ScriptedAnswer => ({
        body: new URLSearchParams(fields).toString(),
        headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
      });
      const { expires_in, interval, ...fields } = device;
      const { ended, polls, result } = yield* login([
        form({ error: "authorization_pending", error_description: "not yet" }),
        { status: 200, body: { error: "slow_down", interval: 10 } },
        form({ access_token: SECRETS.accessToken, token_type: "bearer", scope: "read,write" }),
      ], form({ ...fields, expires_in: String(expires_in), interval: String(interval) }));
      assert.strictEqual(ended, "Authorized");
      assert.deepStrictEqual(polls, [5_250, 10_500, 21_000]);
      assert.isTrue(result._tag === "Success" && result.success.tokenType === "bearer");
    }));

  it.effect("sends what RFC 8628 asks for, and the client's credentials once", () =>
    Effect.gen(function* () {
      const { seen } = yield* login([granted]);
      assert.deepStrictEqual(seen.map(({ path, body }) => [path, ...new URLSearchParams(body)]), [
        ["/device_authorization", ["scope", "read write"]],
        [
          "/token",
          ["grant_type", "urn:ietf:params:oauth:grant-type:device_code"],
          ["device_code", SECRETS.deviceCode],
        ],
      ]);
      for (const { headers } of seen) assert.match(headers["authorization"] ?? "", /^Basic /);
    }));

  it.effect("gives the tokens, their age counted from before the request", () =>
    Effect.gen(function* () {
      const { result } = yield* login([{
        ...granted as object,
        body: (granted as { body: object }).body,
        takesMillis: 400,
      }]);
      if (result._tag !== "Success") return assert.fail("no tokens");
      const { accessToken, refreshToken, ...rest } = result.success;
      assert.strictEqual(Redacted.value(accessToken), SECRETS.accessToken);
      assert.isDefined(refreshToken);
      assert.deepInclude(rest, {
        tokenType: "Bearer",
        obtainedAtMillis: 5_250,
        expiresInSeconds: 3_600,
        scope: ["read", "write"],
      });
    }));

  it.effect("shows the user's code once and goes on polling while it is shown", () =>
    Effect.gen(function* () {
      const shown: Array<unknown> = [];
      const server = scriptedServer({ body: device }, [pending, granted]);
      const fiber = yield* Effect.forkChild(Effect.provide(
        authorize({
          ...options,
          onUserCode: (code) => Effect.andThen(Effect.sync(() => shown.push(code)), Effect.never),
        }),
        server.layer,
      ));
      yield* TestClock.adjust(10_500);
      yield* Fiber.join(fiber);
      assert.deepStrictEqual(shown, [{
        type: "user_code",
        userCode: "WDJB-MJHT",
        verificationUri: "https://as.example.com/device",
        verificationUriComplete: "https://as.example.com/device?user_code=WDJB-MJHT",
        expiresInMillis: 900_000,
        intervalMillis: 5_000,
      }]);
    }));

  it.effect("stops polling when it is interrupted", () =>
    Effect.gen(function* () {
      const server = scriptedServer({ body: device }, ["hang"]);
      const fiber = yield* Effect.forkChild(Effect.provide(authorize(options), server.layer));
      yield* TestClock.adjust(6_000);
      yield* Fiber.interrupt(fiber);
      yield* TestClock.adjust("1 hour");
      assert.deepStrictEqual(pollsOf(server.seen), [5_250]);
    }));

  it.effect("says what happened and what to do next", () =>
    Effect.gen(function* () {
      for (
        const answer of [
          { status: 400, body: { error: "access_denied" } },
          { status: 400, body: { error: "expired_token" } },
          { status: 400, body: { error: "invalid_scope", error_description: "no such scope" } },
          { status: 200, body: {} },
        ]
      ) {
        const { result } = yield* login([answer]);
        if (result._tag !== "Failure") return assert.fail("no error");
        assert.isAbove(result.failure.message.length, 10);
        assert.isAbove(result.failure.hint.length, 10);
      }
    }));
});

describe("start()", () => {
  it.effect.each(
    [
      ["requestingDeviceCode", 100],
      ["awaitingUser.waiting", 1_000],
      ["awaitingUser.polling", 6_400],
      ["awaitingUser.backingOff", 20_000],
    ] as const,
  )("can be cancelled while %s", ([path, at]) =>
    Effect.gen(function* () {
      const server = scriptedServer({ body: device, takesMillis: 500 }, ["hang"]);
      const running = yield* Effect.provide(start(options), server.layer);
      yield* TestClock.adjust(at);
      assert.strictEqual(yield* running.path, path);
      yield* running.send({ type: "cancel" });
      const error = yield* Effect.flip(Effect.flatMap(running.await, tokensOf));
      assert.strictEqual(error.reason._tag, "Cancelled");
      const count = server.seen.length;
      yield* TestClock.adjust("1 hour");
      assert.strictEqual(server.seen.length, count);
    }));
});

const sealing = Layer.effect(
  SealingKeys,
  Effect.map(generateKey(), (key) => ({ keys: [key] as const })),
).pipe(
  Layer.provideMerge(Layer.mergeAll(Aead.layerWebCrypto, Digest.layerWebCrypto)),
  Layer.provideMerge(SecureRandom.layerWebCrypto),
);

describe("resume()", () => {
  it.layer(sealing)((it) => {
    const sealedAt = Effect.fnUntraced(
      function* (millis: number, polls: ReadonlyArray<ScriptedAnswer>) {
        const server = scriptedServer({ body: device }, polls);
        const scope = yield* Scope.make();
        const running = yield* start(options).pipe(
          Effect.provide(server.layer),
          Scope.provide(scope),
        );
        yield* TestClock.adjust(millis);
        const sealed = yield* seal(flow(options), yield* running.checkpoint);
        yield* Scope.close(scope, Exit.void);
        return sealed;
      },
    );

    it.effect("goes on where another process stopped, not a moment early", () =>
      Effect.gen(function* () {
        const began = yield* Clock.currentTimeMillis;
        const sealed = yield* sealedAt(7_000, [slowDown]);
        assert.notInclude(new TextDecoder("latin1").decode(sealed), SECRETS.deviceCode);
        const server = scriptedServer("hang", [granted]);
        const running = yield* resume(options, yield* open(flow(options), sealed)).pipe(
          Effect.provide(server.layer),
        );
        yield* TestClock.adjust(15_749 - 7_000);
        assert.deepStrictEqual(server.seen, []);
        yield* TestClock.adjust(1);
        assert.deepStrictEqual(pollsOf(server.seen), [began + 15_750]);
        const { accessToken } = yield* Effect.flatMap(running.await, tokensOf);
        assert.strictEqual(Redacted.value(accessToken), SECRETS.accessToken);
      }));

    it.effect("backs off from a poll whose answer was lost with the process", () =>
      Effect.gen(function* () {
        const began = yield* Clock.currentTimeMillis;
        const sealed = yield* sealedAt(6_000, ["hang"]);
        const server = scriptedServer("hang", [granted]);
        yield* resume(options, yield* open(flow(options), sealed)).pipe(
          Effect.provide(server.layer),
        );
        yield* TestClock.adjust("1 minute");
        assert.deepStrictEqual(pollsOf(server.seen), [began + 6_000 + 10_500]);
      }));

    it.effect("ends as Expired when the code died meanwhile", () =>
      Effect.gen(function* () {
        const sealed = yield* sealedAt(7_000, [pending]);
        yield* TestClock.adjust("1 hour");
        const server = scriptedServer("hang", [granted]);
        const running = yield* resume(options, yield* open(flow(options), sealed)).pipe(
          Effect.provide(server.layer),
        );
        const error = yield* Effect.flip(Effect.flatMap(running.await, tokensOf));
        assert.strictEqual(error.reason._tag, "Expired");
      }));

    it.effect("refuses another client and another server", () =>
      Effect.gen(function* () {
        const checkpoint = yield* open(flow(options), yield* sealedAt(7_000, [pending]));
        const server = scriptedServer("hang", [granted]);
        for (
          const other of [
            { ...client, clientId: "other" },
            { ...client, server: { ...client.server, issuer: "https://other.example.com" } },
          ]
        ) {
          const error = yield* Effect.flip(
            Effect.provide(resume({ ...options, client: other }, checkpoint), server.layer),
          );
          assert.strictEqual(error.reason._tag, "OtherClient");
        }
      }));
  });
});
