import { assert, describe, it } from "@effect/vitest";
import { Effect, Exit, Layer } from "effect";
import { HttpClient, HttpClientError } from "effect/http";
import { answer, type Behaviour, broken, scripted } from "../endpoint/testdata/scripted_client.ts";
import { EndpointError, Unreachable } from "../protocol/endpoint_error.ts";
import { Session } from "../session/session.ts";
import { SessionError, Unavailable } from "../session/session_error.ts";
import * as SessionClient from "./session_client.ts";
import { ended, type Script, scriptedSession, tokenSet } from "./testdata/scripted_session.ts";

const url = "https://api.example.com/me";
const origins = ["https://api.example.com"];
const challenge =
  `Basic realm="a, b", bearer realm=x, error="insufficient_scope", scope="read  write"`;
const denied = answer(403, "no", { "www-authenticate": challenge });

/** A client that carries a scripted session, over a scripted client. */
const carrying = Effect.fnUntraced(function* (
  behaviours: ReadonlyArray<Behaviour>,
  script: Script = {},
) {
  const server = scripted(...behaviours);
  const session = scriptedSession(script);
  const client = yield* SessionClient.make(server.client, session.session, { origins });
  return { client, server, ...session };
});

describe("layer()", () => {
  const unavailable = new SessionError({
    reason: new Unavailable({
      key: "work",
      retryAtMillis: 0,
      error: new EndpointError({
        endpoint: "token",
        url: "https://as.example.com/token",
        reason: new Unreachable({ kind: "refused", description: "the connection was refused" }),
      }),
    }),
  });
  const failures: ReadonlyArray<readonly [string, Script, Behaviour, string]> = [
    ["SessionError", { token: Exit.fail(ended) }, answer(200), "EncodeError"],
    ["SessionError", { token: Exit.fail(unavailable) }, answer(200), "TransportError"],
    ["SessionError", { replace: Effect.fail(ended) }, answer(401), "EncodeError"],
    ["UnusableToken", { token: Exit.succeed(tokenSet("t", "DPoP")) }, answer(200), "EncodeError"],
    ["InsufficientScope", {}, denied, "StatusCodeError"],
  ];
  for (const [tag, script, behaviour, reason] of failures) {
    it.effect(`fails with an HttpClientError: ${reason} that holds ${tag}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(HttpClient.get(url));
        assert.strictEqual(error._tag, "HttpClientError");
        assert.strictEqual(error.reason._tag, reason);
        const failure = SessionClient.failureOf(error);
        assert.strictEqual(failure?._tag, tag);
        assert.include(error.message, failure?.message ?? "nothing");
        assert.strictEqual(HttpClient.isTransientError(error), reason === "TransportError");
        if (error.response !== undefined) {
          assert.strictEqual(yield* error.response.text, "no");
        }
      }).pipe(Effect.provide(
        SessionClient.layer({ origins }).pipe(
          Layer.provide(scripted(behaviour).layer),
          Layer.provide(Layer.succeed(Session, scriptedSession(script).session)),
        ),
      )));
  }

  it.effect("fails where an origin is not secure", () =>
    Effect.gen(function* () {
      const layer = SessionClient.layer({ origins: [] }).pipe(
        Layer.provide(scripted(answer(200)).layer),
        Layer.provide(Layer.succeed(Session, scriptedSession().session)),
      );
      const error = yield* Effect.flip(Effect.scoped(Layer.build(layer)));
      assert.strictEqual(error._tag, "OriginError");
    }));
});

describe("failureOf()", () => {
  it.effect("gives nothing where the transport failed", () =>
    Effect.gen(function* () {
      const { client } = yield* carrying([broken(new Error("reset"))]);
      const error = yield* Effect.flip(client.get(url));
      assert.isTrue(HttpClientError.isHttpClientError(error));
      if (HttpClientError.isHttpClientError(error)) {
        assert.isUndefined(SessionClient.failureOf(error));
      }
    }));
});
