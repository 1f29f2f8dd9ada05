import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import { type Observation, Observer } from "./observation.ts";

describe("Observer", () => {
  it.effect("is nobody by default", () =>
    Effect.gen(function* () {
      assert.isUndefined(yield* Observer);
    }));

  it.effect("is whoever is provided", () =>
    Effect.gen(function* () {
      const seen: Array<Observation> = [];
      const head = { flowId: "f", seq: 0, at: 1 };
      yield* Effect.provideService(
        Effect.map(Observer, (observer) =>
          observer?.observe({ ...head, type: "flow.emitted", event: "user_code" })),
        Observer,
        {
          observe: (each) =>
            seen.push(each),
        },
      );
      assert.deepStrictEqual(seen, [{ ...head, type: "flow.emitted", event: "user_code" }]);
    }));
});
