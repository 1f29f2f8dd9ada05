import { assert, describe, it } from "@effect/vitest";
import { setup } from "xstate";
import { graphOf } from "./graph_of.ts";
import { mermaid } from "./mermaid.ts";
import { crowded } from "./testdata/crowded.ts";

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
    assert.deepStrictEqual(mermaid(graphOf(chart)).split("\n"), [
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
    assert.deepStrictEqual(mermaid(graphOf(chart)).split("\n"), [
      "stateDiagram-v2",
      "  [*] --> between",
      "  anyState --> end: stop",
      "  between --> end: isOver",
      "  between --> on: else",
      "  on --> end: a",
      "  end --> [*]",
    ]);
  });

  it("tells states of one name apart, divides what runs at once, and escapes", () => {
    const lines = mermaid(graphOf(crowded)).split("\n").map((line) => line.trim());
    assert.include(lines, 'state "first" as state1_outer_first');
    assert.include(lines, 'state "first" as state5_both_left_first');
    assert.include(lines, 'state "a b" as state7_both_right_a_b');
    assert.include(lines, "[*] --> state7_both_right_a_b");
    assert.include(lines, "--");
    assert.include(lines, "both --> end: say #34;#60;so#62;#34;");
    assert.notInclude(lines.join(), "ping");
  });
});
