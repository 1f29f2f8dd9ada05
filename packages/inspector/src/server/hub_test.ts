import { assert, describe, it } from "@effect/vitest";
import { Effect, Fiber, Redacted } from "effect";
import type { Observation } from "@bellhop/core/protocol/observation";
import { LineRing } from "./_line_ring.ts";
import { type Hub, make } from "./hub.ts";
import type { Batch } from "./subscription.ts";

function started(flowId: string, context: unknown = {}): Observation {
  return {
    type: "flow.started",
    flowId,
    seq: 0,
    at: 1_000,
    chart: "deviceAuthorization",
    chartVersion: "1",
    path: "requestingDeviceCode",
    resumed: false,
    context,
  };
}

function emitted(flowId: string, event = "user_code"): Observation {
  return { type: "flow.emitted", flowId, seq: 1, at: 1_001, event };
}

function ended(flowId: string): Observation {
  return { type: "flow.ended", flowId, seq: 2, at: 1_002, path: "authorized", outcome: "done" };
}

function requested(
  at: number,
  status: number | undefined = 200,
  outcome: "ok" | "failed" = "ok",
): Observation {
  const request = { key: "work", method: "GET", url: "https://api.example.com/", isReplay: false };
  const answer = outcome === "ok" ? { status } : {};
  return { type: "api.exchange", at, ...request, ...answer, outcome, durationMillis: 0 };
}

function see(hub: Hub, ...observations: ReadonlyArray<Observation>): void {
  for (const observation of observations) hub.observer.observe(observation);
}

function numbersOf(batch: Batch | undefined): ReadonlyArray<number> {
  return batch?.lines.map(({ seq }) => seq) ?? [];
}

/** Everything that is there, read by somebody who knows the lines up to `after`. */
function all(hub: Hub, after?: number): Effect.Effect<readonly [number, ReadonlyArray<number>]> {
  return Effect.gen(function* () {
    const { take } = yield* hub.subscribe({ after, isFinite: true });
    const numbers: Array<number> = [];
    let dropped = 0;
    for (let batch = yield* take; batch !== undefined; batch = yield* take) {
      dropped += batch.dropped;
      numbers.push(...numbersOf(batch));
    }
    return [dropped, numbers] as const;
  }).pipe(Effect.scoped);
}

const bounds = { maxLines: 10, maxSize: 1_000_000, maxRequests: 10 };

describe("make()", () => {
  it.effect("numbers lines anew, and gives each its header's name", () =>
    Effect.gen(function* () {
      const hub = make({ name: "login" });
      assert.deepStrictEqual(hub.header, {
        type: "recording",
        format: 1,
        source: "program",
        name: "login",
      });
      hub.record({ seq: 7, at: 1, type: "process.started", process: "a" });
      hub.record({ seq: 9, at: 2, type: "process.ended", process: "a" });
      const { take } = yield* hub.subscribe();
      const batch = yield* take;
      assert.deepStrictEqual(batch?.lines.map(({ json }) => JSON.parse(json)), [
        { seq: 0, at: 1, type: "process.started", process: "a" },
        { seq: 1, at: 2, type: "process.ended", process: "a" },
      ]);
    }));

  it.effect("shows no secret", () =>
    Effect.gen(function* () {
      const hub = make();
      see(
        hub,
        started("a", {
          deviceCode: Redacted.make("planted-1"),
          access_token: "planted-2",
          failure: Object.assign(new Error("no"), { body: "planted-3" }),
        }),
      );
      const { take } = yield* hub.subscribe();
      const [line] = (yield* take)?.lines ?? [];
      assert.notInclude(line?.json, "planted");
      assert.include(line?.json, "requestingDeviceCode");
    }));

  it.effect("keeps what a program's context cannot be read of from ending anything", () =>
    Effect.gen(function* () {
      const hub = make();
      const context = {
        get broken(): string {
          throw new Error("planted");
        },
      };
      see(hub, started("a", context), ended("a"));
      const { take } = yield* hub.subscribe();
      const batch = yield* take;
      assert.deepStrictEqual(numbersOf(batch), [0, 1]);
      assert.notInclude(batch?.lines[0]?.json, "planted");
    }));
});

