import { assert, describe, it } from "@effect/vitest";
import { knownCharts } from "@bellhop/inspector/diagram/known_charts";
import { pages, picture, picturePath, read, withDiagram } from "./chart_diagram.ts";

const RENEW = "renew it: pnpm diagrams";

describe("the documentation's pictures", () => {
  it.each(pages.map(([path, chart]) => ({ path, chart })))(
    "$path shows its chart as it is",
    ({ path, chart }) => {
      const text = read(path);
      assert.strictEqual(text, withDiagram(text, chart), RENEW);
    },
  );

  it.each(knownCharts)("docs/diagrams/$name.svg shows its chart as it is", async (known) => {
    assert.isTrue(read(picturePath(known)) === await picture(known), RENEW);
  });
});

describe("withDiagram()", () => {
  it("refuses a page without the chart's fence, and a chart that there is not", () => {
    assert.throws(() => withDiagram("No fence.\n", "session"), /No fence for the chart "session"/);
    assert.throws(() => withDiagram("", "nothing"), /No chart "nothing"/);
  });
});
