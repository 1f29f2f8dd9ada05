import { assert, describe, it } from "@effect/vitest";
import { setup } from "xstate";
import { mermaid, pages, read, withDiagram } from "./chart_diagram.ts";

describe("mermaid()", () => {
  it("puts an edge into the innermost state that holds both ends", () => {
    const chart = setup({ delays: { soon: 10 } }).createMachine({
      id: "small",
      initial: "outer",
      states: {
        outer: {
          initial: "a",
          after: { soon: "end" },
          states: { a: { on: { go: "b", jump: "b" } }, b: { on: { out: "#small.end" } } },
        },
        end: { type: "final" },
      },
    });
    assert.deepStrictEqual(mermaid(chart).split("\n"), [
      "stateDiagram-v2",
      "  [*] --> outer",
      "  state outer {",
      "    [*] --> a",
      "    a --> b: go, jump",
      "  }",
      "  outer --> end: after soon",
      "  b --> end: out",
      "  end --> [*]",
    ]);
  });
});

describe("mermaid() of what needs no answer", () => {
  it("draws what any state does, and what is passed by a guard", () => {
    const chart = setup({ guards: { isOver: () => true } }).createMachine({
      id: "passing",
      initial: "between",
      on: { stop: ".end" },
      states: {
        between: { always: [{ guard: "isOver", target: "end" }, { target: "on" }] },
        on: { on: { a: [{ guard: "isOver", target: "end" }, { target: "end" }] } },
        end: { type: "final" },
      },
    });
    assert.deepStrictEqual(mermaid(chart).split("\n"), [
      "stateDiagram-v2",
      "  [*] --> between",
      "  anyState --> end: stop",
      "  between --> end: isOver",
      "  between --> on: else",
      "  on --> end: a",
      "  end --> [*]",
    ]);
  });
});

describe("the documentation's pictures", () => {
  it.each(pages.map(([path, chart]) => ({ path, chart })))(
    "$path shows its chart as it is",
    (page) => {
      const text = read(page.path);
      assert.strictEqual(
        text,
        withDiagram(text, page.chart),
        "renew it: node tools/chart_diagram.ts --write",
      );
    },
  );
});
