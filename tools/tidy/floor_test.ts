import { assert, it } from "@effect/vitest";
import { chartImports, circles, floors } from "./floor.ts";
import { sourceFile } from "./source_file.ts";
import type { Finding, SourceFile } from "./source_file.ts";

function inCore(path: string, text: string): SourceFile {
  return sourceFile(`packages/core/src/${path}`, text);
}

function messages(findings: ReadonlyArray<Finding>): ReadonlyArray<string> {
  return findings.map(({ line, message }) => `${line} ${message}`);
}

it("floors() lets imports go down and stay on their floor", () => {
  const file = inCore(
    "grant/device_authorization.ts",
    `import { chart } from "../chart/device_authorization.ts";
     import { run } from "../flow/flow.ts";
     import { x } from "./x.ts";`,
  );
  assert.deepStrictEqual(floors(file), []);
});

it("floors() reports an import upwards, of a type as well", () => {
  const file = inCore("endpoint/token.ts", `import type { Session } from "../session/session.ts";`);
  assert.deepStrictEqual(messages(floors(file)), [
    "1 endpoint/ may not import session/, which is not below it",
  ]);
});

it("floors() keeps charts and endpoints blind to each other", () => {
  const chart = inCore("chart/x.ts", `export { y } from "../endpoint/y.ts";`);
  const endpoint = inCore("endpoint/y.ts", `const x = await import("../chart/x.ts");`);
  assert.lengthOf(floors(chart), 1);
  assert.lengthOf(floors(endpoint), 1);
});

it("floors() reports a folder that is no floor, and a detour by the package's name", () => {
  assert.lengthOf(floors(inCore("cellar/x.ts", "export const x = 1;")), 1);
  assert.lengthOf(
    floors(inCore("protocol/x.ts", `import { y } from "@bellhop/core/grant/y";`)),
    1,
  );
});

it("chartImports() lets in xstate, protocol/, types of effect and the operation helper", () => {
  const file = inCore(
    "chart/x.ts",
    `import { setup } from "xstate";
     import type * as Redacted from "effect/Redacted";
     import type { TokenSet } from "../protocol/token_set.ts";
     import { operation } from "./operation.ts";`,
  );
  assert.deepStrictEqual(chartImports(file), []);
});

it("chartImports() reports values of effect, other floors and anything else", () => {
  const file = inCore(
    "chart/x.ts",
    `import * as Effect from "effect/Effect";
     import { y } from "./y.ts";
     import { discover } from "../endpoint/discovery.ts";
     import { z } from "zod";`,
  );
  assert.deepStrictEqual(messages(chartImports(file)), [
    `1 A chart may not import "effect/Effect"`,
    `3 A chart may not import "../endpoint/discovery.ts"`,
    `4 A chart may not import "zod"`,
  ]);
});

it("circles() reports a circle once, with its way round", () => {
  const files = [
    inCore("protocol/a.ts", `import "./b.ts";`),
    inCore("protocol/b.ts", `export * from "./c.ts";`),
    inCore("protocol/c.ts", `import type { A } from "./a.ts";`),
    inCore("protocol/d.ts", `import "./a.ts";`),
  ];
  const found = circles(files);
  assert.lengthOf(found, 1);
  assert.include(found[0]?.message, "a.ts -> packages/core/src/protocol/b.ts -> ");
});

it("circles() leaves a diamond alone", () => {
  const files = [
    inCore("protocol/a.ts", `import "./b.ts"; import "./c.ts";`),
    inCore("protocol/b.ts", `import "./d.ts";`),
    inCore("protocol/c.ts", `import "./d.ts";`),
    inCore("protocol/d.ts", "export {};"),
  ];
  assert.deepStrictEqual(circles(files), []);
});
