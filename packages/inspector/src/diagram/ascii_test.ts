import { assert, describe, it } from "@effect/vitest";
import { ascii } from "./ascii.ts";
import { graphOf } from "./graph_of.ts";
import { knownCharts } from "./known_charts.ts";
import { crowded } from "./testdata/crowded.ts";

const graph = graphOf(crowded);

describe("ascii()", () => {
  it("writes states as a tree, and under each what leads where", () => {
    assert.deepStrictEqual(ascii(graph).split("\n"), [
      "crowded (version 7)",
      "│ One of everything",
      "│ from any state:",
      "│   stop → end",
      "│   ping / note",
      "├── outer (start)",
      "│ │ Holds <others> & waits",
      "│ │ tick / note, note",
      "│ │ tock (ignored)",
      "│ │ in         → outer.second",
      "│ │ after soon → end",
      "│ ├── first (start)",
      "│ │   always [isOver]     → end",
      "│ │   always [else]       → outer.second",
      "│ │   after soon [isLate] → outer.second",
      "│ └── second",
      "│     again        → outer.second",
      "│     out [isOver] → both",
      "│     out [else]   → outer.first",
      "├── both (all at once)",
      '│ │ say "<so>" → end',
      "│ ├── left (start)",
      "│ │ └── first (start)",
      "│ └── right (start)",
      "│   └── a b (start)",
      "└── end (end)",
    ]);
  });

  it("marks the current state and those around it", () => {
    const lines = ascii(graph, { current: "outer.second" }).split("\n");
    assert.include(lines, "│ └─● second ◀ here");
    assert.include(lines, "├─○ outer (start)");
    assert.strictEqual(lines.filter((line) => /[●○]/.test(line)).length, 2);
  });

  it("sets names bold and sentences dim where that shows", () => {
    const styled = ascii(graph, { isStyled: true });
    assert.include(styled, "\u001b[1mouter\u001b[0m (start)");
    assert.include(styled, "\u001b[2mHolds <others> & waits\u001b[0m");
    const plain = ["\u001b[0m", "\u001b[1m", "\u001b[2m"].reduce(
      (text, code) => text.replaceAll(code, ""),
      styled,
    );
    assert.strictEqual(plain, ascii(graph));
  });

  it.each(
    knownCharts.flatMap((known) =>
      [1, 40, 63, 80, 100, 500].map((columns) => ({ ...known, columns }))
    ),
  )("keeps $name within $columns columns, 40 at least and 100 at most", (known) => {
    const { columns } = known;
    const most = Math.min(100, Math.max(40, columns));
    const text = ascii(known.graph, { columns });
    assert.isTrue(text.split("\n").every((line) => line.length <= most && line.trimEnd() === line));
    const words = text.replaceAll(/[│├└─\s]+/g, " ");
    for (const { description } of known.graph.nodes) assert.include(words, description);
  });
});
