import { assert, describe, it } from "@effect/vitest";
import { Data, Effect, Exit, Fiber, Option, Queue, Redacted, Stream } from "effect";
import { TestClock } from "effect/testing";
import { fromUrl } from "../protocol/authorization_response.ts";
import { EndpointError, Unreachable } from "../protocol/endpoint_error.ts";
import { membersIn, textIn, vectorsOf } from "../protocol/testdata/vectors.ts";
import {
  type AuthorizationCodeOptions,
  type AuthorizationUrl,
  authorize,
  type Callback,
  type CallbackVerdict,
  start,
} from "./authorization_code.ts";
import {
  callbackTo,
  client,
  digestOf,
  granted,
  instant,
  issuer,
  options,
  redirectUri,
  SECRETS,
  tokenServer,
} from "./testdata/code_server.ts";
import type { ScriptedAnswer } from "./testdata/scripted_server.ts";

/** A running login, and the means to bring callbacks to it. */
const begun = Effect.fnUntraced(function* <A, E>(
  answers: ReadonlyArray<ScriptedAnswer>,
  differing: Partial<AuthorizationCodeOptions<A, E>> = {},
) {
  const server = tokenServer(...answers);
  const callbacks = yield* Queue.unbounded<Callback>();
  const shown: Array<AuthorizationUrl> = [];
  const verdicts: Array<CallbackVerdict> = [];
  const fiber = yield* Effect.forkChild(
    Effect.result(authorize<A, E>({
      ...options as unknown as AuthorizationCodeOptions<A, E>,
      ...differing,
      onAuthorizationUrl: (url) => Effect.andThen(Effect.sync(() => shown.push(url)), Effect.never),
      callbacks: Stream.fromQueue(callbacks),
    })).pipe(Effect.provide([server.layer, instant])),
  );
  yield* TestClock.adjust(1);
  const url = shown[0]?.url ?? Redacted.make("none");
  const come = Effect.fnUntraced(function* (parameters: string) {
    const answer = (verdict: CallbackVerdict) => Effect.sync(() => void verdicts.push(verdict));
    yield* Queue.offer(callbacks, { parameters: fromUrl(parameters), answer });
    yield* TestClock.adjust(1);
  });
  return { ...server, fiber, shown, verdicts, url, come };
});

/** How a login ends by one callback. */
const ending = Effect.fnUntraced(function* (
  answer: ScriptedAnswer,
  differing: Readonly<Record<string, string | undefined>> = {},
) {
  const login = yield* begun([answer, granted]);
  yield* login.come(callbackTo(login.url, differing));
  yield* TestClock.adjust("1 minute");
  const result = yield* Fiber.join(login.fiber);
  return {
    ...login,
    ended: result._tag === "Success" ? "Authorized" : result.failure.reason._tag,
    failure: result._tag === "Failure" ? result.failure : undefined,
  };
});

