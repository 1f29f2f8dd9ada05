import { assert, describe, it } from "@effect/vitest";
import { open } from "@bellhop/core/session/session";
import { Effect, Random, Redacted, Result } from "effect";
import { clientAt, layerOf, type Place } from "./fixture/session_place.ts";
import {
  nextLine,
  recordOf,
  refusals,
  renewals,
  report,
  signIn,
  soakSeconds,
  worker,
  world,
} from "./fixture/session_bench.ts";
import type { Fate } from "./fixture/wire.ts";
import type { Child } from "./fixture/child.ts";

const ended = (child: Child) =>
  Effect.callback<void>((resume) => {
    if (child.process.exitCode !== null || child.process.signalCode !== null) {
      return resume(Effect.void);
    }
    child.process.once("exit", () => resume(Effect.void));
  });

/** Until the next kill, at a random moment. */
const pause = (kills: number) =>
  Effect.flatMap(
    Random.nextBetween(0, 300),
    (millis) => Effect.sleep((soakSeconds * 500) / kills + millis),
  );

/** Uses the session here, as the next process would. */
const useOnce = (place: Place) =>
  Effect.gen(function* () {
    const session = yield* open({
      key: place.key,
      client: clientAt({ ...place, tokenOrigin: place.issuer }),
      patienceMillis: 20_000,
    });
    const { accessToken } = yield* session.token({ minTtlMillis: 900 });
    const headers = { authorization: `Bearer ${Redacted.value(accessToken)}` };
    const response = yield* Effect.promise(() => fetch(`${place.issuer}/api/me`, { headers }));
    return response.status;
  }).pipe(Effect.scoped);

/** Resolves when an answer of the token endpoint is held back, so that its process waits for it. */
function holding(fate: Fate) {
  const waiting: Array<() => void> = [];
  let isArmed = false;
  const fateOf = (): Fate => {
    if (!isArmed) return "pass";
    isArmed = false;
    for (const resolve of waiting.splice(0)) resolve();
    return fate;
  };
  const held = Effect.callback<void>((resume) => {
    waiting.push(() => resume(Effect.void));
    isArmed = true;
  });
  return { fateOf, held };
}

