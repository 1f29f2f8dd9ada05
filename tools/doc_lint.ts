/**
 * `check:doc-lint`: `deno doc --lint` over every public module, but for two things: `private-type-ref`
 * takes each type of an npm dependency for a private one; the members that every error and every event
 * has, and those that bear the wire's own names, need no words of ours; and a chart's type is inferred.
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
  switch (code) {
    case "private-type-ref":
      return true;
    case "missing-jsdoc":
      return /\| +(override )?readonly ((_tag|name|message|hint|type)\b|[a-z]+(_[a-z]+)+\??:)/.test(
        text,
      );
    case "missing-explicit-type":
      return /\bsrc\/chart\//.test(text);
    default:
      return false;
  }
}