describe("authorize()", () => {
  it.effect("sends the browser there with PKCE, state and nonce, and redeems the code", () =>
    Effect.gen(function* () {
      const login = yield* begun([granted]);
      const query = Object.fromEntries(new URL(Redacted.value(login.url)).searchParams);
      const { code_challenge, nonce, state, ...rest } = query;
      assert.deepStrictEqual(rest, {
        response_type: "code",
        client_id: "app",
        redirect_uri: redirectUri,
        scope: "openid read",
        resource: "https://api.example.com/",
        code_challenge_method: "S256",
      });
      yield* login.come(callbackTo(login.url));
      const result = yield* Fiber.join(login.fiber);
      if (result._tag !== "Success") return assert.fail("no tokens");
      assert.strictEqual(Redacted.value(result.success.tokens.accessToken), SECRETS.accessToken);
      assert.strictEqual(Redacted.value(result.success.nonce), nonce);
      assert.deepStrictEqual(result.success.tokens.scope, ["openid", "read"]);
      const [request, ...others] = login.seen;
      assert.deepStrictEqual(others, []);
      const { code_verifier = "", ...form } = Object.fromEntries(
        new URLSearchParams(request?.body),
      );
      assert.deepStrictEqual(form, {
        grant_type: "authorization_code",
        code: SECRETS.code,
        redirect_uri: redirectUri,
        resource: "https://api.example.com/",
      });
      assert.strictEqual(digestOf(code_verifier), code_challenge);
      assert.lengthOf(new Set([code_verifier, state, nonce]), 3);
      for (const value of [code_verifier, state, nonce]) assert.match(value ?? "", /^[\w-]{43}$/);
      assert.deepStrictEqual(login.verdicts, [{ _tag: "Authorized" }]);
    }));

  for (const { id, input, expected } of vectorsOf("token-request")) {
    if (!("code" in input)) continue;
    it.effect(`redeems as ${id}, where PKCE is off`, () =>
      Effect.gen(function* () {
        const login = yield* begun([granted], {
          client: {
            ...client,
            clientId: textIn(input, "client_id"),
            authentication: {
              method: "client_secret_basic",
              clientSecret: Redacted.make(textIn(input, "client_secret")),
            },
          },
          redirectUri: textIn(input, "redirect_uri"),
          scope: [],
          resource: [],
          pkce: "off-because-the-server-refuses-it",
        });
        assert.isNull(new URL(Redacted.value(login.url)).searchParams.get("code_challenge"));
        assert.isNull(new URL(Redacted.value(login.url)).searchParams.get("nonce"));
        yield* login.come(callbackTo(login.url, { code: textIn(input, "code") }));
        const [request] = login.seen;
        assert.deepStrictEqual(
          Object.fromEntries(new URLSearchParams(request?.body)),
          membersIn(expected, "form"),
        );
        assert.strictEqual(request?.headers["authorization"], expected["authorization"]);
      }));
  }

  it.effect("makes new values for each attempt", () =>
    Effect.gen(function* () {
      const urls: Array<string> = [];
      yield* Effect.gen(function* () {
        for (let attempt = 0; attempt < 3; attempt++) {
          const running = yield* start(options);
          const shown = Option.getOrThrow(yield* Stream.runHead(running.emitted));
          urls.push(Redacted.value(shown.url));
        }
      }).pipe(Effect.provide([tokenServer().layer, instant]), Effect.scoped);
      for (const name of ["state", "nonce", "code_challenge"]) {
        const values = urls.map((url) => new URL(url).searchParams.get(name));
        assert.strictEqual(new Set(values).size, 3, name);
      }
    }));

  it.effect("answers callbacks that are not its own, and waits on", () =>
    Effect.gen(function* () {
      const login = yield* begun([granted]);
      for (
        const other of [
          `${redirectUri}/favicon.ico`,
          redirectUri,
          callbackTo(login.url, { state: "forged" }),
          callbackTo(login.url, { state: undefined }),
          callbackTo(login.url, { state: "forged", code: undefined, error: "access_denied" }),
        ]
      ) yield* login.come(other);
      assert.deepStrictEqual(
        login.verdicts,
        Array.from({ length: 5 }, () => ({ _tag: "NotOurs" })),
      );
      assert.deepStrictEqual(login.seen, []);
      assert.isUndefined(login.fiber.pollUnsafe());
      yield* login.come(callbackTo(login.url));
      assert.strictEqual((yield* Fiber.join(login.fiber))._tag, "Success");
      assert.lengthOf(login.verdicts, 6, "each is told once");
    }));

  it.effect("redeems once however often its callback comes, and answers each", () =>
    Effect.gen(function* () {
      const login = yield* begun([{ ...granted as object, body: {}, takesMillis: 1_000 }]);
      for (let load = 0; load < 3; load++) yield* login.come(callbackTo(login.url));
      yield* TestClock.adjust("2 seconds");
      yield* Fiber.join(login.fiber);
      assert.lengthOf(login.seen, 1);
      assert.deepStrictEqual(login.verdicts.map(({ _tag }) => _tag), Array(3).fill("Failed"));
    }));

  it.effect("takes its own of several callbacks that come at one moment", () =>
    Effect.gen(function* () {
      for (const turn of [0, 1, 2]) {
        const server = tokenServer(granted);
        const output = yield* Effect.gen(function* () {
          const running = yield* start(options);
          const { url } = Option.getOrThrow(yield* Stream.runHead(running.emitted));
          const others = [0, 1].map((each) => callbackTo(url, { state: `forged ${each}` }));
          for (const each of others.toSpliced(turn, 0, callbackTo(url))) {
            yield* running.send({ type: "callback", parameters: fromUrl(each) });
          }
          return yield* running.await;
        }).pipe(Effect.provide([server.layer, instant]), Effect.scoped);
        assert.strictEqual(output._tag, "Authorized", `turn ${turn}`);
      }
    }));

  it.effect.each<[string, Record<string, string | undefined>, string]>([
    ["access_denied", { code: undefined, error: "access_denied" }, "Denied"],
    ["another error", { code: undefined, error: "login_required" }, "Refused"],
    ["no code", { code: undefined }, "Malformed"],
    ["an error beside the code", { error: "access_denied" }, "Malformed"],
    ["another issuer", { iss: "https://evil.example.com" }, "Malformed"],
    ["no issuer though promised", { iss: undefined }, "Malformed"],
    ["a denial of another issuer", {
      code: undefined,
      error: "access_denied",
      iss: `${issuer}/`,
    }, "Malformed"],
  ])("sends no code after a callback with %s", ([, differing, tag]) =>
    Effect.gen(function* () {
      const { ended, failure, seen, verdicts } = yield* ending(granted, differing);
      assert.strictEqual(ended, tag);
      assert.deepStrictEqual(seen, []);
      assert.isAbove(failure?.hint.length ?? 0, 10);
      assert.deepStrictEqual(verdicts.map(({ _tag }) => _tag), ["Failed"]);
    }));

  it.effect.each<[string, ScriptedAnswer]>([
    ["Refused", { status: 400, body: { error: "invalid_grant" } }],
    ["Refused", { status: 401, body: { error: "invalid_client" } }],
    ["Refused", { status: 400, body: { error: "access_denied" } }],
    ["Malformed", { status: 200, body: {} }],
    ["Malformed", { status: 302, body: "", headers: { location: "https://evil.example" } }],
    ["Unreachable", { status: 503, body: "", headers: { "retry-after": "1" } }],
    ["Unreachable", { status: 429, body: "" }],
    ["Unreachable", "reset"],
    ["Unreachable", "hang"],
  ])(
    "ends as %s by the token endpoint, and never asks a second time",
    ([tag, answer]) =>
      Effect.gen(function* () {
        const { ended, failure, seen } = yield* ending(answer);
        assert.strictEqual(ended, tag);
        assert.lengthOf(seen, 1);
        assert.isAbove(failure?.hint.length ?? 0, 10);
      }),
  );

  it.effect("ends as Expired when nobody comes, to the millisecond", () =>
    Effect.gen(function* () {
      const login = yield* begun([granted], { lifetimeMillis: 90_000 });
      assert.strictEqual(login.shown[0]?.expiresInMillis, 90_000);
      yield* TestClock.adjust(89_998);
      assert.isUndefined(login.fiber.pollUnsafe());
      yield* TestClock.adjust(1);
      const result = yield* Fiber.join(login.fiber);
      assert.isTrue(result._tag === "Failure" && result.failure.reason._tag === "Expired");
    }));

  it.effect.each<[string, Partial<AuthorizationCodeOptions>]>([
    ["a server without S256", {
      client: { ...client, server: { ...client.server, codeChallengeMethodsSupported: ["plain"] } },
    }],
    ["a redirect URI without TLS", { redirectUri: "http://client.example.com/cb" }],
  ])("is Refused before anything is shown for %s", ([, differing]) =>
    Effect.gen(function* () {
      const login = yield* begun([granted], differing);
      const result = yield* Fiber.join(login.fiber);
      assert.isTrue(result._tag === "Failure" && result.failure.reason._tag === "Refused");
      assert.deepStrictEqual([login.shown, login.seen], [[], []]);
    }));

  it.effect("sends a challenge where the metadata says nothing of PKCE", () =>
    Effect.gen(function* () {
      const { codeChallengeMethodsSupported: _, ...server } = client.server;
      const login = yield* begun([granted], { client: { ...client, server } });
      assert.include(Redacted.value(login.url), "code_challenge_method=S256");
    }));

  it.effect("sends a challenge for any word that does not turn PKCE off", () =>
    Effect.gen(function* () {
      for (const pkce of ["s256", "plain", "off", "", null]) {
        const login = yield* begun([granted], { pkce: pkce as never });
        assert.include(Redacted.value(login.url), "code_challenge_method=S256");
        yield* login.come(callbackTo(login.url));
        assert.include(login.seen[0]?.body, "code_verifier=");
      }
    }));

  it.effect("ends with whatever defect the caller's own effects have", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(authorize({
        ...options,
        onAuthorizationUrl: () => Effect.die("no browser"),
        callbacks: Stream.never,
      })).pipe(Effect.provide([tokenServer().layer, instant]));
      assert.isTrue(Exit.hasDies(exit));
    }));
});

