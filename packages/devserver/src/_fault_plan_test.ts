import { assert, describe, it } from "@effect/vitest";
import { makeFaultPlan } from "./_fault_plan.ts";
import type { Fault } from "./fault.ts";

describe("makeFaultPlan()", () => {
  it("strikes as often as told, at its endpoint only", () => {
    const plan = makeFaultPlan();
    plan.add({ endpoint: "token", kind: "500", times: 2 });
    assert.strictEqual(plan.take("/device/auth"), undefined);
    assert.deepStrictEqual([1, 2, 3].map(() => plan.take("/token")?.kind), [
      "500",
      "500",
      undefined,
    ]);
  });

  it("lets the first requests pass", () => {
    const plan = makeFaultPlan();
    plan.add({ endpoint: "token", kind: "500", skip: 1 });
    assert.deepStrictEqual([1, 2, 3].map(() => plan.take("/token")?.kind), [
      undefined,
      "500",
      undefined,
    ]);
  });

  it("takes the faults of one endpoint in the order they were planned", () => {
    const plan = makeFaultPlan();
    plan.add({ endpoint: "token", kind: "html" });
    plan.add({ endpoint: "/token", kind: "hang" });
    assert.deepStrictEqual([1, 2].map(() => plan.take("/token")?.kind), ["html", "hang"]);
  });

  it("forgets what has not struck yet", () => {
    const plan = makeFaultPlan();
    plan.add({ endpoint: "token", kind: "html" });
    plan.clear();
    assert.strictEqual(plan.take("/token"), undefined);
  });

  const places: ReadonlyArray<readonly [Fault["endpoint"], string]> = [
    ["discovery", "/.well-known/openid-configuration"],
    ["discovery", "/.well-known/oauth-authorization-server"],
    ["jwks", "/jwks"],
    ["authorization", "/auth"],
    ["pushed_authorization_request", "/request"],
    ["device_authorization", "/device/auth"],
    ["token", "/token"],
    ["revocation", "/token/revocation"],
    ["introspection", "/token/introspection"],
    ["userinfo", "/userinfo"],
    ["api", "/api/me"],
    ["/elsewhere", "/elsewhere"],
  ];
  for (const [endpoint, path] of places) {
    it(`finds ${endpoint} at ${path}`, () => {
      const plan = makeFaultPlan();
      plan.add({ endpoint, kind: "500" });
      assert.strictEqual(plan.take("/another"), undefined);
      assert.strictEqual(plan.take(path)?.endpoint, endpoint);
    });
  }
});
