/**
 * Builds the page into one module of `@bellhop/inspector`, so that it is served from source and from
 * a published package alike. With `--check` it only tells whether that module is what it would write.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const types: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
};

const place = resolve(
  import.meta.dirname,
  "../../packages/inspector/src/page/page_files.ts",
);

// The same page whoever asks for it: React has another one for tests.
process.env["NODE_ENV"] = "production";
await build({ configFile: join(import.meta.dirname, "vite.config.ts"), logLevel: "error" });
const text = moduleOf(join(import.meta.dirname, "dist/page"));
const isCheck = process.argv.includes("--check");
if (!isCheck) {
  writeFileSync(place, text);
} else if (readFileSync(place, "utf8") !== text) {
  console.error("The page is out of date: npx -y pnpm@12 --filter @bellhop/inspector-page build");
  process.exitCode = 1;
}
console.log(`${text.length} bytes, ${gzipSync(text).length} compressed`);

/** The module that holds all files of a folder. */
function moduleOf(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .toSorted();
  const entries = files.map((path) => {
    const type = types[path.slice(path.lastIndexOf(".") + 1)] ?? "application/octet-stream";
    const body = JSON.stringify(readFileSync(join(folder, path), "utf8"));
    return `  ${JSON.stringify(path)}: { type: ${JSON.stringify(type)}, body: ${body} },\n`;
  });
  return `/**
 * The files of the inspector's page by their paths. Written by \`apps/inspector/build.ts\`.
 *
 * @module
 */

/** The page's files by their paths below the root, such as \`index.html\`. */
export const files: Readonly<Record<string, { readonly type: string; readonly body: string }>> = {
${entries.join("")}};
`;
}
