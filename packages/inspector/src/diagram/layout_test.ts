import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import type { ChartGraph } from "./chart_graph.ts";
import { graphOf } from "./graph_of.ts";
import { knownCharts } from "./known_charts.ts";
import { type Area, type ChartLayout, layout, type PlacedBox, type Point } from "./layout.ts";
import { crowded } from "./testdata/crowded.ts";

const graphs: ReadonlyArray<{ readonly name: string; readonly graph: ChartGraph }> = [
  ...knownCharts,
  { name: "crowded", graph: graphOf(crowded) },
];
const options = graphs.flatMap((each) =>
  (["down", "right"] as const).flatMap((direction) =>
    (["arrows", "lines"] as const).map((exits) => ({ ...each, direction, exits }))
  )
);

function overlap(one: Area, other: Area): boolean {
  return one.x < other.x + other.width && other.x < one.x + one.width &&
    one.y < other.y + other.height && other.y < one.y + one.height;
}

function contains(outer: Area, inner: Area): boolean {
  return inner.x >= outer.x && inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height;
}

function isAround(outer: PlacedBox, { parent }: PlacedBox): boolean {
  return parent === outer.id || parent.startsWith(`${outer.id}.`);
}

/** Boxes whose whole area is taken: all but those that hold others. */
function leaves({ boxes }: ChartLayout): ReadonlyArray<PlacedBox> {
  return boxes.filter((box) => !boxes.some((other) => isAround(box, other)));
}

function segments(points: ReadonlyArray<Point>): ReadonlyArray<Area> {
  return points.slice(1).map((to, index) => {
    const from = points[index] ?? to;
    return {
      x: Math.min(from.x, to.x),
      y: Math.min(from.y, to.y),
      width: Math.abs(from.x - to.x),
      height: Math.abs(from.y - to.y),
    };
  });
}

describe.each(options)("layout() of $name flowing $direction with $exits", (each) => {
  const laidOut = Effect.runPromise(layout(each.graph, each));

  it("draws every state and every transition once", async () => {
    const { boxes, arrows } = await laidOut;
    const states = boxes.map(({ id }) => id).filter((id) => !id.startsWith("#"));
    const known = each.graph.nodes.map(({ id }) => id).filter((id) => id !== "");
    assert.sameMembers(states, known);
    const drawn = arrows.flatMap(({ lines }) => lines.map(({ edge }) => edge.id));
    const written = boxes.flatMap(({ lines }) => lines.flatMap(({ edges }) => edges))
      .map(({ id }) => id);
    const all = [...drawn, ...new Set(written)];
    assert.sameMembers(all, each.graph.edges.map(({ id }) => id));
  });

  it("puts boxes side by side, or one into the other", async () => {
    const { boxes } = await laidOut;
    for (const one of boxes) {
      for (const other of boxes) {
        if (one === other) continue;
        if (isAround(one, other)) assert.isTrue(contains(one, other), `${other.id} in ${one.id}`);
        else if (!isAround(other, one)) assert.isFalse(overlap(one, other), one.id + other.id);
      }
    }
  });

  it("keeps text within its box, and what a state holds below its own text", async () => {
    const { boxes } = await laidOut;
    for (const box of boxes) {
      const held = boxes.filter((other) => isAround(box, other));
      for (const { x, y, width } of box.lines) {
        const area = { x, y: y - 10, width, height: 12 };
        assert.isTrue(contains(box, area), box.id);
        assert.isFalse(held.some((other) => overlap(other, area)), box.id);
      }
    }
  });

  it("puts labels beside each other, on no box, and within the drawing", async () => {
    const result = await laidOut;
    const labels = result.arrows.flatMap(({ label }) => label === undefined ? [] : [label]);
    const page = { x: 0, y: 0, width: result.width, height: result.height };
    for (const label of labels) {
      assert.isTrue(contains(page, label));
      assert.isFalse(leaves(result).some((box) => overlap(box, label)));
      assert.isFalse(labels.some((other) => other !== label && overlap(other, label)));
    }
  });

  it("leads every arrow straight or round corners, past every box", async () => {
    const result = await laidOut;
    const page = { x: 0, y: 0, width: result.width, height: result.height };
    for (const { id, points } of result.arrows) {
      assert.isAtLeast(points.length, 2, id);
      for (const segment of segments(points)) {
        assert.isTrue(contains(page, segment), id);
        assert.isTrue(segment.width === 0 || segment.height === 0, id);
        const inner = (box: PlacedBox) => ({
          x: box.x + 1,
          y: box.y + 1,
          width: box.width - 2,
          height: box.height - 2,
        });
        assert.isFalse(leaves(result).some((box) => overlap(inner(box), segment)), id);
      }
    }
  });

  it("is in whole pixels, and the same each time", async () => {
    const result = await laidOut;
    assert.deepStrictEqual(await Effect.runPromise(layout(each.graph, each)), result);
    const numbers = JSON.stringify(result).match(/":-?\d+\.\d+/g);
    assert.isNull(numbers);
  });
});

describe("layout()", () => {
  it.effect("writes what leaves a state into its box in a chart of many states only", () =>
    Effect.gen(function* () {
      for (const { name, graph } of knownCharts) {
        const { boxes } = yield* layout(graph);
        const exits = boxes.flatMap(({ lines }) => lines.filter(({ kind }) => kind === "exit"));
        assert.strictEqual(exits.length > 0, name === "session", name);
      }
    }));
});
