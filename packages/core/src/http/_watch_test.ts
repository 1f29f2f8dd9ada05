import { assert, describe, it } from "@effect/vitest";
import { Effect, Fiber } from "effect";
import { TestClock } from "effect/testing";
import { answer, type Behaviour, broken, scripted } from "../endpoint/testdata/scripted_client.ts";
import { type Observation, Observer } from "../protocol/observation.ts";
import * as SessionClient from "./session_client.ts";
import * as SessionFetch from "./session_fetch.ts";
import { scriptedSession } from "./testdata/scripted_session.ts";

const origins = ["https://api.example.com"];
const url = "https://u:p@api.example.com/users/first?token=first#first";
const plain = "https://api.example.com/me";

function observing(): { readonly seen: Array<Observation>; readonly observer: Observer } {
  const seen: Array<Observation> = [];
  return { seen, observer: { observe: (observation) => void seen.push(observation) } };
}

const slow = (behaviour: Behaviour): Behaviour => (request) =>
  Effect.delay(behaviour(request), "2 seconds");

/** Sends one request over a scripted client, and gives what was observed. */
const observed = Effect.fnUntraced(function* (to: string, ...behaviours: ReadonlyArray<Behaviour>) {
  const { seen, observer } = observing();
  const { client } = scripted(...behaviours);
  const carrying = yield* SessionClient.make(client, scriptedSession().session, { origins });
  const fiber = yield* Effect.forkChild(
    Effect.exit(Effect.provideService(carrying.get(to), Observer, observer)),
  );
  yield* TestClock.adjust("1 second");
  return { seen, fiber };
});

const exchange = {
  type: "api.exchange",
  at: 0,
  key: "work",
  method: "GET",
  url: plain,
  durationMillis: 0,
  isReplay: false,
} as const;

describe("an observer of a client that carries a session", () => {
  it.effect("is told of an answer, with the time to its head", () =>
    Effect.gen(function* () {
      const { seen, fiber } = yield* observed(plain, slow(answer(204)));
      assert.deepStrictEqual(seen, []);
      yield* TestClock.adjust("1 second");
      yield* Fiber.join(fiber);
      assert.deepStrictEqual(seen, [
        { ...exchange, status: 204, outcome: "ok", durationMillis: 2_000 },
      ]);
    }));

  it.effect("is told of both sendings around a 401", () =>
    Effect.gen(function* () {
      const { seen } = yield* observed(plain, answer(401), answer(200));
      assert.deepStrictEqual(seen, [
        { ...exchange, status: 401, outcome: "ok" },
        { ...exchange, status: 200, outcome: "ok", isReplay: true },
      ]);
    }));

  it.effect("is told of no answer, and of a caller who did not wait for it", () =>
    Effect.gen(function* () {
      const failed = yield* observed(plain, broken(new Error("reset")));
      assert.deepStrictEqual(failed.seen, [{ ...exchange, outcome: "failed" }]);
      const left = yield* observed(plain, slow(answer(200)));
      yield* Fiber.interrupt(left.fiber);
      assert.deepStrictEqual(left.seen, [
        { ...exchange, at: 1_000, outcome: "interrupted", durationMillis: 1_000 },
      ]);
    }));

  it.effect("is not told of query, user, fragment, nor of a token that is part of a path", () =>
    Effect.gen(function* () {
      const { seen } = yield* observed(url.replace("u:p@", ""), answer(200));
      const urls = seen.map((each) => "url" in each ? each.url : "");
      assert.match(urls.join(" "), /^https:\/\/api\.example\.com\/users\/<[^?#]*>$/);
    }));

  it.effect("is told of each of many URLs, of those that come again without another's query", () =>
    Effect.gen(function* () {
      const { seen, observer } = observing();
      const { client } = scripted(answer(200));
      const carrying = yield* SessionClient.make(client, scriptedSession().session, { origins });
      const paths = Array.from(
        { length: 600 },
        (_, i) => `https://api.example.com/items/${i % 300}`,
      );
      for (const [i, path] of paths.entries()) {
        yield* Effect.provideService(carrying.get(`${path}?secret=${i}`), Observer, observer);
      }
      assert.deepStrictEqual(seen.map((each) => "url" in each ? each.url : ""), paths);
    }));

  it.effect("is not told of a token in a path that was told of while there was another token", () =>
    Effect.gen(function* () {
      const { seen } = yield* observed(`${origins[0]}/users/second`, answer(401), answer(200));
      const urls = seen.map((each) => "url" in each ? each.url : "");
      assert.deepStrictEqual(urls, [
        `${origins[0]}/users/second`,
        `${origins[0]}/users/<redacted>`,
      ]);
    }));

  it.effect("is not told of requests that carry no token", () =>
    Effect.gen(function* () {
      const { seen } = yield* observed("https://elsewhere.example/", answer(200));
      assert.deepStrictEqual(seen, []);
    }));
});

describe("an observer of a fetch that carries a session", () => {
  const fetching = Effect.fnUntraced(function* (fetch: SessionFetch.Fetch) {
    const { seen, observer } = observing();
    const carrying = yield* SessionFetch.make(scriptedSession().session, { origins, fetch }).pipe(
      Effect.provideService(Observer, observer),
    );
    return { seen, carrying };
  });

  it.effect("is told of both sendings around a 401, by the method of either form", () =>
    Effect.gen(function* () {
      const statuses = [401, 200, 202];
      const { seen, carrying } = yield* fetching(() =>
        Promise.resolve(new Response("", { status: statuses.shift() ?? 500 }))
      );
      yield* Effect.promise(() => carrying(plain, { method: "delete" }));
      yield* Effect.promise(() => carrying(new Request(plain, { method: "PUT" })));
      assert.deepStrictEqual(seen, [
        { ...exchange, method: "DELETE", status: 401, outcome: "ok" },
        { ...exchange, method: "DELETE", status: 200, outcome: "ok", isReplay: true },
        { ...exchange, method: "PUT", status: 202, outcome: "ok" },
      ]);
    }));

  it.effect("is told of no answer, and of a caller who did not wait for it", () =>
    Effect.gen(function* () {
      const reset = yield* fetching(() => Promise.reject(new TypeError("reset")));
      yield* Effect.flip(Effect.tryPromise(() => reset.carrying(plain)));
      assert.deepStrictEqual(reset.seen, [{ ...exchange, outcome: "failed" }]);
      const abort = new AbortController();
      const left = yield* fetching((_input, init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener("abort", () => reject(new Error("aborted")));
        })
      );
      const { signal } = abort;
      const waiting = left.carrying(plain, { signal });
      abort.abort();
      yield* Effect.flip(Effect.tryPromise(() => waiting));
      assert.deepStrictEqual(left.seen, [{ ...exchange, outcome: "interrupted" }]);
    }));
});
