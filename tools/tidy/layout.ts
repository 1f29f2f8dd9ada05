/**
 * How a file is named, how long it is, what may stand in it and who may import it.
 *
 * @module
 */
import { posix } from "node:path";
import { isForTests, lineAt, resolved } from "./source_file.ts";
import type { Finding, SourceFile } from "./source_file.ts";

/** Longest source file, in lines. */
export const maxLines = 400;

const emptyNames: ReadonlySet<string> = new Set([
  "utils",
  "util",
  "helpers",
  "common",
  "types",
  "index",
]);

/** snake_case, and a name that says something. A package's own folder is named as packages are. */
export function fileNames(file: SourceFile): ReadonlyArray<Finding> {
  const parts = file.path.replace(/^(apps|packages)\/[a-z0-9]+(-[a-z0-9]+)*\//, "$1/")
    .replace(/\.ts$/, "").split("/");
  const isConfig = file.path.endsWith(".config.ts");
  return parts.flatMap((part) => [
    ...(isConfig || /^_?[a-z0-9]+(_[a-z0-9]+)*$/.test(part)
      ? []
      : [atTop(file, `Name "${part}" in snake_case`)]),
    ...(emptyNames.has(part.replace(/^_/, "")) ? [atTop(file, `"${part}" names no concept`)] : []),
  ]);
}

/** No source file is longer than one can keep in mind. */
export function fileLength(file: SourceFile): ReadonlyArray<Finding> {
  const lines = file.text.trimEnd().split("\n").length;
  return lines <= maxLines ? [] : [atTop(file, `${lines} lines, the limit is ${maxLines}`)];
}

/** `mod.ts` re-exports and does nothing else. */
export function onlyReExports(file: SourceFile): ReadonlyArray<Finding> {
  if (posix.basename(file.path) !== "mod.ts") return [];
  return file.program.body
    .filter((node) =>
      node.type !== "ExportAllDeclaration" &&
      !(node.type === "ExportNamedDeclaration" && node.source !== null)
    )
    .map((node) => ({
      path: file.path,
      line: lineAt(file.text, node.start),
      message: "mod.ts only re-exports",
    }));
}

/** A file that begins with `_` is imported from its own folder only. */
export function privateImports(file: SourceFile): ReadonlyArray<Finding> {
  return file.imports
    .filter(({ specifier }) => {
      const path = resolved(file, specifier);
      const isPrivate = posix.basename(specifier).startsWith("_");
      return isPrivate && (path === undefined || posix.dirname(path) !== posix.dirname(file.path));
    })
    .map(({ specifier, line }) => ({
      path: file.path,
      line,
      message: `"${specifier}" is private to its folder`,
    }));
}

/** Every public module opens with what it is. */
export function moduleComments(file: SourceFile): ReadonlyArray<Finding> {
  if (!isPublic(file.path)) return [];
  const opening = /^(#!.*\n)?\/\*\*([\s\S]*?)\*\//.exec(file.text)?.[2] ?? "";
  return opening.includes("@module")
    ? []
    : [atTop(file, "A public module opens with a comment that ends in @module")];
}

/** Every public file that does something has its test beside it, but for `excused`. */
export function testsBeside(
  files: ReadonlyArray<SourceFile>,
  excused: Readonly<Record<string, string>>,
): ReadonlyArray<Finding> {
  const paths = new Set(files.map(({ path }) => path));
  const untested = files.filter((file) =>
    isPublic(file.path) && posix.basename(file.path) !== "mod.ts" && hasCode(file) &&
    !paths.has(file.path.replace(/\.ts$/, "_test.ts"))
  );
  const needless = Object.keys(excused).filter((path) =>
    !untested.some((file) => file.path === path)
  );
  return [
    ...untested
      .filter(({ path }) => !(path in excused))
      .map((file) => atTop(file, "A public module has its test beside it")),
    ...needless.map((path) => ({ path, line: 1, message: "Needs no excuse for a missing test" })),
  ];
}

/** A service's key is where it is found: package, module, name. */
export function serviceKeys(file: SourceFile): ReadonlyArray<Finding> {
  const place = /^packages\/(\w+)\/src\/(.+)\.ts$/.exec(file.path);
  if (place === null || isForTests(file.path)) return [];
  const keys = file.text.matchAll(
    /\bconst (\w+)\b[^=]*=\s*Context\.(?:Service|Reference)(?:<[^(]*>)?\(\s*"([^"]+)"/g,
  );
  return [...keys].flatMap(({ 1: name, 2: key, index }) => {
    const expected = `@bellhop/${place[1]}/${place[2]}/${name}`;
    return key === expected
      ? []
      : [{ path: file.path, line: lineAt(file.text, index), message: `The key is "${expected}"` }];
  });
}

function isPublic(path: string): boolean {
  return /^packages\/\w+\/src\//.test(path) && !isForTests(path) &&
    !posix.basename(path).startsWith("_");
}

/** False for a file of types only: nothing of it is left to test. */
function hasCode(file: SourceFile): boolean {
  return file.program.body.some((node) => {
    const declared = node.type === "ExportNamedDeclaration" ? node.declaration : node;
    return declared !== null && !/^(TS\w+|Import\w+|Export\w+)$/.test(declared.type);
  });
}

function atTop(file: SourceFile, message: string): Finding {
  return { path: file.path, line: 1, message };
}
