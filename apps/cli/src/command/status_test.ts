import { assert, describe, it } from "@effect/vitest";
import { Clock, Effect, FileSystem, Redacted } from "effect";
import { TestClock, TestConsole } from "effect/testing";
import { NodeServices } from "@effect/platform-node";
import type { SessionRecord } from "@bellhop/core/session/session_record";
import { StoreError, Unreadable } from "@bellhop/core/session/store_error";
import * as Profile from "../profile.ts";
import { issuer, makeWorld } from "../testdata/world.ts";
import { type ProfileStatus, run, type StatusView, watch } from "./status.ts";

function record(
  expiresInSeconds?: number,
  status: SessionRecord["status"] = "active",
): Pick<SessionRecord, keyof SessionRecord> {
  return {
    issuer,
    clientId: "tv",
    authenticationMethod: "none",
    endpoints: {},
    status,
    accessTokens: [{
      requestedScope: [],
      resource: [],
      tokens: {
        accessToken: Redacted.make("a"),
        tokenType: "Bearer",
        obtainedAtMillis: 0,
        scope: ["read", "write"],
        ...(expiresInSeconds === undefined ? {} : { expiresInSeconds }),
      },
    }],
  };
}

function viewOf(state: ProfileStatus["state"], words: string): StatusView {
  const nothing = { issuer: null, client_id: null, scope: null, expires_at: null };
  const shown = [{ profile: "work", state, ...nothing }];
  return { shown, words, place: "Store: here", errors: [] };
}

describe("status", () => {
  it.effect("tells each profile's state as time goes by", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const home = yield* fs.makeTempDirectoryScoped();
      const [world, layer] = makeWorld({ home, isJson: true });
      world.sessions.set("brief", record(60));
      world.sessions.set("endless", record());
      world.sessions.set("ended", record(60, "reauthorizationRequired"));
      yield* Profile.write(home, "out", { issuer, clientId: "tv", scope: [], resource: [] });
      const states = Effect.gen(function* () {
        yield* Effect.provide(run, layer);
        const shown = JSON.parse(String((yield* TestConsole.logLines).at(-1)));
        return (shown as ReadonlyArray<Record<string, unknown>>)
          .map(({ profile, state, expires_at }) => [profile, state, expires_at]);
      });
      yield* TestClock.adjust(59_999);
      assert.deepStrictEqual(yield* states, [
        ["brief", "fresh", 60],
        ["ended", "reauthorizationRequired", 60],
        ["endless", "fresh", null],
        ["out", "absent", null],
      ]);
      yield* TestClock.adjust(1);
      assert.deepStrictEqual((yield* states)[0], ["brief", "expired", 60]);
    }).pipe(Effect.scoped, Effect.provide([NodeServices.layer, TestConsole.layer])));

  it.effect("writes words for people", () =>
    Effect.gen(function* () {
      const [world, layer] = makeWorld({ home: "/nonexistent" });
      world.sessions.set("work", record(90));
      yield* Effect.provide(run, layer);
      assert.deepStrictEqual(yield* TestConsole.logLines, [
        `work: fresh, 1:30 left\n  issuer  ${issuer}\n  client  tv\n  scope   read write`,
      ]);
      assert.include(world.screen, "Store: memory (it is a test)");
      yield* TestClock.adjust(150_000);
      const headOf = Effect.gen(function* () {
        yield* Effect.provide(run, layer);
        return String((yield* TestConsole.logLines).at(-1)).split("\n")[0];
      });
      const again = "log in again: bellhop login --profile work";
      assert.strictEqual(yield* headOf, `work: expired 1:00 ago, ${again}`);
      world.sessions.set("work", { ...record(90), refreshToken: Redacted.make("r") });
      assert.strictEqual(yield* headOf, "work: stale, expired 1:00 ago, renewed with the next use");
      world.sessions.set("work", record(90, "reauthorizationRequired"));
      assert.strictEqual(yield* headOf, `work: reauthorizationRequired, ${again}`);
    }).pipe(Effect.provide(TestConsole.layer)));

  it.effect("watches: an array with --json whenever something has changed", () =>
    Effect.gen(function* () {
      const [, layer] = makeWorld({ home: "/nonexistent", isJson: true });
      const seen = { state: "fresh" as ProfileStatus["state"] };
      yield* Effect.gen(function* () {
        yield* Effect.forkChild(watch(Effect.sync(() => viewOf(seen.state, ""))));
        yield* TestClock.adjust("30 seconds");
        seen.state = "stale";
        yield* TestClock.adjust("30 seconds");
      }).pipe(Effect.provide(layer));
      const states = (yield* TestConsole.logLines).map((line) =>
        (JSON.parse(String(line)) as ReadonlyArray<ProfileStatus>).map(({ state }) => state)
      );
      assert.deepStrictEqual(states, [["fresh"], ["stale"]]);
    }).pipe(Effect.provide(TestConsole.layer)));

  for (const isJson of [false, true]) {
    it.effect(`watches: tells what cannot be read when that changes${isJson ? ", --json" : ""}`, () =>
      Effect.gen(function* () {
        const [world, layer] = makeWorld({ home: "/nonexistent", isJson });
        const fault = (description: string) =>
          new StoreError({ reason: new Unreadable({ location: "/", description, hint: "Look" }) });
        const seen = { errors: [] as ReadonlyArray<StoreError> };
        const look = Effect.sync(() => ({ ...viewOf("unreadable", "as it is"), ...seen }));
        yield* Effect.gen(function* () {
          yield* Effect.forkChild(watch(look));
          for (const errors of [[fault("no disk")], [], [fault("no key"), fault("no disk")]]) {
            yield* TestClock.adjust("10 seconds");
            seen.errors = errors;
          }
          yield* TestClock.adjust("10 seconds");
        }).pipe(Effect.provide(layer));
        const told = world.screen.match(/^error: .*$/gm) ?? [];
        assert.deepStrictEqual(
          told.map((line) => /no \w+/.exec(line)?.[0]),
          ["no disk", "no key", "no disk"],
        );
        assert.strictEqual((yield* TestConsole.logLines).length, 1);
      }).pipe(Effect.provide(TestConsole.layer)));
  }

  it.effect("watches: draws it anew each second on a terminal", () =>
    Effect.gen(function* () {
      const [, layer] = makeWorld({ home: "/nonexistent", isTerminal: true });
      const now = Effect.map(Clock.currentTimeMillis, (millis) => viewOf("fresh", `at ${millis}`));
      yield* Effect.gen(function* () {
        yield* Effect.forkChild(watch(now));
        yield* TestClock.adjust(2_500);
      }).pipe(Effect.provide(layer));
      const frame = (millis: number) =>
        `\u001b[Hat ${millis}\u001b[K\n\u001b[K\nStore: here\u001b[K\n\u001b[J`;
      assert.deepStrictEqual(yield* TestConsole.logLines, [
        `\u001b[2J${frame(0)}`,
        frame(1_000),
        frame(2_000),
      ]);
    }).pipe(Effect.provide(TestConsole.layer)));
});
