import { assert, describe, it } from "@effect/vitest";
import { Effect, Exit, Fiber, Queue, Redacted, Stream } from "effect";
import { TestClock } from "effect/testing";
import { fromUrl } from "../protocol/authorization_response.ts";
import { authorize, type Callback } from "./authorization_code.ts";
import {
  callbackTo,
  granted,
  instant,
  options,
  redirectUri,
  tokenServer,
} from "./testdata/code_server.ts";

type Answer = Callback["answer"];

/** A running login, and the means to bring callbacks to it that answer as they are told. */
const begun = Effect.fnUntraced(function* () {
  const callbacks = yield* Queue.unbounded<Callback>();
  let shown = Redacted.make("none");
  const fiber = yield* Effect.forkChild(
    authorize({
      ...options,
      onAuthorizationUrl: ({ url }) => Effect.sync(() => void (shown = url)),
      callbacks: Stream.fromQueue(callbacks),
    }).pipe(Effect.provide([tokenServer(granted).layer, instant])),
  );
  yield* TestClock.adjust(1);
  const come = Effect.fnUntraced(function* (url: string, answer?: Answer) {
    yield* Queue.offer(callbacks, { parameters: fromUrl(url), answer });
    yield* TestClock.adjust(1);
  });
  return { fiber, come, ours: callbackTo(shown), forged: `${redirectUri}?code=x&state=forged` };
});

/** An answer that nobody takes, and what became of it. */
function stuck() {
  const interrupted: Array<string> = [];
  const answer: Answer = ({ _tag }) =>
    Effect.onInterrupt(Effect.never, () => Effect.sync(() => void interrupted.push(_tag)));
  return { answer, interrupted };
}

describe("authorize()", () => {
  it.effect("waits for a browser that does not take its answer for five seconds in all", () =>
    Effect.gen(function* () {
      const { come, fiber, ours } = yield* begun();
      const { answer, interrupted } = stuck();
      const told: Array<string> = [];
      for (const each of [answer, answer]) yield* come(ours, each);
      yield* come(ours, ({ _tag }) => Effect.sync(() => void told.push(_tag)));
      yield* TestClock.adjust(4_990);
      assert.isUndefined(fiber.pollUnsafe());
      yield* TestClock.adjust(10);
      assert.strictEqual((yield* Fiber.join(fiber)).tokens.tokenType, "Bearer");
      assert.strictEqual(interrupted[0], "Authorized");
      assert.notInclude([...interrupted, ...told], "NotOurs");
    }));

  it.effect("can be interrupted while a verdict is being told", () =>
    Effect.gen(function* () {
      const { come, fiber, ours } = yield* begun();
      const { answer, interrupted } = stuck();
      yield* come(ours, answer);
      assert.isUndefined(fiber.pollUnsafe());
      yield* Fiber.interrupt(fiber);
      assert.deepStrictEqual(interrupted, ["Authorized"]);
      assert.isTrue(Exit.hasInterrupts(yield* Fiber.await(fiber)));
    }));

  it.effect("goes on listening while strangers do not take their answers", () =>
    Effect.gen(function* () {
      const { come, fiber, forged, ours } = yield* begun();
      const { answer, interrupted } = stuck();
      for (let stranger = 0; stranger < 40; stranger++) yield* come(forged, answer);
      yield* come(ours);
      assert.isTrue(Exit.isSuccess(yield* Fiber.await(fiber)));
      assert.deepStrictEqual(interrupted, Array.from({ length: 40 }, () => "NotOurs"));
    }));

  it.effect("leaves a stranger after five seconds, and listens on", () =>
    Effect.gen(function* () {
      const { come, fiber, forged } = yield* begun();
      const { answer, interrupted } = stuck();
      yield* come(forged, answer);
      yield* TestClock.adjust(4_998);
      assert.deepStrictEqual(interrupted, []);
      yield* TestClock.adjust(1);
      assert.deepStrictEqual(interrupted, ["NotOurs"]);
      assert.isUndefined(fiber.pollUnsafe());
    }));

  it.effect("ends with the defect of an answer, whomever it is for", () =>
    Effect.gen(function* () {
      for (const whose of ["ours", "forged"] as const) {
        const { come, fiber, ...urls } = yield* begun();
        yield* come(urls[whose], () => Effect.die("no page"));
        assert.isTrue(Exit.hasDies(yield* Fiber.await(fiber)), whose);
      }
    }));
});
