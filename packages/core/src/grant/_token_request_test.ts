import { assert, describe, it } from "@effect/vitest";
import { Effect, Exit, Fiber, Layer, Random, Redacted, Scope } from "effect";
import { Aead, Digest, SecureRandom } from "effect/crypto";
import type { HttpClient } from "effect/http";
import { TestClock } from "effect/testing";
import { open, seal } from "../flow/checkpoint.ts";
import { resume } from "../flow/flow.ts";
import { generateKey, SealingKeys } from "../protocol/seal.ts";
import type { TokenSet } from "../protocol/token_set.ts";
import * as ClientCredentials from "./client_credentials.ts";
import * as JwtBearer from "./jwt_bearer.ts";
import * as RefreshToken from "./refresh_token.ts";
import {
  client,
  granted,
  type ScriptedAnswer,
  scriptedServer,
} from "./testdata/scripted_server.ts";
import { refusal, runGrant } from "./testdata/token_request.ts";
import * as TokenExchange from "./token_exchange.ts";
import type { TokenRequestError } from "./token_request_error.ts";

interface Timing {
  readonly retryForMillis?: number;
  readonly requestLimitMillis?: number;
}
type Grant = (
  timing?: Timing,
) => Effect.Effect<TokenSet, TokenRequestError, HttpClient.HttpClient>;

const subjectToken = {
  token: Redacted.make("subject"),
  type: TokenExchange.tokenTypes.accessToken,
};
const assertion = Effect.succeed(Redacted.make("assertion"));
const refreshToken = Redacted.make("refresh");

const grants: ReadonlyArray<{ readonly name: string; readonly grant: Grant }> = [
  {
    name: "RefreshToken.refresh",
    grant: (timing) => RefreshToken.refresh({ client, refreshToken, ...timing }),
  },
  {
    name: "ClientCredentials.authorize",
    grant: (timing) => ClientCredentials.authorize({ client, ...timing }),
  },
  {
    name: "TokenExchange.exchange",
    grant: (timing) => TokenExchange.exchange({ client, subjectToken, ...timing }),
  },
  {
    name: "JwtBearer.authorize",
    grant: (timing) => JwtBearer.authorize({ client, assertion, ...timing }),
  },
];

const body = { access_token: "a", token_type: "Bearer", issued_token_type: "urn:x:y" };
const tokens: ScriptedAnswer = { body };
const busy: ScriptedAnswer = { status: 503, body: "busy" };

/** Chance without chance. */
const halfway = Effect.provideService(Random.Random, {
  nextDoubleUnsafe: () => 0.5,
  nextIntUnsafe: () => 0,
});

