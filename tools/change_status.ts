/**
 * `check:changes`: on a branch, `changeset status` against `main`: what a user can see needs a
 * changeset. Where there is no `main` to compare with (a shallow or detached checkout), or nothing
 * differs from it, there is nothing to ask.
 *
 * @module
 */
import { run } from "./command.ts";

const base = await firstExisting(["main", "origin/main"]);
if (base === undefined) {
  console.log("No main branch here to compare with");
} else {
  const { status, output } = await run("changeset", ["status", `--since=${base}`]);
  console.log(output.trim());
  process.exitCode = status;
}

async function firstExisting(names: ReadonlyArray<string>): Promise<string | undefined> {
  for (const name of names) {
    const { status } = await run("git", ["rev-parse", "--verify", "--quiet", `${name}^{commit}`]);
    if (status === 0) return name;
  }
  return undefined;
}
