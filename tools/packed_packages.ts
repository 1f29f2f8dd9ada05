/**
 * `check:packed`: packs every published package as it would be uploaded and looks at the result:
 * `publint --strict`, `attw` for ESM, what files are in it, and whether Node can import each of its
 * subpaths from the unpacked tarball.
 *
 * @module
 */
import { existsSync, globSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { run } from "./command.ts";
import { isTestFolder, publicModules, publishedPackages, subpathOf } from "./project.ts";
import type { PublishedPackage } from "./project.ts";

const caller = process.env["npm_execpath"] ?? "";
const pnpm = caller.includes("pnpm") ? [caller] : ["npx", "--yes", "pnpm@12"];
const attwOptions = ["--profile", "esm-only", "--format", "table-flipped", "--no-emoji"];
const room = resolve(".artefacts/packed");
rmSync(room, { recursive: true, force: true });
mkdirSync(room, { recursive: true });

const published = publishedPackages();
for (const { folder, manifest } of published) {
  const { name } = manifest;
  const tarball = tarballOf(name);
  const target = installedAt(name);
  mkdirSync(target, { recursive: true });
  await step(`${name}: pack`, [...pnpm, "pack", "--out", tarball], folder);
  await step(`${name}: unpack`, ["tar", "-xzf", tarball, "--strip-components=1", "-C", target]);
  linkDependencies({ folder, manifest });
}
for (const { folder, manifest: { name } } of published) {
  const tarball = tarballOf(name);
  const subpaths = publicModules(folder).map(subpathOf);
  await step(`${name}: publint`, ["publint", "--strict", tarball]);
  await step(`${name}: attw`, ["attw", ...attwOptions, tarball, "--entrypoints", ...subpaths]);
  reportStrayFiles(name);
  const program = importing(name, subpaths);
  await step(`${name}: import`, ["node", "--input-type=module", "--eval", program], room);
}

async function step(name: string, command: ReadonlyArray<string>, cwd = "."): Promise<void> {
  const [program = "", ...args] = command;
  const { status, output } = await run(program, args, { cwd });
  console.log(`${status === 0 ? "ok  " : "FAIL"} ${name}`);
  if (status === 0) return;
  console.log(output);
  process.exitCode = 1;
}

function tarballOf(name: string): string {
  return join(room, `${name.replace("@", "").replace("/", "-")}.tgz`);
}

function installedAt(name: string): string {
  return join(room, "node_modules", name);
}

/** Puts what the package depends on beside it, but not its siblings: those are unpacked too. */
function linkDependencies({ folder, manifest }: PublishedPackage): void {
  for (const name of Object.keys(manifest.dependencies ?? {})) {
    const link = installedAt(name);
    if (name.startsWith("@bellhop/") || existsSync(link)) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(resolve(folder, "node_modules", name), link);
  }
}

function reportStrayFiles(name: string): void {
  const stray = globSync("**/*", { cwd: installedAt(name) }).filter((path) =>
    /_test\.|tsbuildinfo/.test(path) || path.split("/").some(isTestFolder)
  );
  console.log(`${stray.length === 0 ? "ok  " : "FAIL"} ${name}: files`);
  if (stray.length === 0) return;
  console.log(`Not meant to be published:\n${stray.join("\n")}`);
  process.exitCode = 1;
}

function importing(name: string, subpaths: ReadonlyArray<string>): string {
  return subpaths.map((subpath) => `await import("${join(name, subpath)}");`).join("\n");
}