describe.each(grants)("$name()", ({ grant }) => {
  it.effect("asks once where the first answer is an answer", () =>
    Effect.gen(function* () {
      const { at, ended } = yield* runGrant(grant(), [tokens]);
      assert.strictEqual(ended, "Granted");
      assert.deepStrictEqual(at, [0]);
    }));

  it.effect("asks again, later each time, while no answer comes", () =>
    Effect.gen(function* () {
      const answers: ReadonlyArray<ScriptedAnswer> = ["reset", busy, "hang", busy, tokens];
      const { at, ended } = yield* runGrant(halfway(grant()), answers);
      assert.strictEqual(ended, "Granted");
      assert.deepStrictEqual(at, [0, 750, 2_250, 15_250, 21_250]);
    }));

  it.effect("comes back when the server said, and not before", () =>
    Effect.gen(function* () {
      const later: ScriptedAnswer = { status: 503, body: "", headers: { "retry-after": "7" } };
      const { at } = yield* runGrant(halfway(grant()), [later, tokens]);
      assert.deepStrictEqual(at, [0, 7_250]);
    }));

  it.effect("asks nobody again after its patience", () =>
    Effect.gen(function* () {
      const { at, ended, result } = yield* runGrant(halfway(grant()), ["reset"]);
      assert.strictEqual(ended, "Unreachable");
      assert.deepStrictEqual(at, [0, 750, 2_250, 5_250, 11_250, 23_250]);
      assert.include(String(result._tag === "Failure" && result.failure.message), "reached");
    }));

  it.effect("waits for no answer that cannot come in time", () =>
    Effect.gen(function* () {
      const later: ScriptedAnswer = { status: 503, body: "", headers: { "retry-after": "45" } };
      const fiber = yield* Effect.forkChild(
        Effect.provide(Effect.flip(grant()), scriptedServer("hang", [later]).layer),
      );
      yield* TestClock.adjust(1);
      const error = yield* Fiber.join(fiber);
      assert.strictEqual(error.reason._tag, "Unreachable");
      assert.include(error.hint, "45 seconds");
    }));

  it.effect("asks once when told so", () =>
    Effect.gen(function* () {
      for (const answer of ["reset", "hang", busy] as const) {
        const { at, ended } = yield* runGrant(grant({ retryForMillis: 0 }), [answer]);
        assert.strictEqual(ended, "Unreachable");
        assert.lengthOf(at, 1);
      }
    }));

  it.effect("takes the answer of a request that its patience did not outlive", () =>
    Effect.gen(function* () {
      const slow: ScriptedAnswer = { body, takesMillis: 9_000 };
      const { ended } = yield* runGrant(grant({ retryForMillis: 0 }), [slow]);
      assert.strictEqual(ended, "Granted");
    }));

  it.effect.each<[string, ScriptedAnswer]>([
    ["Refused", refusal("invalid_grant")],
    ["Refused", refusal("invalid_client", 401)],
    ["Refused", refusal("invalid_target")],
    ["Refused", { status: 200, body: { error: "invalid_scope" } }],
    ["Malformed", { status: 200, body: "<html>welcome</html>" }],
    ["Malformed", { status: 302, body: "", headers: { location: "https://evil.example" } }],
  ])("ends as %s at once", ([tag, answer]) =>
    Effect.gen(function* () {
      const { at, ended } = yield* runGrant(grant(), [answer, tokens]);
      assert.strictEqual(ended, tag);
      assert.deepStrictEqual(at, [0]);
    }));

  it.effect.each<[string, ScriptedAnswer]>([
    ["temporarily_unavailable", refusal("temporarily_unavailable")],
    ["server_error", refusal("server_error")],
    ["a 429 with an error of its own", refusal("rate_limited", 429)],
  ])("takes %s for no answer", ([, answer]) =>
    Effect.gen(function* () {
      const { at, ended } = yield* runGrant(grant(), [answer, tokens]);
      assert.strictEqual(ended, "Granted");
      assert.lengthOf(at, 2);
    }));

  it.effect("stops when it is interrupted", () =>
    Effect.gen(function* () {
      const { layer, seen } = scriptedServer("hang", ["reset", "hang"]);
      const fiber = yield* Effect.forkChild(Effect.provide(grant(), layer));
      yield* TestClock.adjust(2_000);
      yield* Fiber.interrupt(fiber);
      yield* TestClock.adjust("1 hour");
      assert.lengthOf(seen, 2);
    }));
});

const sealing = Layer.effect(
  SealingKeys,
  Effect.map(generateKey(), (key) => ({ keys: [key] as const })),
).pipe(
  Layer.provideMerge(Layer.mergeAll(Aead.layerWebCrypto, Digest.layerWebCrypto)),
  Layer.provideMerge(SecureRandom.layerWebCrypto),
);

describe("start()", () => {
  it.effect("can be cancelled while it asks and while it waits", () =>
    Effect.gen(function* () {
      for (const answer of ["hang", "reset"] as const) {
        const { layer, seen } = scriptedServer("hang", [answer]);
        const running = yield* Effect.provide(ClientCredentials.start({ client }), layer);
        yield* TestClock.adjust(100);
        const path = answer === "hang" ? "trying.requesting" : "trying.backingOff";
        assert.strictEqual(yield* running.path, path);
        yield* running.send({ type: "cancel" });
        const error = yield* Effect.flip(
          Effect.flatMap(running.await, ClientCredentials.tokensOf),
        );
        assert.strictEqual(error.reason._tag, "Cancelled");
        yield* TestClock.adjust("1 hour");
        assert.lengthOf(seen, 1);
      }
    }));

  it.layer(sealing)((it) => {
    it.effect("goes on from a checkpoint, a request under way counted as unanswered", () =>
      Effect.gen(function* () {
        const definition = RefreshToken.flow({ client, refreshToken });
        const scope = yield* Scope.make();
        const running = yield* RefreshToken.start({ client, refreshToken }).pipe(
          Effect.provide(scriptedServer("hang", ["hang"]).layer),
          Scope.provide(scope),
        );
        yield* TestClock.adjust(100);
        const checkpoint = yield* running.checkpoint;
        assert.notInclude(JSON.stringify(checkpoint), "refresh-");
        const sealed = yield* seal(definition, checkpoint);
        yield* Scope.close(scope, Exit.void);
        const { layer, seen } = scriptedServer("hang", [granted]);
        const resumed = yield* resume(definition, yield* open(definition, sealed)).pipe(
          Effect.provide(layer),
        );
        assert.lengthOf(seen, 0);
        yield* TestClock.adjust(750);
        const { tokenType } = yield* Effect.flatMap(resumed.await, RefreshToken.tokensOf);
        assert.strictEqual(tokenType, "Bearer");
      }));
  });
});
