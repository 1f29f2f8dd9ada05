/**
 * `check:effect`: Effect's own diagnostics for every project; a warning fails like an error.
 *
 * Run as a program of its own, and not by patching the compiler under `node_modules`, so that an
 * install is never altered. The severities stand in `tsconfig.base.json`.
 *
 * @module
 */
import { dirname, relative } from "node:path";
import { run } from "./command.ts";
import { typeScriptProjects } from "./project.ts";

const format = ["--format", "text", "--severity", "error,warning"];
const reports = await Promise.all(
  typeScriptProjects().map(async (project) => {
    const { output } = await run("effect-tsgo", ["diagnostics", "--project", project, ...format]);
    return { project, output };
  }),
);

for (const { project, output } of reports) {
  const findings = findingsIn(dirname(project), output);
  const checked = /^Checked \d+ files/m.test(output);
  console.log(`${project}: ${checked ? `${findings.length} findings` : output}`);
  for (const finding of findings) console.log(finding);
  if (findings.length > 0 || !checked) process.exitCode = 1;
}

/** A project is reported with the sources of the projects it refers to: each is kept once. */
function findingsIn(folder: string, output: string): ReadonlyArray<string> {
  return output
    .split(/^(?=\S+\(\d+,\d+\): (?:error|warning) |Checked \d+ files)/m)
    .filter((text) => /^\S+\(\d+,\d+\): /.test(text))
    .map((text) => relative(process.cwd(), text.trim()))
    .filter((text) => text.startsWith(`${folder}/`));
}
