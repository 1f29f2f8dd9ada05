import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import { notify, type Observation, Observer, together } from "./observation.ts";

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

const observation: Observation = {
  type: "flow.emitted",
  flowId: "f",
  seq: 0,
  at: 1,
  event: "user_code",
};

describe("notify", () => {
  it("notify() hands the observation over, once", () => {
    const seen: Array<Observation> = [];
    notify({ observe: (each) => seen.push(each) }, observation);
    assert.deepStrictEqual(seen, [observation]);
  });

  it("notify() keeps the observer's own `this`", () => {
    class Recorder implements Observer {
      readonly seen: Array<Observation> = [];
      observe(each: Observation): void {
        this.seen.push(each);
      }
    }
    const recorder = new Recorder();
    notify(recorder, observation);
    assert.deepStrictEqual(recorder.seen, [observation]);
  });

  it("notify() drops what an observer throws", () => {
    let calls = 0;
    const broken: Observer = {
      observe: () => {
        calls++;
        throw new Error("disk full");
      },
    };
    assert.doesNotThrow(() => notify(broken, observation));
    assert.strictEqual(calls, 1);
  });

  it("notify() drops the rejection of an async observer", async () => {
    const rejected = Promise.reject(new Error("disk full"));
    let handlers = 0;
    const watched = Object.assign(rejected, {
      catch: (onRejected: (error: unknown) => unknown) => {
        handlers++;
        return Promise.prototype.catch.call(rejected, onRejected);
      },
    });
    notify({ observe: () => watched }, observation);
    assert.strictEqual(handlers, 1);
    await Promise.resolve();
  });
});

describe("together()", () => {
  it("shows everything to each, and does without the absent", () => {
    const seen: Array<string> = [];
    const observer = (name: string) => ({ observe: () => void seen.push(name) });
    together(observer("a"), undefined, observer("b")).observe(observation);
    assert.deepStrictEqual(seen, ["a", "b"]);
  });

  it("shows it to those after one that throws", () => {
    const seen: Array<Observation> = [];
    const broken: Observer = {
      observe: () => {
        throw new Error("disk full");
      },
    };
    together(broken, { observe: (each) => void seen.push(each) }).observe(observation);
    assert.deepStrictEqual(seen, [observation]);
  });
});
