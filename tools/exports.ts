/**
 * `pnpm sync`: writes what can be derived from the source tree: each published package's `exports` in
 * `package.json`, and its `jsr.json`, whose version follows `package.json`. With `--check` it writes
 * nothing and fails where something is stale.
 *
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { publicModules, publishedPackages, subpathOf } from "./project.ts";
import type { PublishedPackage } from "./project.ts";
import { jsrConfigOf, withExports } from "./package_exports.ts";

const isCheck = process.argv.includes("--check");
const stale = publishedPackages().flatMap((published) => filesOf(published)).filter(isStale);

for (const { path, text } of stale) {
  if (isCheck) console.log(`${path} is stale, run: pnpm sync`);
  else writeFileSync(path, text);
}
if (isCheck && stale.length > 0) process.exitCode = 1;
if (!isCheck) console.log(`${stale.length} files written`);

interface WrittenFile {
  readonly path: string;
  readonly text: string;
}

function filesOf({ folder, manifest }: PublishedPackage): ReadonlyArray<WrittenFile> {
  const modules = publicModules(folder).map((path) => [subpathOf(path), `./${path}`] as const);
  return [
    { path: join(folder, "package.json"), text: json(withExports(manifest, modules)) },
    { path: join(folder, "jsr.json"), text: json(jsrConfigOf(manifest, modules)) },
  ];
}

function isStale({ path, text }: WrittenFile): boolean {
  return JSON.stringify(JSON.parse(readFileSync(path, "utf8"))) !==
    JSON.stringify(JSON.parse(text));
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