describe("processes that share a session", () => {
  it.live(
    "renew it in turn and never lose it, though each refresh token is good for one use",
    () =>
      Effect.gen(function* () {
        const { server, place } = yield* world({ accessTokenSeconds: 2 });
        yield* Effect.gen(function* () {
          const started = Array.from(
            { length: 8 },
            () => worker({ ...place, seconds: soakSeconds }),
          );
          const workers = yield* Effect.all(started);
          const reports = yield* Effect.all(workers.map(report), { concurrency: "unbounded" });
          for (const lines of reports) {
            assert.deepStrictEqual(lines.map(({ type }) => type), ["done"], JSON.stringify(lines));
            assert.isAbove(lines[0]?.calls ?? 0, soakSeconds);
          }
          assert.deepStrictEqual(yield* refusals(server), []);
          const { length } = yield* renewals(server);
          assert.isAtLeast(length, soakSeconds / 4);
          assert.isAtMost(length, soakSeconds * 4);
          assert.strictEqual(yield* useOnce(place), 200);
        }).pipe(Effect.provide(layerOf(place)));
      }).pipe(Effect.scoped),
    { timeout: soakSeconds * 1000 + 60_000 },
  );

  it.live(
    "survive that each of them may be killed at any moment, within the server's grace",
    () =>
      Effect.gen(function* () {
        const kills = Math.max(4, Math.min(20, soakSeconds));
        const { server, place } = yield* world(
          { accessTokenSeconds: 2, rotationGraceMillis: 60_000 },
          () => ({ holdMillis: 100 }),
        );
        yield* Effect.gen(function* () {
          const workers = yield* Effect.all(Array.from({ length: 4 }, () => worker(place)));
          yield* Effect.all(workers.map(nextLine), { concurrency: "unbounded" });
          for (let kill = 0; kill < kills; kill++) {
            yield* pause(kills);
            const at = yield* Random.nextIntBetween(0, workers.length - 1);
            workers[at]?.process.kill("SIGKILL");
            const next = yield* worker(place);
            assert.strictEqual((yield* nextLine(next)).type, "ready");
            workers[at] = next;
          }
          const said = workers.map((child) => Effect.timeoutOption(nextLine(child), 200));
          const lines = yield* Effect.all(said, { concurrency: "unbounded" });
          assert.deepStrictEqual(lines.filter(({ _tag }) => _tag === "Some"), []);
          assert.deepStrictEqual(yield* refusals(server), []);
          assert.strictEqual(yield* useOnce(place), 200);
          assert.strictEqual((yield* recordOf("work")).status, "active");
        }).pipe(Effect.provide(layerOf(place)));
      }).pipe(Effect.scoped),
    { timeout: soakSeconds * 1000 + 120_000 },
  );

  it.live(
    "live on or end typed and written down, each session, when they are killed without grace",
    () =>
      Effect.gen(function* () {
        const kills = Math.max(4, Math.min(20, soakSeconds));
        const { server, place } = yield* world(
          { accessTokenSeconds: 2 },
          () => ({ holdMillis: 300 }),
        );
        const places = ["one", "two", "three"].map((key) => ({ ...place, key }));
        yield* Effect.gen(function* () {
          for (const each of places) yield* signIn(each, server);
          yield* server.clearRequests;
          const workers = yield* Effect.all([...places, ...places].map(worker));
          for (let kill = 0; kill < kills; kill++) {
            yield* pause(kills);
            const at = kill % workers.length;
            workers[at]?.process.kill("SIGKILL");
            workers[at] = yield* worker(places[at % places.length] ?? place);
          }
          for (const each of places) {
            const used = yield* Effect.result(useOnce(each));
            const { status } = yield* recordOf(each.key);
            if (Result.isSuccess(used)) {
              assert.deepStrictEqual([used.success, status], [200, "active"]);
            } else {
              assert.strictEqual(used.failure.reason._tag, "ReauthorizationRequired");
              assert.strictEqual(status, "reauthorizationRequired");
            }
          }
          // Each session that ended was refused once, and by its end nobody asks any more.
          assert.isAtMost((yield* refusals(server)).length, places.length);
        }).pipe(Effect.provide(layerOf(place)));
      }).pipe(Effect.scoped),
    { timeout: soakSeconds * 1000 + 120_000 },
  );

  const killedMidway = (rotationGraceMillis: number) =>
    Effect.gen(function* () {
      const { fateOf, held } = holding({ holdMillis: 60_000 });
      const { server, place } = yield* world(
        { accessTokenSeconds: 2, rotationGraceMillis },
        fateOf,
      );
      const first = yield* worker(place);
      yield* held;
      first.process.kill("SIGKILL");
      yield* ended(first);
      return { server, place };
    });

  it.live(
    "take over from one that was killed after the server rotated, within its grace",
    () =>
      Effect.gen(function* () {
        const { server, place } = yield* killedMidway(60_000);
        yield* Effect.gen(function* () {
          assert.isDefined((yield* recordOf("work")).renewal);
          assert.strictEqual(yield* useOnce(place), 200);
          assert.deepStrictEqual(yield* refusals(server), []);
          assert.isUndefined((yield* recordOf("work")).renewal);
        }).pipe(Effect.provide(layerOf(place)));
      }).pipe(Effect.scoped),
    60_000,
  );

  it.live(
    "end typed and written down without such a grace, and ask the server once",
    () =>
      Effect.gen(function* () {
        const { server, place } = yield* killedMidway(0);
        yield* Effect.gen(function* () {
          const workers = yield* Effect.all([worker(place), worker(place), worker(place)]);
          const reports = yield* Effect.all(workers.map(report), { concurrency: "unbounded" });
          for (const lines of reports) {
            assert.strictEqual(lines.at(-1)?.tag, "ReauthorizationRequired", JSON.stringify(lines));
          }
          yield* Effect.all(workers.map(ended));
          assert.lengthOf(yield* refusals(server), 1);
          const { accessTokens, ended: end, refreshToken, status } = yield* recordOf("work");
          assert.strictEqual(status, "reauthorizationRequired");
          assert.strictEqual(end?.code, "invalid_grant");
          assert.isUndefined(refreshToken);
          assert.deepStrictEqual(accessTokens, []);
        }).pipe(Effect.provide(layerOf(place)));
      }).pipe(Effect.scoped),
    60_000,
  );

  it.live(
    "survive an answer that was lost on its way, within the server's grace",
    () =>
      Effect.gen(function* () {
        const { fateOf, held } = holding("lose");
        const { server, place, proxy } = yield* world(
          { accessTokenSeconds: 2, rotationGraceMillis: 60_000 },
          fateOf,
        );
        yield* Effect.gen(function* () {
          const child = yield* worker({ ...place, seconds: 8 });
          yield* held;
          assert.deepStrictEqual((yield* report(child)).map(({ type }) => type), ["done"]);
          assert.strictEqual(proxy.lost(), 1);
          assert.deepStrictEqual(yield* refusals(server), []);
          assert.isAtLeast((yield* renewals(server)).length, 3);
        }).pipe(Effect.provide(layerOf(place)));
      }).pipe(Effect.scoped),
    60_000,
  );

  it.live(
    "end typed where an answer was lost and the server has no grace",
    () =>
      Effect.gen(function* () {
        const { fateOf, held } = holding("lose");
        const { server, place } = yield* world({ accessTokenSeconds: 2 }, fateOf);
        yield* Effect.gen(function* () {
          const child = yield* worker(place);
          yield* held;
          assert.strictEqual((yield* report(child)).at(-1)?.tag, "ReauthorizationRequired");
          assert.lengthOf(yield* refusals(server), 1);
          assert.strictEqual((yield* recordOf("work")).status, "reauthorizationRequired");
        }).pipe(Effect.provide(layerOf(place)));
      }).pipe(Effect.scoped),
    60_000,
  );

  it.live(
    "finish a request that is out, and its write, when they are told to end",
    () =>
      Effect.gen(function* () {
        const { fateOf, held } = holding({ holdMillis: 1_000 });
        const { server, place } = yield* world({ accessTokenSeconds: 2 }, fateOf);
        yield* Effect.gen(function* () {
          const before = (yield* recordOf("work")).refreshToken;
          const child = yield* worker(place);
          yield* held;
          child.process.kill("SIGTERM");
          yield* Effect.timeout(ended(child), 8_000);
          const { refreshToken, renewal, status } = yield* recordOf("work");
          assert.strictEqual(status, "active");
          assert.isUndefined(renewal);
          assert.notStrictEqual(
            refreshToken && Redacted.value(refreshToken),
            before && Redacted.value(before),
          );
          assert.strictEqual(yield* useOnce(place), 200);
          assert.deepStrictEqual(yield* refusals(server), []);
        }).pipe(Effect.provide(layerOf(place)));
      }).pipe(Effect.scoped),
    60_000,
  );

  it.live(
    "go on when one of them was stopped in the middle, which then finds the newer tokens",
    () =>
      Effect.gen(function* () {
        const { fateOf, held } = holding({ holdMillis: 200 });
        const { server, place } = yield* world(
          { accessTokenSeconds: 2, rotationGraceMillis: 60_000 },
          fateOf,
        );
        yield* Effect.gen(function* () {
          const limited = { ...place, requestLimitMillis: 1_000 };
          const hung = yield* worker({ ...limited, seconds: 12 });
          yield* held;
          hung.process.kill("SIGSTOP");
          const other = yield* worker({ ...limited, seconds: 6 });
          assert.deepStrictEqual((yield* report(other)).map(({ type }) => type), ["done"]);
          hung.process.kill("SIGCONT");
          const lines = yield* report(hung);
          assert.strictEqual(lines.at(-1)?.type, "done", JSON.stringify(lines));
          assert.deepStrictEqual(yield* refusals(server), []);
          assert.strictEqual((yield* recordOf("work")).status, "active");
        }).pipe(Effect.provide(layerOf(place)));
      }).pipe(Effect.scoped),
    60_000,
  );
});
