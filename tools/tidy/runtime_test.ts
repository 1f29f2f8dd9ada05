import { assert, it } from "@effect/vitest";
import { runtimeNeutral } from "./runtime.ts";
import { sourceFile } from "./source_file.ts";

function linesOf(text: string, path = "packages/core/src/protocol/x.ts"): ReadonlyArray<number> {
  return runtimeNeutral(sourceFile(path, text)).map(({ line }) => line);
}

const forbidden = [
  `import { readFileSync } from "node:fs";`,
  `import { z } from "zod";`,
  `export { x } from "@effect/platform-node";`,
  "const now = Date.now();",
  "const now = new Date();",
  "const n = Math.random();",
  "setTimeout(run, 1);",
  "const get = fetch;",
  "const get = globalThis.fetch;",
  "const text = Buffer.from(bytes);",
  "const home = process.env;",
  "const o = { fetch };",
  "const id = crypto.randomUUID();",
];

it.each(forbidden)("runtimeNeutral() reports %s", (text) => {
  assert.deepStrictEqual([...new Set(linesOf(text))], [1]);
});

const allowed = [
  `import * as Effect from "effect/Effect";`,
  `import { setup } from "xstate";`,
  `import { assertEvent } from "xstate/actions";`,
  `import { x } from "./x.ts";`,
  "const at = new Date(0);",
  "const n = Math.max(1, 2);",
  "const get = client.fetch;",
  "const o = { process: 1 };",
  "interface Client { fetch(): void; readonly process: string }",
  "// Date.now() and fetch are not used",
  `const text = "fetch";`,
];

it.each(allowed)("runtimeNeutral() lets %s pass", (text) => {
  assert.deepStrictEqual(linesOf(text), []);
});

it("runtimeNeutral() looks at sources of packages/core only", () => {
  assert.deepStrictEqual(linesOf("fetch();", "packages/core/src/protocol/x_test.ts"), []);
  assert.deepStrictEqual(linesOf("fetch();", "packages/node/src/x.ts"), []);
});
