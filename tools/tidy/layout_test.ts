import { assert, it } from "@effect/vitest";
import {
  fileLength,
  fileNames,
  maxLines,
  moduleComments,
  onlyReExports,
  privateImports,
  serviceKeys,
  testsBeside,
} from "./layout.ts";
import { sourceFile } from "./source_file.ts";

it.each([
  "packages/core/src/protocol/pkce.ts",
  "apps/cli/src/_row.ts",
  "apps/web-demo/src/page.ts",
  "vitest.config.ts",
])(
  "fileNames() lets %s pass",
  (path) => assert.deepStrictEqual(fileNames(sourceFile(path, "")), []),
);

it.each([
  "packages/core/src/protocol/tokenSet.ts",
  "packages/core/src/protocol/token-set.ts",
  "packages/core/src/utils/pkce.ts",
  "packages/core/src/protocol/index.ts",
  "packages/core/src/protocol/_helpers.ts",
  "packages/core/src/types.ts",
  "apps/web-demo/src/web-page.ts",
  "apps/webDemo/src/page.ts",
])("fileNames() reports %s", (path) => assert.lengthOf(fileNames(sourceFile(path, "")), 1));

it("fileLength() reports the first line over the limit", () => {
  const atLimit = "\n".repeat(maxLines - 1) + "export {};\n";
  assert.deepStrictEqual(fileLength(sourceFile("x.ts", atLimit)), []);
  assert.lengthOf(fileLength(sourceFile("x.ts", `\n${atLimit}`)), 1);
});

it("onlyReExports() reports what a mod.ts does beside re-exporting", () => {
  const text = `export * as Pkce from "./pkce.ts";
export { a } from "./a.ts";
export type { B } from "./b.ts";
import { c } from "./c.ts";
export const d = 1;
export { c };`;
  const lines = onlyReExports(sourceFile("packages/core/src/mod.ts", text)).map(({ line }) => line);
  assert.deepStrictEqual(lines, [4, 5, 6]);
  assert.deepStrictEqual(onlyReExports(sourceFile("packages/core/src/x.ts", text)), []);
});

it("privateImports() reports a _file of another folder", () => {
  const text = `import "./_near.ts";
import "../flow/_far.ts";
import "@bellhop/core/flow/_far";`;
  const lines = privateImports(sourceFile("packages/core/src/grant/x.ts", text));
  assert.deepStrictEqual(lines.map(({ line }) => line), [2, 3]);
});

it("moduleComments() wants @module in the first comment of a public module", () => {
  const path = "packages/core/src/protocol/x.ts";
  assert.deepStrictEqual(moduleComments(sourceFile(path, "/**\n * X.\n * @module\n */")), []);
  assert.lengthOf(moduleComments(sourceFile(path, "/** X. */ /** @module */")), 1);
  assert.lengthOf(moduleComments(sourceFile(path, "export {};")), 1);
  assert.deepStrictEqual(moduleComments(sourceFile("packages/core/src/_x.ts", "export {};")), []);
});

it("testsBeside() reports code without a test, and an excuse that is not needed", () => {
  const files = [
    sourceFile("packages/core/src/a.ts", "export function a() {}"),
    sourceFile("packages/core/src/b.ts", "export function b() {}"),
    sourceFile("packages/core/src/b_test.ts", ""),
    sourceFile("packages/core/src/c.ts", "export interface C {}"),
    sourceFile("packages/core/src/_d.ts", "export function d() {}"),
    sourceFile("packages/core/src/e.ts", "export const e = 1;"),
  ];
  const excused = {
    "packages/core/src/e.ts": "measured by the bench",
    "packages/core/src/b.ts": "it has one by now",
  };
  assert.deepStrictEqual(testsBeside(files, excused).map(({ path }) => path), [
    "packages/core/src/a.ts",
    "packages/core/src/b.ts",
  ]);
});

it("serviceKeys() wants package, module and name", () => {
  const text = `export const Store: Context.Service<Store, Store> = Context.Service("wrong/Store");
export const Clock: Context.Service<Clock, Clock> = Context.Service<Clock, Clock>(
  "@bellhop/core/session/store/Clock",
);
export const Seen: Context.Reference<boolean> = Context.Reference("@bellhop/core/Seen", {
  defaultValue: () => false,
});`;
  const found = serviceKeys(sourceFile("packages/core/src/session/store.ts", text));
  assert.deepStrictEqual(found.map(({ line, message }) => [line, message]), [
    [1, `The key is "@bellhop/core/session/store/Store"`],
    [5, `The key is "@bellhop/core/session/store/Seen"`],
  ]);
});
