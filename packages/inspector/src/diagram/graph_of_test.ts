import { assert, describe, it } from "@effect/vitest";
import { session } from "@bellhop/core/chart/session";
import { graphOf } from "./graph_of.ts";
import { knownCharts } from "./known_charts.ts";
import { crowded } from "./testdata/crowded.ts";

const graph = graphOf(crowded);

function edge(id: string) {
  const found = graph.edges.find((each) => each.id === id);
  assert.isDefined(found, id);
  return found;
}

describe("graphOf()", () => {
  it("tells what the chart is", () => {
    const { id, version, description } = graph;
    assert.deepStrictEqual([id, version, description], ["crowded", "7", "One of everything"]);
  });

  it("lists each state after the one around it", () => {
    assert.deepStrictEqual(graph.nodes.map(({ id, kind }) => `${id} ${kind}`), [
      " compound",
      "outer compound",
      "outer.first atomic",
      "outer.second atomic",
      "both parallel",
      "both.left compound",
      "both.left.first atomic",
      "both.right compound",
      "both.right.a b atomic",
      "end final",
    ]);
    assert.deepStrictEqual(graph.nodes.filter(({ isInitial }) => isInitial).map(({ id }) => id), [
      "outer",
      "outer.first",
      "both.left",
      "both.left.first",
      "both.right",
      "both.right.a b",
    ]);
  });

  it("names delays, guards and actions, and `else` where an earlier one has a guard", () => {
    assert.deepInclude(edge("outer.first/after soon/0"), {
      event: "after soon",
      kind: "delay",
      guard: "isLate",
      to: "outer.second",
      actions: ["note"],
    });
    assert.deepInclude(edge("outer.first/always/0"), {
      kind: "always",
      guard: "isOver",
      to: "end",
    });
    assert.deepInclude(edge("outer.first/always/1"), { guard: "else", to: "outer.second" });
    assert.notProperty(edge("outer/after soon/0"), "guard");
  });

  it("tells what stays in its state from what enters it anew", () => {
    assert.deepInclude(edge("outer/tick/0"), {
      to: "outer",
      stays: true,
      actions: ["note", "note"],
    });
    assert.deepInclude(edge("outer/tock/0"), { to: "outer", stays: true, actions: [] });
    assert.deepInclude(edge("outer.second/again/0"), { to: "outer.second" });
    assert.notProperty(edge("outer.second/again/0"), "stays");
  });

  it("lets what any state does begin at the chart itself", () => {
    assert.deepInclude(edge("/stop/0"), { from: "", to: "end" });
    assert.deepInclude(edge("/ping/0"), { from: "", to: "", stays: true });
  });

  it("reads the operations of a state", () => {
    const looking = graphOf(session).nodes.find(({ id }) => id === "looking");
    assert.deepStrictEqual(looking?.operations, ["read"]);
  });

  it.each(knownCharts)("gives every edge of $name an id of its own and both its ends", (known) => {
    const paths = new Set(known.graph.nodes.map(({ id }) => id));
    const { edges } = known.graph;
    assert.strictEqual(new Set(edges.map(({ id }) => id)).size, edges.length);
    assert.isTrue(edges.every(({ from, to }) => paths.has(from) && paths.has(to)));
  });
});