describe("subscribe()", () => {
  it.effect("waits for lines, and ends when the hub is closed and all was read", () =>
    Effect.gen(function* () {
      const hub = make();
      const { take } = yield* hub.subscribe();
      const fiber = yield* Effect.forkChild(take, { startImmediately: true });
      see(hub, started("a"));
      assert.deepStrictEqual(numbersOf(yield* Fiber.join(fiber)), [0]);
      see(hub, ended("a"));
      yield* hub.close;
      see(hub, started("b"));
      assert.deepStrictEqual(numbersOf(yield* take), [1]);
      assert.isUndefined(yield* take);
    }));

  it.effect("goes on after the last line that is known, and begins anew where that is none", () =>
    Effect.gen(function* () {
      const hub = make();
      see(hub, started("a"), emitted("a"), ended("a"));
      assert.deepStrictEqual(yield* all(hub, 0), [0, [1, 2]]);
      assert.deepStrictEqual(yield* all(hub, 2), [0, []]);
      assert.deepStrictEqual(yield* all(hub, 3), [0, [0, 1, 2]]);
    }));

  it.effect("tells how many lines are gone, and begins with the flows that still run", () =>
    Effect.gen(function* () {
      const hub = make({ maxLines: 4 });
      see(hub, started("a"), started("b"), emitted("a"), emitted("b"), emitted("a"));
      assert.deepStrictEqual(yield* all(hub), [1, [0, 1, 3, 4]]);
      see(hub, ended("a"), emitted("b"));
      assert.deepStrictEqual(yield* all(hub), [3, [1, 4, 5, 6]]);
      see(hub, ended("b"));
      assert.deepStrictEqual(yield* all(hub), [4, [4, 5, 6, 7]]);
      assert.deepStrictEqual(yield* all(hub, 5), [0, [6, 7]]);
    }));

  it.effect("tells a slow reader what it missed, and never holds anything up for it", () =>
    Effect.gen(function* () {
      const hub = make({ maxLines: 10 });
      const { take } = yield* hub.subscribe();
      see(hub, started("a"), emitted("a"));
      assert.deepStrictEqual(numbersOf(yield* take), [0, 1]);
      for (let i = 0; i < 100; i++) see(hub, emitted("a"));
      const batch = yield* take;
      assert.strictEqual(batch?.dropped, 91);
      assert.deepStrictEqual(numbersOf(batch), [93, 94, 95, 96, 97, 98, 99, 100, 101]);
    }));

  const typesOf = (hub: Hub) =>
    Effect.gen(function* () {
      const { take } = yield* hub.subscribe({ isFinite: true });
      const { lines = [] } = (yield* take) ?? {};
      return lines.map(({ json }) => {
        const { observation, type, count } = JSON.parse(json);
        return observation === undefined ? `${type} ${count}` : `${observation.status}`;
      });
    }).pipe(Effect.scoped);

  it.effect("counts requests that went well once they are many a second, and tells all others", () =>
    Effect.gen(function* () {
      const hub = make({ maxRequests: 2 });
      see(hub, requested(1), requested(2), requested(999), requested(3, 500), requested(4, 302));
      see(hub, requested(5, undefined, "failed"), requested(6), requested(1_000), requested(1_001));
      const told = ["200", "200", "500", "302", "undefined", "200", "200"];
      assert.deepStrictEqual(yield* typesOf(hub), [...told, "skipped 2"]);
      assert.deepStrictEqual(yield* typesOf(hub), [...told, "skipped 2"]);
      see(hub, requested(1_500), requested(1_600));
      yield* hub.close;
      assert.deepStrictEqual(yield* typesOf(hub), [...told, "skipped 2", "skipped 2"]);
      const few = make();
      for (let i = 0; i < 1_000; i++) see(few, requested(i * 5));
      assert.lengthOf(yield* typesOf(few), 512);
      assert.deepStrictEqual((yield* all(few))[1].at(-1), 999);
    }));

  it.effect("tells who watches of what was left out, at once and then by and by", () =>
    Effect.gen(function* () {
      const hub = make({ maxRequests: 1 });
      const { take } = yield* hub.subscribe();
      const next = Effect.map(
        take,
        (batch) => batch?.lines.map(({ json }) => JSON.parse(json).count ?? "request"),
      );
      see(hub, requested(1));
      assert.deepStrictEqual(yield* next, ["request"]);
      const waiting = yield* Effect.forkChild(next, { startImmediately: true });
      yield* hub.delivered;
      see(hub, requested(2), requested(3), requested(4));
      assert.deepStrictEqual(yield* Fiber.join(waiting), [1]);
      assert.deepStrictEqual(yield* next, [2]);
      see(hub, requested(5), requested(6), requested(7));
      assert.deepStrictEqual(yield* next, [3]);
      const late = yield* Effect.forkChild(hub.delivered, { startImmediately: true });
      see(hub, requested(8));
      assert.deepStrictEqual(yield* next, [1]);
      assert.isUndefined(late.pollUnsafe());
      yield* hub.close;
      assert.isUndefined(yield* take);
      yield* Fiber.join(late);
    }));

  it.effect("keeps within its size, and with more flows than there is room for", () =>
    Effect.gen(function* () {
      const small = make({ maxSize: 10_000 });
      const text = "x".repeat(900);
      for (let i = 0; i < 100; i++) see(small, started("a", { text }), ended("a"));
      const [dropped, numbers] = yield* all(small);
      assert.strictEqual(dropped + numbers.length, 200);
      assert.isAtMost(numbers.length, 20);
      const many = make({ maxLines: 10 });
      for (let i = 0; i < 1_000; i++) see(many, started(`flow ${i}`));
      see(many, emitted("flow 999"));
      const [, kept] = yield* all(many);
      assert.lengthOf(kept, 10);
      assert.strictEqual(kept.at(-1), 1_000);
    }));

  const text = "x".repeat(1_000_000);
  const numbers = Array.from({ length: 100_000 }, (_, i) => i);
  let deep: unknown = numbers;
  for (let i = 0; i < 40; i++) deep = { deep };
  const hostile: Readonly<Record<string, unknown>> = {
    "a long text": { text },
    "a long secret": { token: Redacted.make(text) },
    "a long name": { [text]: 1 },
    "many members": Object.fromEntries(numbers.map((i) => [`m${i}`, i])),
    "many members in many": { a: { b: Object.fromEntries(numbers.map((i) => [`m${i}`, i])) } },
    "many items": numbers,
    "what lies deep": deep,
    "a Map": new Map(numbers.map((i) => [i, text])),
    "a Set": new Set(numbers),
    "a buffer": new Uint8Array(1_000_000),
    "a large number": 1n << 100_000n,
    "an error's cause": new Error("no", { cause: text }),
    "a function": () => text,
  };
  for (const [name, context] of Object.entries(hostile)) {
    it(`does not keep ${name} as it came`, () => {
      const ring = new LineRing(bounds);
      ring.see(started("a", context));
      const kept = ring.at(0);
      assert.isUndefined(kept?.observation);
      assert.strictEqual(kept?.size, kept?.json?.length);
      assert.isBelow(ring.size, 100_000);
    });
  }

  it("keeps what is small as it came, and guesses its size", () => {
    const ring = new LineRing(bounds);
    const context = {
      issuer: "https://as.example.com",
      scope: ["openid", "profile"],
      tokens: { accessToken: Redacted.make("planted"), expiresInSeconds: 3_600 },
      lastError: undefined,
      isPatient: true,
    };
    const observation = started("a", context);
    ring.see(observation);
    const kept = ring.at(0);
    assert.strictEqual(kept?.observation, observation);
    const guess = ring.size;
    assert.approximately(guess, kept === undefined ? 0 : ring.json(kept).length, guess / 4);
    assert.isUndefined(kept?.observation);
  });

  it.effect("keeps ids of a span, and not what its program put there", () =>
    Effect.gen(function* () {
      const ring = new LineRing(bounds);
      const see = Effect.sync(() => ring.see(emitted("a")));
      yield* Effect.withSpan(see, "login", { attributes: { text } });
      const span = ring.at(0)?.span;
      assert.hasAllKeys(span, ["traceId", "spanId"]);
    }));

  it.effect("gives many lines in batches of a bounded size", () =>
    Effect.gen(function* () {
      const hub = make();
      for (let i = 0; i < 2_000; i++) see(hub, emitted("a"));
      const { take } = yield* hub.subscribe();
      const sizes = [yield* take, yield* take].map((batch) => [batch?.made, batch?.lines.length]);
      assert.deepStrictEqual(sizes, [[512, 512], [512, 512]]);
      const other = yield* hub.subscribe();
      const known = yield* other.take;
      assert.deepStrictEqual([known?.made, known?.lines.length], [512, 1_536]);
    }));
});

describe("delivered", () => {
  it.effect("waits until all who watch have read all there is", () =>
    Effect.gen(function* () {
      const hub = make();
      yield* hub.delivered;
      const { take } = yield* hub.subscribe();
      see(hub, started("a"));
      const waiting = yield* Effect.forkChild(hub.delivered, { startImmediately: true });
      yield* take;
      assert.isUndefined(waiting.pollUnsafe());
      const next = yield* Effect.forkChild(take, { startImmediately: true });
      yield* Fiber.join(waiting);
      yield* Fiber.interrupt(next);
      assert.strictEqual(yield* hub.watchers, 1);
    }).pipe(Effect.scoped));
});
