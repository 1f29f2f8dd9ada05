import { assert, describe, it } from "@effect/vitest";
import { readFileSync } from "node:fs";
import { happenings, isLine, type Kind, observations, type Shape } from "./_line_shape.ts";

const page = readFileSync(new URL("../../../../docs/recording.md", import.meta.url), "utf8");

/** The rows of the table behind a mark, each cell without what only aligns it. */
function rowsBehind(mark: string): ReadonlyArray<ReadonlyArray<string>> {
  const [, behind = ""] = page.split(`<!-- ${mark} -->\n`);
  const [table = ""] = behind.trimStart().split("\n\n");
  return table.trim().split("\n").slice(2).map((row) =>
    row.split("|").slice(1, -1).map((cell) => cell.trim())
  );
}

/** What the page should say. */
function rowsOf(shapes: ReadonlyMap<unknown, Shape>): ReadonlyArray<ReadonlyArray<string>> {
  return [...shapes].map(([type, shape]) => [
    `\`${String(type)}\``,
    Object.entries(shape).map(([name, kind]) =>
      kind.endsWith("?") ? `${name}: ${kind.slice(0, -1)}, or none` : `${name}: ${kind}`
    ).map((text) => text.replace(/^\w+/, "`$&`")).join("; "),
  ]);
}

const examples: Readonly<Record<string, unknown>> = {
  string: "text",
  number: 1,
  boolean: true,
  object: {},
};

const wrongs: Readonly<Record<string, unknown>> = {
  string: 1,
  number: "1",
  boolean: "true",
  object: "{}",
};

function example(shape: Shape, values = examples): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(shape).map(([name, kind]) => [name, values[bare(kind)]]),
  );
}

function bare(kind: Kind): string {
  return kind.replace("?", "");
}

const head = { seq: 0, at: 0, process: "main" };

const lineTypes: ReadonlyArray<readonly [string, Shape, (members: object) => object]> = [
  ...[...observations].map(([type, shape]) =>
    [
      String(type),
      shape,
      (members: object) => ({
        ...head,
        type: "observed",
        observation: { ...members, type },
      }),
    ] as const
  ),
  ...[...happenings].map(([type, shape]) =>
    [String(type), shape, (members: object) => ({ ...head, ...members, type })] as const
  ),
];

describe("the shape of lines", () => {
  it("is what the page about recordings says", () => {
    assert.deepStrictEqual(rowsBehind("observations"), rowsOf(observations));
    assert.deepStrictEqual(rowsBehind("happenings"), rowsOf(happenings));
  });

  it.each(lineTypes)("wants of %s each of its members, as what it is", (_, shape, lineOf) => {
    const whole = example(shape);
    assert.isTrue(isLine(lineOf(whole)));
    for (const [name, kind] of Object.entries(shape)) {
      const { [name]: _, ...rest } = whole;
      // A world's line has a process of its own only where its type wants one.
      const isInHead = name in head;
      if (!isInHead) assert.strictEqual(isLine(lineOf(rest)), kind.endsWith("?"), name);
      const wrong = { ...whole, [name]: wrongs[bare(kind)] };
      assert.isFalse(isLine(lineOf(wrong)), name);
    }
  });
});
