/**
 * What a published package exports, worked out from its public modules.
 *
 * @module
 */
import type { Manifest } from "./project.ts";

/** A subpath and its source file: `./protocol/pkce` and `./src/protocol/pkce.ts`. */
export type ModulePath = readonly [subpath: string, source: string];

/**
 * The manifest with its `exports`: sources in the workspace, `dist` when published. Patterns cover the
 * public modules; files that begin with `_` are shut out folder by folder, so that private is private.
 */
export function withExports(manifest: Manifest, modules: ReadonlyArray<ModulePath>): Manifest {
  const shut = Object.fromEntries(foldersOf(modules).map((folder) => [`${folder}/_*`, null]));
  return {
    ...manifest,
    exports: { ".": "./src/mod.ts", "./*": "./src/*.ts", ...shut },
    publishConfig: {
      ...manifest.publishConfig,
      exports: { ".": builtAt("mod"), "./*": builtAt("*"), ...shut },
    },
  };
}

/** The package's `jsr.json`: JSR knows no patterns, so every public module is listed. */
export function jsrConfigOf(
  manifest: Manifest,
  modules: ReadonlyArray<ModulePath>,
): Readonly<Record<string, unknown>> {
  return {
    name: manifest.name,
    version: manifest.version,
    license: manifest.license,
    exports: Object.fromEntries(modules),
    publish: {
      include: ["src/**/*.ts", "README.md", "LICENSE"],
      exclude: ["**/*_test.ts", "**/testdata/**", "**/fixture/**"],
    },
  };
}

function foldersOf(modules: ReadonlyArray<ModulePath>): ReadonlyArray<string> {
  const folders = modules.map(([subpath]) => subpath.split("/").slice(0, -1).join("/"));
  return [...new Set([".", ...folders])].filter((folder) => folder !== "").toSorted();
}

function builtAt(name: string): Readonly<Record<string, string>> {
  return { types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` };
}