class Unwanted extends Data.TaggedError("Unwanted")<{ readonly hint: string }> {}

describe("validate", () => {
  it.effect("looks at the tokens with what was asked, and its value comes with them", () =>
    Effect.gen(function* () {
      const login = yield* begun<string, never>([granted], {
        maxAgeSeconds: 60,
        acrValues: ["gold"],
        scope: [],
        memo: "/inbox",
        validate: (tokens, { nonce, ...expected }) => {
          assert.deepStrictEqual(
            { ...expected },
            { client, maxAgeSeconds: 60, acrValues: ["gold"] },
          );
          assert.strictEqual(Redacted.value(tokens.accessToken), SECRETS.accessToken);
          return Effect.succeed(Redacted.value(nonce));
        },
      });
      yield* login.come(callbackTo(login.url));
      const result = yield* Fiber.join(login.fiber);
      if (result._tag !== "Success") return assert.fail("no tokens");
      const nonce = new URL(Redacted.value(login.url)).searchParams.get("nonce");
      assert.strictEqual(result.success.validated, nonce);
      assert.strictEqual(result.success.memo, "/inbox");
    }));

  it.effect("keeps tokens from the caller that it does not want", () =>
    Effect.gen(function* () {
      const unwanted = new Unwanted({ hint: "Ask for another one" });
      const login = yield* begun<never, Unwanted>([granted], {
        validate: () => Effect.fail(unwanted),
      });
      yield* login.come(callbackTo(login.url));
      const result = yield* Fiber.join(login.fiber);
      if (result._tag !== "Failure") return assert.fail("tokens");
      const { reason } = result.failure;
      assert.strictEqual(reason._tag === "Invalid" && reason.error, unwanted);
      assert.strictEqual(result.failure.hint, unwanted.hint);
    }));

  it.effect("is told apart from a server that cannot be asked, and ends in time", () =>
    Effect.gen(function* () {
      const away = new EndpointError({
        endpoint: "metadata",
        url: `${issuer}/jwks`,
        reason: new Unreachable({ kind: "dns", description: "unknown host" }),
      });
      for (const validate of [() => Effect.fail(away), () => Effect.never]) {
        const login = yield* begun<never, never>([granted], { validate });
        yield* login.come(callbackTo(login.url));
        yield* TestClock.adjust("31 seconds");
        const result = yield* Fiber.join(login.fiber);
        if (result._tag !== "Failure") return assert.fail("tokens");
        assert.strictEqual(result.failure.reason._tag, "Unreachable");
      }
    }));
});
