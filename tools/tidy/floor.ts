/**
 * Imports point down: the floors of `packages/core`, what a chart may know, and no circle anywhere.
 *
 * @module
 */
import { isForTests, resolved } from "./source_file.ts";
import type { Finding, SourceFile } from "./source_file.ts";

const root = "packages/core/src/";
const heights: Readonly<Record<string, number>> = {
  protocol: 0,
  chart: 1,
  endpoint: 1,
  flow: 2,
  grant: 3,
  session: 4,
  http: 5,
};

/** Each floor of `packages/core` imports only itself and the floors below it. */
export function floors(file: SourceFile): ReadonlyArray<Finding> {
  const from = floorOf(file.path);
  if (from === undefined || isForTests(file.path)) return [];
  if (!(from in heights)) return [finding(file, 1, `"${from}/" is not a floor of packages/core`)];
  return file.imports.flatMap(({ specifier, line }) => {
    if (specifier.startsWith("@bellhop/")) {
      return [finding(file, line, `Import "${specifier}" by its relative path`)];
    }
    const to = floorOf(resolved(file, specifier) ?? "");
    return to === undefined || to === from || heightOf(to) < heightOf(from)
      ? []
      : [finding(file, line, `${from}/ may not import ${to}/, which is not below it`)];
  });
}

/** A chart knows `xstate`, `protocol/`, types of `effect`, and what else stands in `chart/`. */
export function chartImports(file: SourceFile): ReadonlyArray<Finding> {
  if (floorOf(file.path) !== "chart" || isForTests(file.path)) return [];
  return file.imports
    .filter(({ specifier, isTypeOnly }) => {
      const path = resolved(file, specifier);
      return specifier !== "xstate" && !["chart", "protocol"].includes(floorOf(path ?? "") ?? "") &&
        !(isTypeOnly && /^effect(\/|$)/.test(specifier));
    })
    .map(({ specifier, line }) => finding(file, line, `A chart may not import "${specifier}"`));
}

/** No file imports itself by way of others, types included. */
export function circles(files: ReadonlyArray<SourceFile>): ReadonlyArray<Finding> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const found: Array<Finding> = [];
  const visit = (file: SourceFile, trail: ReadonlyArray<string>): void => {
    const seenAt = trail.indexOf(file.path);
    if (seenAt >= 0) {
      const circle = [...trail.slice(seenAt), file.path].join(" -> ");
      found.push(finding(file, 1, `Imports in a circle: ${circle}`));
      return;
    }
    if (done.has(file.path)) return;
    for (const { specifier } of file.imports) {
      const next = byPath.get(resolved(file, specifier) ?? "");
      if (next !== undefined) visit(next, [...trail, file.path]);
    }
    done.add(file.path);
  };
  for (const file of files) visit(file, []);
  return found;
}

function floorOf(path: string): string | undefined {
  return path.startsWith(root) && path.slice(root.length).includes("/")
    ? path.slice(root.length).split("/")[0]
    : undefined;
}

function heightOf(floor: string): number {
  return heights[floor] ?? Number.POSITIVE_INFINITY;
}

function finding(file: SourceFile, line: number, message: string): Finding {
  return { path: file.path, line, message };
}
