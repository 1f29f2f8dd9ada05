import { assert, describe, it } from "@effect/vitest";
import { Context } from "effect";
import { FetchHttpClient, Headers } from "effect/http";
import * as Guard from "./_guard.ts";

const initOf = (init: RequestInit) => Context.make(FetchHttpClient.RequestInit, init);

describe("make()", () => {
  it("tells fetch to follow no redirect, and keeps what else it was told", () => {
    const guard = Guard.make();
    const guarded = guard(initOf({ credentials: "include", redirect: "follow" }));
    assert.deepStrictEqual(Context.get(guarded, FetchHttpClient.RequestInit), {
      credentials: "include",
      redirect: "manual",
    });
    const made = guard(Context.empty());
    assert.deepStrictEqual(Context.getOrUndefined(made, FetchHttpClient.RequestInit), {
      redirect: "manual",
    });
  });

  it("leaves a context alone that follows none", () => {
    for (const redirect of ["manual", "error"] as const) {
      const context = initOf({ redirect });
      assert.strictEqual(Guard.make()(context), context);
    }
  });

  it("makes one context once", () => {
    const guard = Guard.make();
    const context = initOf({});
    assert.strictEqual(guard(context), guard(context));
    assert.notStrictEqual(guard(context), guard(initOf({})));
  });

  it("has Authorization left out of spans, whatever else is", () => {
    const names = ["x-secret", /^cookie$/];
    const context = Context.make(Headers.CurrentRedactedNames, names);
    const guarded = Context.get(Guard.make()(context), Headers.CurrentRedactedNames);
    assert.deepStrictEqual(guarded, [...names, "authorization"]);
    const own = Context.make(Headers.CurrentRedactedNames, [/^auth/]);
    assert.lengthOf(Context.get(Guard.make()(own), Headers.CurrentRedactedNames), 1);
  });
});
