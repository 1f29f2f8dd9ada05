/**
 * `check:jsr`: `deno publish --dry-run` for the whole workspace.
 *
 * JSR wants written types in a public interface. A chart's type can only be inferred, so inferred types
 * are let through there and nowhere else.
 *
 * @module
 */
import { run } from "./command.ts";
import { findingsOf } from "./deno_finding.ts";

const dryRun = ["publish", "--dry-run", "--allow-dirty"];
const strict = await run("deno", dryRun);
const findings = findingsOf(strict.output);
const slowCharts = findings.filter(({ path }) => /packages\/core\/src\/chart\/\w+\.ts$/.test(path));

if (strict.status === 0) {
  console.log("Dry run complete, no inferred types");
} else if (findings.length === 0 || slowCharts.length < findings.length) {
  console.log(strict.output);
  process.exitCode = 1;
} else {
  const lenient = await run("deno", [...dryRun, "--allow-slow-types"]);
  console.log(lenient.status === 0 ? "Dry run complete, inferred types in charts" : lenient.output);
  process.exitCode = lenient.status;
}
