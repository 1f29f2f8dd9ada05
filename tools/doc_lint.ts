/**
 * `check:doc-lint`: `deno doc --lint` over every public module, but for two things: `private-type-ref`
 * takes each type of an npm dependency for a private one, and the members that every error and every
 * event has need no words of their own.
 *
 * @module
 */
import { join } from "node:path";
import { run } from "./command.ts";
import { findingsOf } from "./deno_finding.ts";
import type { DenoFinding } from "./deno_finding.ts";
import { publicModules, publishedPackages } from "./project.ts";

const modules = publishedPackages().flatMap(({ folder }) =>
  publicModules(folder).map((path) => join(folder, path))
);
const { status, output } = await run("deno", ["doc", "--quiet", "--lint", ...modules]);
const findings = findingsOf(output);
const kept = findings.filter((finding) => !isNoise(finding));
for (const finding of kept) console.log(`${finding.text}\n`);
if (status !== 0 && findings.length === 0) console.log(output);
if (kept.length > 0 || (status !== 0 && findings.length === 0)) process.exitCode = 1;
console.log(`${modules.length} modules, ${kept.length} findings`);

function isNoise({ code, text }: DenoFinding): boolean {
  return code === "private-type-ref" ||
    (code === "missing-jsdoc" && /\| +(override )?readonly (_tag|name|message|type)\b/.test(text));
}
