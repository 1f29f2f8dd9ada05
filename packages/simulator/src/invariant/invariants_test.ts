import { readdirSync } from "node:fs";
import { assert, describe, it } from "@effect/vitest";
import { invariants } from "./invariants.ts";
import { verdictOf } from "./testdata/story.ts";

describe("invariants", () => {
  it("are all that there are", () => {
    const names = readdirSync(import.meta.dirname)
      .filter((name) =>
        /^[a-z][a-z_]*\.ts$/.test(name) && !/^invariants?\.ts$|_test\.ts$/.test(name)
      )
      .map((name) =>
        name.slice(0, -3).replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase())
      );
    assert.deepStrictEqual(invariants.map(({ name }) => name).toSorted(), names.toSorted());
  });

  it("hold where nothing happens, and say what must hold", () => {
    for (const invariant of invariants) {
      assert.isUndefined(verdictOf(invariant, []));
      assert.match(invariant.sentence, /^[A-Z].*[a-z]$/);
    }
  });
});
