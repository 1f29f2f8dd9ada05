import { assert, describe, it } from "@effect/vitest";
import { middleOf, routedPath } from "./routed_path.ts";

describe("routed path", () => {
  it("routedPath rounds corners by no more than half of what is there", () => {
    const points = [{ x: 0, y: 0 }, { x: 100, y: 0 }, { x: 100, y: 8 }];
    assert.strictEqual(routedPath(points), "M0 0L96 0Q100 0 100 4L100 8");
    assert.strictEqual(routedPath([]), "");
  });

  it("middleOf goes along the line", () => {
    const points = [{ x: 0, y: 0 }, { x: 10, y: 0 }, { x: 10, y: 30 }];
    assert.deepStrictEqual(middleOf(points), { x: 10, y: 10 });
  });
});
