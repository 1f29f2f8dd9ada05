import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import { graphOf } from "./graph_of.ts";
import { findChart, knownCharts } from "./known_charts.ts";
import { layout } from "./layout.ts";
import { svg, type SvgOptions } from "./svg.ts";
import { crowded } from "./testdata/crowded.ts";

const device = findChart("device_authorization");

function drawn(graph: typeof crowdedGraph, options?: SvgOptions) {
  return Effect.map(layout(graph), (placed) => svg(graph, placed, options));
}

const crowdedGraph = graphOf(crowded);

/** Fails where tags do not close in the order in which they were opened. */
function assertWellFormed(text: string): void {
  const open: Array<string> = [];
  for (const [, close, name = "", empty] of text.matchAll(/<(\/?)([a-z]+)[^<>]*?(\/?)>/g)) {
    if (close === "/") assert.strictEqual(open.pop(), name);
    else if (empty === "") open.push(name);
  }
  assert.deepStrictEqual(open, []);
  assert.notMatch(text.replaceAll(/&(?:amp|lt|gt|quot);/g, ""), /&/);
}

describe("svg()", () => {
  it.effect.each(knownCharts)(
    "draws every state and event of $name",
    ({ graph, title }) =>
      Effect.gen(function* () {
        const picture = yield* drawn(graph, { title });
        assertWellFormed(picture);
        assert.include(picture, `>${title}</title>`);
        for (const { name } of graph.nodes.slice(1)) assert.include(picture, `>${name}</text>`);
        for (const { event, kind } of graph.edges) {
          if (kind !== "always") assert.include(picture, event);
        }
        assert.strictEqual(yield* drawn(graph, { title }), picture);
      }),
  );

  it.effect("escapes what it writes", () =>
    Effect.gen(function* () {
      const picture = yield* drawn(crowdedGraph, { title: "<script>&\"\u0000'" });
      assertWellFormed(picture);
      assert.include(
        picture,
        '<title id="crowded-title">&lt;script&gt;&amp;&quot;\ufffd\'</title>',
      );
      assert.include(picture, "say &quot;&lt;so&gt;&quot;");
      assert.include(picture, "Holds &lt;others&gt; &amp;");
    }));

  it.effect("tells the whole chart in words", () =>
    Effect.gen(function* () {
      const picture = yield* drawn(crowdedGraph);
      const [words = ""] = /<desc [^]*<\/desc>/.exec(picture) ?? [];
      assert.include(words, "One of everything.");
      assert.include(words, "outer.second. again to outer.second; out [isOver] to both;");
      assert.include(words, "end (an end).");
      assert.include(words, "From any state: stop to end.");
      assert.match(picture, /role="img" aria-labelledby="crowded-title crowded-desc"/);
    }));

  it.effect("has colours for light and dark pages, and nothing from elsewhere", () =>
    Effect.gen(function* () {
      const picture = yield* drawn(crowdedGraph);
      assert.include(picture, "@media (prefers-color-scheme:dark)");
      assert.notMatch(picture.replace("http://www.w3.org/2000/svg", ""), /https?:|url\(|@import/);
    }));

  it.effect("lights the current state, those around it, and what was taken", () =>
    Effect.gen(function* () {
      assert.isDefined(device);
      const plain = yield* drawn(device.graph);
      assert.notInclude(plain, 'class="arrow taken');
      const lit = yield* drawn(device.graph, {
        current: "awaitingUser.polling",
        taken: ["requestingDeviceCode/device_code/0", "awaitingUser.waiting/after interval/0"],
      });
      assert.strictEqual(lit.match(/class="box atomic current"/g)?.length, 1);
      assert.strictEqual(lit.match(/class="box compound around"/g)?.length, 1);
      assert.strictEqual(lit.match(/class="arrow taken/g)?.length, 2);
      assert.include(lit, 'class="event delay taken"');
    }));
});
