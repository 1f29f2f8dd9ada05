/** The command line app as a process of its own, as scripts meet it. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";

/** Makes each start a third quicker. */
const compileCache = join(tmpdir(), "bellhop-compile-cache");

/** How it ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Each line of stdout, parsed. */
  readonly lines: ReadonlyArray<Record<string, unknown>>;
}

/** One that runs. */
export interface Running {
  readonly ended: Promise<Ended>;
  /** Waits for a JSON line of this type. */
  readonly line: (type: string) => Promise<Record<string, unknown>>;
  /** Waits for text on stdout or stderr, and gives what the pattern's first group holds. */
  readonly text: (pattern: RegExp) => Promise<string>;
  /** What it has written to stdout so far. */
  readonly stdout: () => string;
  readonly kill: (signal: NodeJS.Signals) => void;
}

/** How it is started. */
export interface StartOptions {
  readonly home: string;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly stdin?: string | undefined;
  readonly program?: "main.ts" | "demo/main.ts" | undefined;
}

/** Starts it, without a terminal and without the environment of the tests. */
export function start(args: ReadonlyArray<string>, options: StartOptions): Running {
  const program = fileURLToPath(new URL(`../${options.program ?? "main.ts"}`, import.meta.url));
  const { PATH = "" } = process.env;
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { PATH, NODE_COMPILE_CACHE: compileCache, BELLHOP_HOME: options.home, ...options.env },
  });
  child.stdin.on("error", () => {});
  child.stdin.end(options.stdin ?? "");
  return watch(child);
}

/** Runs it to its end. */
export function run(args: ReadonlyArray<string>, options: StartOptions): Promise<Ended> {
  return start(args, options).ended;
}

/** A directory that is removed when `use` is done. */
export async function withHome<A>(use: (home: string) => Promise<A>): Promise<A> {
  const home = await mkdtemp(join(tmpdir(), "bellhop-cli-"));
  try {
    return await use(home);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

function watch(child: ChildProcessByStdio<Writable, Readable, Readable>): Running {
  const output = { stdout: "", stderr: "" };
  const watchers = new Set<() => void>();
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      output[name] += text;
      for (const look of watchers) look();
    });
  }
  const ended = new Promise<Ended>((resolve) => {
    child.once("close", (code) => resolve({ code, ...output, lines: linesOf(output.stdout) }));
  });
  const until = <A>(find: () => A | undefined, what: string) =>
    new Promise<A>((resolve, reject) => {
      const look = () => {
        const found = find();
        if (found !== undefined) resolve(found);
      };
      watchers.add(look);
      look();
      void ended.then(() => reject(new Error(`No ${what}:\n${output.stdout}${output.stderr}`)));
    });
  const line = (type: string) =>
    until(() => linesOf(output.stdout).find((each) => each["type"] === type), `line "${type}"`);
  const text = (pattern: RegExp) =>
    until(() => pattern.exec(`${output.stdout}\n${output.stderr}`)?.[1], String(pattern));
  return {
    ended,
    line,
    text,
    stdout: () => output.stdout,
    kill: (signal) => void child.kill(signal),
  };
}

function linesOf(text: string): ReadonlyArray<Record<string, unknown>> {
  return text.split("\n").slice(0, -1).flatMap((line) => {
    try {
      return [JSON.parse(line) as Record<string, unknown>];
    } catch {
      return [];
    }
  });
}
