import { assert, describe, it } from "@effect/vitest";
import * as Effect from "effect/Effect";
import * as HttpClient from "effect/http/HttpClient";
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
});
