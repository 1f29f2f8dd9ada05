import { assert, describe, it } from "@effect/vitest";
import { Effect, Exit, Redacted, Stream } from "effect";
import { layerTest, Session } from "./session_service.ts";

const rejected = Redacted.make("another");

describe("layerTest()", () => {
  it.layer(layerTest("a-token"))((it) => {
    it.effect("gives the token whatever is asked for, and at once", () =>
      Effect.gen(function* () {
        const session = yield* Session;
        const asked = session.token({ scope: ["read"], minTtlMillis: 1e12 });
        assert.isTrue(Exit.isExit(asked));
        for (const effect of [session.token(), asked, session.replace(rejected)]) {
          const { accessToken, refreshToken } = yield* effect;
          assert.strictEqual(Redacted.value(accessToken), "a-token");
          assert.isUndefined(refreshToken);
        }
      }));

    it.effect("takes a login and a revocation, and stays fresh", () =>
      Effect.gen(function* () {
        const session = yield* Session;
        yield* session.signIn(yield* session.token());
        assert.deepStrictEqual(yield* session.revoke(), { untold: [] });
        const states = yield* Stream.runCollect(session.changes);
        assert.deepStrictEqual(states.map(({ name }) => name), ["fresh"]);
        assert.strictEqual((yield* session.state).name, "fresh");
      }));
  });
});
