import { assert, describe, it, vi } from "@effect/vitest";
import { Effect, Option, Redacted } from "effect";
import { Keyring, layer, layerMemory, locationOf } from "./keyring.ts";

describe("keyring", () => {
  it.effect("layerMemory keeps, replaces and removes a text", () =>
    Effect.gen(function* () {
      const keyring = yield* Keyring;
      assert.isTrue(Option.isNone(yield* keyring.get("one")));
      for (const text of ["first", "second"]) {
        yield* keyring.set("one", Redacted.make(text));
        assert.strictEqual(
          Redacted.value(Option.getOrThrow(yield* keyring.get("one"))),
          text,
        );
      }
      assert.isTrue(Option.isNone(yield* keyring.get("two")));
      yield* keyring.remove("one");
      yield* keyring.remove("one");
      assert.isTrue(Option.isNone(yield* keyring.get("one")));
    }).pipe(Effect.provide(layerMemory)));

  it.live("layer() fails with unavailable where the native library is missing", () =>
    Effect.gen(function* () {
      yield* Effect.acquireRelease(
        Effect.sync(() =>
          vi.doMock("@napi-rs/keyring", () => {
            throw new Error("planted");
          })
        ),
        () => Effect.sync(() => vi.doUnmock("@napi-rs/keyring")),
      );
      const keyring = yield* Keyring;
      const error = yield* Effect.flip(keyring.get("store-1"));
      assert.deepInclude(error, {
        problem: "unavailable",
        description: "@napi-rs/keyring is not installed, or not for this platform",
      });
      assert.notInclude(`${error}${error.stack}${error.hint}`, "planted");
    }).pipe(Effect.provide(layer())));

  it.live.skipIf(process.platform !== "linux")(
    "layer() fails with unavailable and a hint where no session bus is",
    () =>
      Effect.gen(function* () {
        const keyring = yield* Keyring;
        const calls = [
          keyring.get("store-1"),
          keyring.set("store-1", Redacted.make("planted")),
          keyring.remove("store-1"),
        ];
        for (const call of calls) {
          const error = yield* Effect.flip<unknown, Effect.Error<typeof call>, never>(call);
          assert.deepInclude(error, {
            problem: "unavailable",
            location: locationOf("store-1"),
            description: "no keyring answers here",
          });
          assert.isNotEmpty(error.hint);
          assert.notInclude(`${error}${error.stack}${JSON.stringify(error)}`, "planted");
        }
      }).pipe(Effect.provide(layer()), withoutSessionBus),
  );
});

/** The library reads the process's environment itself. */
function withoutSessionBus<A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
  const names = ["DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"];
  const remove = Effect.sync(() =>
    names.map((name) => {
      const value = process.env[name];
      delete process.env[name];
      return [name, value] as const;
    })
  );
  const restore = (found: ReadonlyArray<readonly [string, string | undefined]>) =>
    Effect.sync(() => {
      for (const [name, value] of found) if (value !== undefined) process.env[name] = value;
    });
  return Effect.acquireUseRelease(remove, () => effect, restore);
}
