import { assert, describe, it } from "@effect/vitest";
import { laidChart } from "../testdata/laid_chart.ts";
import { isSmall, viewOf } from "./camera.ts";

const chart = await laidChart("device_authorization");
const path = "awaitingUser.polling";

describe("viewOf", () => {
  it("viewOf shows a whole chart in the middle of a screen of 1440 by 900", () => {
    const room = { width: 876, height: 370 };
    const { x, y, zoom } = viewOf(chart, path, room);
    assert.isAtLeast(zoom, 0.55);
    assert.isAtLeast(x, 0);
    assert.isAtMost(x + chart.width * zoom, room.width);
    assert.isAtLeast(y, 0);
    assert.isAtMost(y + chart.height * zoom, room.height);
  });

  it("viewOf draws nothing larger than it can be read from", () => {
    assert.strictEqual(viewOf(chart, path, { width: 9_000, height: 9_000 }).zoom, 1.1);
  });

  it("viewOf keeps the current state in sight, above the small picture, where the rest has no room", () => {
    const node = chart.nodes.find(({ id }) => id === path) ?? assert.fail("No state");
    for (
      const [room, below] of [[{ width: 420, height: 360 }, 78], [
        { width: 380, height: 200 },
        0,
      ]] as const
    ) {
      assert.strictEqual(isSmall(room), below === 0);
      const { x, y, zoom } = viewOf(chart, path, room);
      assert.strictEqual(zoom, 0.8);
      assert.isAtLeast(x + node.x * zoom, 0);
      assert.isAtMost(x + (node.x + node.width) * zoom, room.width);
      assert.isAtLeast(y + node.y * zoom, 0);
      assert.isAtMost(y + (node.y + node.height) * zoom, room.height - below);
    }
  });
});
