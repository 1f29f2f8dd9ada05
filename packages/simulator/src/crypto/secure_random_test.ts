import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import { SecureRandom } from "effect/crypto";
import { TestClock } from "effect/testing";
import { stream } from "../seed.ts";
import { layer } from "./secure_random.ts";

const drawn = Effect.gen(function* () {
  const random = yield* SecureRandom.SecureRandom;
  return {
    bytes: [...(yield* random.randomBytes(8))],
    uuid: yield* random.uuidV4(),
    below: yield* random.intBetween(0, 1_000_000),
  };
});

describe("secure_random", () => {
  it("layer() gives the same for the same stream, at once", () => {
    const run = (name: string) => Effect.runSync(Effect.provide(drawn, layer(stream(7, name))));
    assert.deepStrictEqual(run("one"), run("one"));
    assert.notDeepEqual(run("one"), run("two"));
  });

  it("layer() gives these bytes on every runtime", () => {
    assert.deepStrictEqual(Effect.runSync(Effect.provide(drawn, layer(stream(7, "crypto")))), {
      bytes: [146, 154, 114, 208, 32, 194, 124, 227],
      uuid: "bbb5bd1b-cd0d-4d62-85e1-456ccf4f6993",
      below: 277_146,
    });
  });

  it("layer() moves the stream on", () => {
    const draw = stream(7, "crypto");
    const run = () => Effect.runSync(Effect.provide(drawn, layer(draw)));
    assert.notDeepEqual(run(), run());
  });

  it.effect("layer() takes the time of a UUIDv7 from the test clock", () =>
    Effect.gen(function* () {
      const random = yield* SecureRandom.SecureRandom;
      yield* TestClock.setTime(0x123456789abc);
      assert.isTrue((yield* random.uuidV7()).startsWith("12345678-9abc-7"));
    }).pipe(Effect.provide(layer(stream(7, "crypto")))));
});
