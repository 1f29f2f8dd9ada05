/**
 * Runs a program of the workspace and keeps what it said.
 *
 * @module
 */
import { spawn } from "node:child_process";

/** How a program ended, and its output with stdout and stderr in the order they came. */
export interface CommandResult {
  readonly status: number;
  readonly output: string;
  readonly millis: number;
}

/** Where and with what a program runs. */
export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs one program without a shell and without a terminal. Never rejects: a program that cannot be
 * started is one that ended with status 127.
 */
export function run(
  program: string,
  args: ReadonlyArray<string>,
  options: CommandOptions = {},
): Promise<CommandResult> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const end = (status: number): void =>
      resolve({ status, output, millis: performance.now() - startedAt });
    child.stdout.setEncoding("utf8").on("data", (text: string) => output += text);
    child.stderr.setEncoding("utf8").on("data", (text: string) => output += text);
    child.on("error", (error) => {
      output += `${error.message}\n`;
      end(127);
    });
    child.on("close", (code, signal) => end(code ?? (signal === null ? 1 : 128)));
  });
}
