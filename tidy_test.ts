/**
 * The rules of the house that no linter knows, over every file of the repository. `tools/tidy/` holds the
 * rules and shows of each that it can fail.
 *
 * @module
 */
import { assert, describe, it } from "@effect/vitest";
import { chartImports, circles, floors } from "./tools/tidy/floor.ts";
import {
  fileLength,
  fileNames,
  moduleComments,
  onlyReExports,
  privateImports,
  serviceKeys,
  testsBeside,
} from "./tools/tidy/layout.ts";
import { sourceFiles, textFiles } from "./tools/tidy/repository.ts";
import { runtimeNeutral } from "./tools/tidy/runtime.ts";
import type { Finding } from "./tools/tidy/source_file.ts";
import { machinePaths, registryHosts, rfcSections } from "./tools/tidy/wording.ts";

/** Public modules without a test of their own, and why. */
const testedElsewhere: Readonly<Record<string, string>> = {};

const texts = textFiles();
const sources = sourceFiles(texts);

describe("the house", () => {
  it("floors: imports of packages/core point down", () => none(sources.flatMap(floors)));
  it("charts know xstate, protocol/, effect's types and operation", () =>
    none(sources.flatMap(chartImports)));
  it("no file imports in a circle", () => none(circles(sources)));
  it("packages/core is free of any runtime", () => none(sources.flatMap(runtimeNeutral)));
  it("mod.ts only re-exports", () => none(sources.flatMap(onlyReExports)));
  it("a _file is imported from its own folder only", () => none(sources.flatMap(privateImports)));
  it("files have snake_case names that say something", () => none(sources.flatMap(fileNames)));
  it("source files have at most 400 lines", () => none(sources.flatMap(fileLength)));
  it("public modules open with a module comment", () => none(sources.flatMap(moduleComments)));
  it("public modules have a test beside them", () => none(testsBeside(sources, testedElsewhere)));
  it("service keys say where the service is found", () => none(sources.flatMap(serviceKeys)));
  it("links to an RFC name a section", () => none(texts.flatMap(rfcSections)));
  it("no file names a path of one machine", () =>
    none(texts.flatMap((file) => machinePaths(file, import.meta.dirname))));
  it("no file names a registry", () => none(texts.flatMap(registryHosts)));
});

function none(findings: ReadonlyArray<Finding>): void {
  const lines = findings.map(({ path, line, message }) => `${path}:${line} ${message}`);
  assert.deepStrictEqual(lines, []);
}
