/** The command line app as a process of its own, without a terminal: it opens no browser. */
import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** One that runs. */
export interface CliProcess {
  /** Waits for a JSON line of this type. */
  readonly line: (type: string) => Promise<Readonly<Record<string, unknown>>>;
  /** Waits for the exit code, and all that was written. */
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
  readonly kill: () => void;
}

const main = resolve(import.meta.dirname, "../../../cli/src/main.ts");

/** Starts it with `--json`. */
export function startCli(
  args: ReadonlyArray<string>,
  env: Readonly<Record<string, string>>,
): CliProcess {
  const { PATH = "" } = process.env;
  const child = spawn(process.execPath, [main, ...args, "--json"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH, NODE_COMPILE_CACHE: join(tmpdir(), "bellhop-compile-cache"), ...env },
  });
  let [stdout, stderr] = ["", ""];
  const looks = new Set<() => void>();
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    for (const look of looks) look();
  });
  const ended = new Promise<{ code: number | null; output: string }>((resolve) => {
    child.once("close", (code) => resolve({ code, output: stdout + stderr }));
  });
  const line = (type: string) =>
    new Promise<Readonly<Record<string, unknown>>>((resolve, reject) => {
      const look = () => {
        const whole = stdout.split("\n").slice(0, -1);
        const all = whole.map((text) => JSON.parse(text) as Record<string, unknown>);
        const found = all.find((each) => each["type"] === type);
        if (found !== undefined) resolve(found);
      };
      looks.add(look);
      look();
      void ended.then(() => reject(new Error(`No line "${type}":\n${stdout}${stderr}`)));
    });
  return { line, ended, kill: () => void child.kill("SIGINT") };
}
