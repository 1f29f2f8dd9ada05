/**
 * The files of this repository: tracked ones, and new ones that are not ignored.
 *
 * @module
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { sourceFile } from "./source_file.ts";
import type { SourceFile } from "./source_file.ts";
import type { TextFile } from "./wording.ts";

/** Every text file of the repository. */
export function textFiles(): ReadonlyArray<TextFile> {
  return listed()
    .filter((path) => existsSync(path))
    .map((path) => ({ path, text: readFileSync(path, "utf8") }))
    .filter(({ text }) => !text.includes("\0"));
}

/** Every TypeScript file among `files`, parsed. */
export function sourceFiles(files: ReadonlyArray<TextFile>): ReadonlyArray<SourceFile> {
  return files
    .filter(({ path }) => path.endsWith(".ts"))
    .map(({ path, text }) => sourceFile(path, text));
}

function listed(): ReadonlyArray<string> {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
  return execFileSync("git", args, { encoding: "utf8" }).split("\0").filter((path) => path !== "");
}
