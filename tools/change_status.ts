/**
 * `check:changes`: on a branch, `changeset status` against `main`: what a user can see needs a
 * changeset. On `main` itself, and where there is no `main` to compare with (a shallow or detached
 * checkout), there is nothing to ask.
 *
 * @module
 */
import { run } from "./command.ts";

const head = await commitOf("HEAD");
const base = await commitOf("main") ?? await commitOf("origin/main");
if (base === undefined) {
  console.log("No main branch here to compare with");
} else if (base === head) {
  console.log("Nothing is ahead of main");
} else {
  const { status, output } = await run("changeset", ["status", `--since=${base}`]);
  console.log(output.trim());
  process.exitCode = status;
}

async function commitOf(name: string): Promise<string | undefined> {
  const wanted = ["rev-parse", "--verify", "--quiet", `${name}^{commit}`];
  const { status, output } = await run("git", wanted);
  return status === 0 ? output.trim() : undefined;
}
