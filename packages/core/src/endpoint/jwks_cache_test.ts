import { assert, describe, it } from "@effect/vitest";
import { Cause, Effect, Exit, Fiber, Layer, Scope } from "effect";
import { TestClock } from "effect/testing";
import type { KeyQuery } from "../protocol/jwk.ts";
import { JwksCache, layer, type LayerOptions } from "./jwks_cache.ts";
import { answer, type Behaviour, broken, scripted } from "./testdata/scripted_client.ts";

const server = { issuer: "https://op.example.com", jwksUri: "https://op.example.com/jwks" };

function set(...keyIds: ReadonlyArray<string>): Behaviour {
  const x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
  return answer(200, { keys: keyIds.map((kid) => ({ kty: "OKP", crv: "Ed25519", x, kid })) });
}

const slow = (behaviour: Behaviour): Behaviour => (request) =>
  Effect.delay(behaviour(request), 1_000);

function query(keyId: string): KeyQuery {
  return { algorithm: "EdDSA", keyId };
}

const down = answer(503);

function world(behaviours: ReadonlyArray<Behaviour>, options?: LayerOptions) {
  const http = scripted(...behaviours);
  return { sent: http.sent, layer: layer(options).pipe(Layer.provide(http.layer)) };
}

/** How many keys of a name there are. */
const count = Effect.fnUntraced(function* (keyId: string, of = server) {
  const cache = yield* JwksCache;
  return (yield* cache.keysFor(of, query(keyId))).length;
});

const failureOf = (keyId: string) =>
  Effect.map(Effect.flip(count(keyId)), ({ reason }) => reason._tag);

