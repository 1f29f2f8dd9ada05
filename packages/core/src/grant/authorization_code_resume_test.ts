import { assert, describe, it } from "@effect/vitest";
import { Effect, Exit, Option, Redacted, Scope, Stream } from "effect";
import { TestClock } from "effect/testing";
import { open, seal } from "../flow/checkpoint.ts";
import { fromUrl } from "../protocol/authorization_response.ts";
import { flow, outcomeOf, resume, start } from "./authorization_code.ts";
import {
  callbackTo,
  client,
  granted,
  instant,
  options,
  process,
  SECRETS,
  tokenServer,
} from "./testdata/code_server.ts";

describe("start()", () => {
  it.effect.each<[string, number]>([["awaitingCallback.waiting", 0], ["redeeming", 1]])(
    "can be cancelled while %s",
    ([path, callbacks]) =>
      Effect.gen(function* () {
        const server = tokenServer("hang");
        const running = yield* Effect.provide(start(options), [server.layer, instant]);
        const { url } = Option.getOrThrow(yield* Stream.runHead(running.emitted));
        const parameters = fromUrl(callbackTo(url));
        if (callbacks > 0) yield* running.send({ type: "callback", parameters });
        yield* TestClock.adjust(1);
        assert.strictEqual(yield* running.path, path);
        yield* running.send({ type: "cancel" });
        const error = yield* Effect.flip(Effect.flatMap(running.await, outcomeOf));
        assert.strictEqual(error.reason._tag, "Cancelled");
      }),
  );

  it.effect("gives no checkpoint once the code is on its way", () =>
    Effect.gen(function* () {
      const running = yield* Effect.provide(start(options), [tokenServer("hang").layer, instant]);
      const { url } = Option.getOrThrow(yield* Stream.runHead(running.emitted));
      yield* running.send({ type: "callback", parameters: fromUrl(callbackTo(url)) });
      const error = yield* Effect.flip(running.checkpoint);
      assert.strictEqual(error.reason._tag, "OperationUnderWay");
    }));
});

describe("resume()", () => {
  it.layer(process)((it) => {
    /** A flow that waits, sealed, and its URL. The process that began it is gone. */
    const waiting = Effect.fnUntraced(function* () {
      const scope = yield* Scope.make();
      const running = yield* start(options).pipe(
        Effect.provide(tokenServer().layer),
        Scope.provide(scope),
      );
      const { url } = Option.getOrThrow(yield* Stream.runHead(running.emitted));
      const sealed = yield* seal(flow(options), yield* running.checkpoint);
      yield* Scope.close(scope, Exit.void);
      return { url, sealed };
    });

    it.effect("goes on in another process with the same verifier, and to the same end", () =>
      Effect.gen(function* () {
        const { sealed, url } = yield* waiting();
        yield* TestClock.adjust("9 minutes");
        const server = tokenServer(granted);
        const running = yield* resume(options, yield* open(flow(options), sealed)).pipe(
          Effect.provide(server.layer),
        );
        assert.strictEqual(yield* running.path, "awaitingCallback.waiting");
        yield* running.send({ type: "callback", parameters: fromUrl(callbackTo(url)) });
        const { tokens } = yield* Effect.flatMap(running.await, outcomeOf);
        assert.strictEqual(Redacted.value(tokens.accessToken), SECRETS.accessToken);
        assert.lengthOf(server.seen, 1);
      }));

    it.effect("ends as Expired when the lifetime passed meanwhile", () =>
      Effect.gen(function* () {
        const { sealed } = yield* waiting();
        yield* TestClock.adjust("10 minutes");
        const running = yield* resume(options, yield* open(flow(options), sealed)).pipe(
          Effect.provide(tokenServer().layer),
        );
        const error = yield* Effect.flip(Effect.flatMap(running.await, outcomeOf));
        assert.strictEqual(error.reason._tag, "Expired");
      }));

    it.effect("refuses another client, another server and another version of the chart", () =>
      Effect.gen(function* () {
        const { sealed } = yield* waiting();
        const checkpoint = yield* open(flow(options), sealed);
        const other = { ...client.server, issuer: "https://other.example.com" };
        const refusals = [
          resume({ ...options, client: { ...client, clientId: "other" } }, checkpoint),
          resume({ ...options, client: { ...client, server: other } }, checkpoint),
          resume(options, { ...checkpoint, chartVersion: "0" }),
          resume(options, { ...checkpoint, chart: "deviceAuthorization" }),
        ];
        const tags: Array<string> = [];
        for (const refusal of refusals) {
          const error = yield* Effect.flip(Effect.provide(refusal, tokenServer().layer));
          tags.push(error.reason._tag);
        }
        assert.deepStrictEqual(tags, ["OtherClient", "OtherClient", "OtherVersion", "OtherChart"]);
      }));
  });
});
