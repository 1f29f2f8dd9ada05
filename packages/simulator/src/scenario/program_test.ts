import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as HttpClient from "effect/http/HttpClient";
import { drawPlan } from "../simulation/plan.ts";
import { run } from "../simulation/simulation.ts";
import { make } from "./program.ts";
import { apiUrl } from "./simulated_client.ts";

describe("make()", () => {
  it("asks each program of what it can do, and takes a failure for an answer", () => {
    const asked = new Set<string>();
    const noted = (name: string) => Effect.sync(() => void asked.add(name));
    const scenario = make({
      name: "two errands",
      start: () =>
        Effect.map(HttpClient.HttpClient, (http) => ({
          call: Effect.andThen(noted("call"), http.get(apiUrl)),
          fail: Effect.andThen(noted("fail"), Effect.fail({ _tag: "NoPaper" })),
        })),
    });
    const { violation, events } = run({ seed: 3, scenario, processes: 2, faults: "none" });
    assert.isUndefined(violation);
    assert.deepStrictEqual([...asked].toSorted(), ["call", "fail"]);
    assert.isTrue(events.some((event) => event.type === "http.sent" && event.path === "/api"));
  });

  it("reports an assertion that does not hold", () => {
    const scenario = make({
      name: "wrong",
      start: () => Effect.succeed({ check: Effect.sync(() => assert.strictEqual(1 + 1, 3)) }),
    });
    const { violation } = run({ seed: 3, scenario, processes: 2, faults: "none" });
    assert.strictEqual(violation?.invariant, "noFault");
  });

  it("has somebody sign in for the sessions that it names", () => {
    const scenario = make({
      name: "signed in",
      signedIn: ["reports"],
      start: () => Effect.succeed({}),
      server: { accessTokenSeconds: 60 },
      errandsPerMinute: 1,
    });
    const { events, violation } = run({ seed: 3, scenario, processes: 1, faults: "none" });
    assert.isUndefined(violation);
    const written = events.filter(({ type }) => type === "store.written");
    assert.isTrue(written.some((event) => "key" in event && event.key === "reports"));
  });

  it("tells of each errand by its own name, and when it has done with it", () => {
    const scenario = make({
      name: "three errands",
      start: () =>
        Effect.succeed({
          print: Effect.sleep(5),
          post: Effect.fail({ _tag: "NoStamp" }),
          wait: Effect.never,
        }),
    });
    const { events, plan } = run({ seed: 3, scenario, processes: 2, faults: "none" });
    const acted = events.flatMap((event) =>
      event.type === "errand.began" || event.type === "errand.ended" ? [event] : []
    );
    const began = acted.filter(({ type }) => type === "errand.began");
    assert.strictEqual(began.length, plan.errands.length + plan.machines);
    const ends = new Set(acted.map(({ type, name, reason }) => `${type} ${name} ${reason}`));
    assert.deepStrictEqual([...ends].toSorted(), [
      "errand.began post undefined",
      "errand.began print undefined",
      "errand.began wait undefined",
      "errand.ended post NoStamp",
      "errand.ended print undefined",
    ]);
  });

  it("fits into a world of any length", () => {
    const scenario = make({ name: "short", start: () => Effect.succeed({ wait: Effect.void }) });
    const { errands } = drawPlan({ seed: 3, scenario, processes: 2, durationMillis: 5_000 });
    assert.isNotEmpty(errands);
    assert.isTrue(errands.every(({ atMillis }) => atMillis <= 5_000));
  });
});
