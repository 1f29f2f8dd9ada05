import { assert, describe, it } from "@effect/vitest";
import { Effect, FileSystem, Redacted } from "effect";
import { TestClock, TestConsole } from "effect/testing";
import { NodeServices } from "@effect/platform-node";
import type { SessionRecord } from "@bellhop/core/session/session_record";
import * as Profile from "../profile.ts";
import { heldToken } from "../held_token.ts";
import { issuer, makeWorld } from "../testdata/world.ts";
import { run } from "./status.ts";

function record(
  expiresInSeconds?: number,
  status: SessionRecord["status"] = "active",
): SessionRecord {
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
    }).pipe(Effect.provide(TestConsole.layer)));
});

describe("heldToken()", () => {
  it.effect("refuses a token that does not live for --min-ttl any more", () =>
    Effect.gen(function* () {
      const [world, layer] = makeWorld({ home: "/nonexistent" });
      world.sessions.set("work", record(60));
      const held = (minTtlMillis: number) => Effect.provide(heldToken({ minTtlMillis }), layer);
      assert.strictEqual((yield* held(60_000)).expiresInSeconds, 60);
      yield* TestClock.adjust(1);
      const error = yield* Effect.flip(held(60_000));
      assert.strictEqual("exitCode" in error && error.exitCode, 8);
      assert.include(error.message, "--min-ttl 1:00");
      assert.strictEqual((yield* held(59_999)).expiresInSeconds, 60);
      yield* TestClock.adjust(59_999);
      assert.include((yield* Effect.flip(held(0))).message, "expired");
    }));
});
