import { assert, describe, it } from "@effect/vitest";
import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";

describe("the page's build", () => {
  it("build gives what is checked in", { timeout: 120_000 }, async () => {
    const program = resolve(import.meta.dirname, "../build.ts");
    const { stdout } = await promisify(execFile)(process.execPath, [program, "--check"]);
    assert.match(stdout, /compressed/);
  });
});
