/**
 * The packages and projects of this workspace, as its own files list them.
 *
 * @module
 */
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The members of a `package.json` that the tools read and write. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly license?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly publishConfig?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** A package that is published: it stands in `packages/` and is not private. */
export interface PublishedPackage {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** Reads a package's manifest. */
export function readManifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, "utf8"));
}

/** Every package of the workspace that is meant for others. */
export function publishedPackages(): ReadonlyArray<PublishedPackage> {
  return globSync("packages/*/package.json")
    .toSorted()
    .map((path) => ({ folder: dirname(path), manifest: readManifest(path) }))
    .filter(({ manifest }) => manifest.private !== true);
}

/** Every TypeScript project that the root `tsconfig.json` refers to. */
export function typeScriptProjects(): ReadonlyArray<string> {
  const root: { references: ReadonlyArray<{ path: string }> } = JSON.parse(
    readFileSync("tsconfig.json", "utf8"),
  );
  return root.references.map(({ path }) => join(path, "tsconfig.json"));
}

/**
 * The source files that are public modules of a package, relative to the package: no `_` in front of
 * the file or a folder of its path, no test, no test data.
 */
export function publicModules(folder: string): ReadonlyArray<string> {
  return globSync("src/**/*.ts", { cwd: folder })
    .filter((path) => !path.endsWith("_test.ts"))
    .filter((path) => !path.split("/").some((part) => part.startsWith("_") || isTestFolder(part)))
    .toSorted();
}

/** A folder of programs and data for tests only: never published, never part of a program. */
export function isTestFolder(name: string): boolean {
  return name === "testdata" || name === "fixture";
}

/** The subpath under which a public module is imported: `src/mod.ts` is the package itself. */
export function subpathOf(module: string): string {
  return module === "src/mod.ts" ? "." : module.replace(/^src\//, "./").replace(/\.ts$/, "");
}