describe("jwks_cache", () => {
  it.effect("keysFor() asks once while the keys are fresh", () => {
    const { layer, sent } = world([set("a", "b")]);
    return Effect.gen(function* () {
      for (const keyId of ["a", "b", "a"]) assert.strictEqual(yield* count(keyId), 1);
      yield* TestClock.adjust(599_999);
      assert.strictEqual(yield* count("a"), 1);
      assert.strictEqual(sent.length, 1);
      yield* TestClock.adjust(1);
      assert.strictEqual(yield* count("a"), 1);
      assert.strictEqual(sent.length, 2);
    }).pipe(Effect.provide(layer));
  });

  it.effect("keysFor() makes one request for a hundred who ask at once", () => {
    const { layer, sent } = world([slow(set("a"))]);
    return Effect.gen(function* () {
      const asking = yield* Effect.forkChild(
        Effect.all(Array.from({ length: 100 }, () => count("a")), { concurrency: "unbounded" }),
      );
      yield* TestClock.adjust(1_000);
      assert.deepStrictEqual(yield* Fiber.join(asking), Array.from({ length: 100 }, () => 1));
      assert.strictEqual(sent.length, 1);
    }).pipe(Effect.provide(layer));
  });

  it.effect("keysFor() finds a key that was added, by one request for all who ask", () => {
    const { layer, sent } = world([set("a"), slow(set("a", "b"))]);
    return Effect.gen(function* () {
      yield* count("a");
      yield* TestClock.adjust(30_000);
      const asking = yield* Effect.forkChild(
        Effect.all(Array.from({ length: 100 }, () => count("b")), { concurrency: "unbounded" }),
      );
      yield* TestClock.adjust(1_000);
      assert.deepStrictEqual(yield* Fiber.join(asking), Array.from({ length: 100 }, () => 1));
      assert.strictEqual(sent.length, 2);
    }).pipe(Effect.provide(layer));
  });

  it.effect("keysFor() asks for unknown keys at most once in a cooldown", () => {
    const { layer, sent } = world([set("a")]);
    return Effect.gen(function* () {
      yield* count("a");
      for (let step = 0; step < 300; step++) {
        assert.strictEqual(yield* count(`unknown-${step}`), 0);
        yield* TestClock.adjust(1_000);
      }
      assert.strictEqual(sent.length, 10);
    }).pipe(Effect.provide(layer));
  });

  it.effect("keysFor() keeps the old keys while the server does not answer, and asks seldom", () => {
    const { layer, sent } = world([set("a"), down], { staleMillis: 3_600_000 });
    return Effect.gen(function* () {
      yield* count("a");
      yield* TestClock.adjust(600_000);
      for (let step = 0; step < 60; step++) {
        assert.strictEqual(yield* count("a"), 1);
        yield* TestClock.adjust(1_000);
      }
      assert.strictEqual(sent.length, 3);
      yield* TestClock.adjust(3_600_000 - 60_001);
      assert.strictEqual(yield* count("a"), 1);
      yield* TestClock.adjust(1);
      assert.strictEqual(yield* failureOf("a"), "Unavailable");
    }).pipe(Effect.provide(layer));
  });

  for (
    const [name, hostile] of [
      ["no key set", answer(200, {})],
      ["an error with keys", answer(500, { keys: [] })],
      ["nonsense", answer(200, "<html>")],
      ["10 MB", answer(200, "x".repeat(10_000_000))],
      ["a broken connection", broken({ code: "ECONNRESET" })],
    ] as const
  ) {
    it.effect(`keysFor() keeps the old keys over ${name}`, () => {
      const { layer } = world([set("a"), hostile]);
      return Effect.gen(function* () {
        yield* count("a");
        yield* TestClock.adjust(600_000);
        assert.strictEqual(yield* count("a"), 1);
      }).pipe(Effect.provide(layer));
    });
  }

  for (
    const [name, body] of [
      ["an empty set", { keys: [] }],
      ["a set of weak keys", { keys: [{ kty: "RSA", n: "AQAB", e: "AQAB" }] }],
    ] as const
  ) {
    it.effect(`keysFor() uses no old key after ${name}, until there is another`, () => {
      const { layer, sent } = world([set("a"), answer(200, body), down, set("b")]);
      return Effect.gen(function* () {
        yield* count("a");
        yield* TestClock.adjust(600_000);
        assert.strictEqual(yield* failureOf("a"), "Malformed");
        assert.strictEqual(yield* failureOf("a"), "Malformed");
        assert.strictEqual(sent.length, 2);
        yield* TestClock.adjust(2_000);
        assert.strictEqual(yield* failureOf("a"), "Unavailable");
        yield* TestClock.adjust(2_000);
        assert.strictEqual(yield* count("a"), 0);
        assert.strictEqual(yield* count("b"), 1);
      }).pipe(Effect.provide(layer));
    });
  }

  it.effect("keysFor() drops a key that the server took back", () => {
    const { layer } = world([set("a", "b"), set("b")]);
    return Effect.gen(function* () {
      assert.strictEqual(yield* count("a"), 1);
      yield* TestClock.adjust(600_000);
      assert.strictEqual(yield* count("a"), 0);
    }).pipe(Effect.provide(layer));
  });

  it.effect("keysFor() tells that it could not look for an unknown key, until it could", () => {
    const { layer, sent } = world([set("a"), down, set("a", "b")]);
    return Effect.gen(function* () {
      yield* count("a");
      yield* TestClock.adjust(30_000);
      assert.strictEqual(yield* failureOf("b"), "Unavailable");
      assert.strictEqual(yield* failureOf("b"), "Unavailable");
      assert.strictEqual(yield* count("a"), 1);
      assert.strictEqual(sent.length, 2);
      yield* TestClock.adjust(30_000);
      assert.strictEqual(yield* count("b"), 1);
    }).pipe(Effect.provide(layer));
  });

  it.effect("keysFor() keeps a first failure for two seconds, however many tokens come", () => {
    const { layer, sent } = world([down, set("a")]);
    return Effect.gen(function* () {
      for (let step = 0; step < 100; step++) {
        assert.strictEqual(yield* failureOf(`unknown-${step}`), "Unavailable");
      }
      yield* TestClock.adjust(1_999);
      assert.strictEqual(yield* failureOf("a"), "Unavailable");
      assert.strictEqual(sent.length, 1);
      yield* TestClock.adjust(1);
      assert.strictEqual(yield* count("a"), 1);
    }).pipe(Effect.provide(layer));
  });

  for (const isLate of [false, true]) {
    const when = isLate ? "was closed" : "closes meanwhile";
    it.effect(`keysFor() ends where the scope of its layer ${when}`, () =>
      Effect.gen(function* () {
        const { layer, sent } = world([() => Effect.never]);
        const scope = yield* Scope.make();
        const context = yield* Layer.buildWithScope(layer, scope);
        if (isLate) yield* Scope.close(scope, Exit.void);
        const asking = yield* Effect.forEach(
          ["a", "b"],
          (keyId) => Effect.forkChild(Effect.exit(Effect.provide(count(keyId), context))),
        );
        yield* TestClock.adjust(1);
        assert.strictEqual(sent.length, isLate ? 0 : 1);
        yield* Scope.close(scope, Exit.void);
        yield* TestClock.adjust(1);
        for (const fiber of asking) {
          const exit = fiber.pollUnsafe();
          assert.isTrue(exit !== undefined && Exit.isSuccess(exit) && Exit.isFailure(exit.value));
        }
      }));
  }

  it.effect("keysFor() goes on for the others when who asked first gives up", () => {
    const { layer, sent } = world([slow(set("a"))]);
    return Effect.gen(function* () {
      const first = yield* Effect.forkChild(count("a"));
      yield* TestClock.adjust(500);
      const second = yield* Effect.forkChild(count("a"));
      yield* TestClock.adjust(1);
      yield* Fiber.interrupt(first);
      yield* TestClock.adjust(500);
      assert.strictEqual(yield* Fiber.join(second), 1);
      assert.strictEqual(sent.length, 1);
    }).pipe(Effect.provide(layer));
  });

  it.effect("keysFor() asks again where the clock was set back", () => {
    const { layer, sent } = world([set("a")]);
    return Effect.gen(function* () {
      yield* TestClock.setTime(1_000_000);
      yield* count("a");
      yield* TestClock.setTime(0);
      assert.strictEqual(yield* count("a"), 1);
      assert.strictEqual(sent.length, 2);
    }).pipe(Effect.provide(layer));
  });

  it.effect("keysFor() keeps servers apart, and no more of them than it may", () => {
    const { layer, sent } = world([set("a"), set("b")], { maxSets: 1 });
    const other = { issuer: "https://other.example", jwksUri: "https://other.example/jwks" };
    return Effect.gen(function* () {
      assert.strictEqual(yield* count("a"), 1);
      assert.strictEqual(yield* count("a", other), 0);
      assert.strictEqual(yield* count("b", other), 1);
      yield* count("b");
      assert.deepStrictEqual(sent.map(({ url }) => new URL(url).host), [
        "op.example.com",
        "other.example",
        "op.example.com",
      ]);
    }).pipe(Effect.provide(layer));
  });

  it.effect("keysFor() drops the set that was not asked for longest", () => {
    const { layer, sent } = world([set("a")], { maxSets: 2 });
    const others = Array.from({ length: 20 }, (_, at) => `https://${at}.example`);
    return Effect.gen(function* () {
      for (const issuer of others) {
        assert.strictEqual(yield* count("a"), 1);
        yield* count("a", { issuer, jwksUri: `${issuer}/jwks` });
      }
      assert.lengthOf(sent.filter(({ url }) => url === server.jwksUri), 1);
      assert.lengthOf(sent, 21);
    }).pipe(Effect.provide(layer));
  });

  for (const lifetimeMillis of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
    it.effect(`layer() takes a lifetime of ${lifetimeMillis} for a defect`, () =>
      Effect.gen(function* () {
        const { layer } = world([set("a")], { lifetimeMillis });
        const exit = yield* Effect.exit(Effect.provide(count("a"), layer));
        assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause));
      }));
  }
});
