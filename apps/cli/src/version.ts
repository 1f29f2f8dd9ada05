/**
 * The version of the command line app.
 *
 * @module
 */
import { readFileSync } from "node:fs";

/** Reads the version from the package. */
export function version(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version;
}
