/** A login in the browser as a process of its own, the person pressing buttons as soon as there is a page. */
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { DevServer } from "@bellhop/devserver/dev_server";
import { type LastPage, visit } from "../demo/simulated_browser.ts";
import { type Ended, type Running, start } from "./bellhop_process.ts";

/** How the login goes. */
export interface CodeLoginOptions {
  readonly home: string;
  /** Values of the buttons. @default login, then allow */
  readonly answers?: ReadonlyArray<string> | undefined;
  readonly args?: ReadonlyArray<string> | undefined;
}

/** A login that waits for the browser. */
export interface WaitingLogin {
  readonly child: Running;
  /** Where to sign in. */
  readonly url: string;
}

/** Starts a login of the public client, and hands over the address that it shows. */
export async function begin(
  { issuer }: Pick<DevServer, "issuer">,
  { home, args = [] }: CodeLoginOptions,
): Promise<WaitingLogin> {
  const named = ["--issuer", issuer, "--client-id", "bellhop-cli", "--grant", "code"];
  const child = start(["login", "--json", "--no-browser", ...named, ...args], { home });
  const { url } = await child.line("authorization_url");
  return { child, url: String(url) };
}

/** Logs in, the browser being one of the test's own. */
export async function login(
  server: DevServer,
  options: CodeLoginOptions,
): Promise<Ended & { readonly page: LastPage }> {
  const { child, url } = await begin(server, options);
  const page = await visit(url, options.answers ?? ["login", "allow"]);
  return { ...await child.ended, page };
}

/** Where the browser would be sent back to, without a server: with the login's state, and `answer`. */
export function answered(url: string, answer: Readonly<Record<string, string>>): string {
  const { searchParams } = new URL(url);
  const back = new URL(searchParams.get("redirect_uri") ?? "");
  const state = searchParams.get("state") ?? "";
  back.search = new URLSearchParams({ state, ...answer }).toString();
  return back.href;
}

/** A browser that the command line can start: one that signs in by itself. */
export interface BrowserProgram {
  /** For `BROWSER`. */
  readonly path: string;
  /** The page on which it ended, and the names of the variables that it was given. */
  readonly seen: () => Promise<LastPage & { readonly variables: ReadonlyArray<string> }>;
}

/** Writes one into a directory. */
export async function browserIn(directory: string): Promise<BrowserProgram> {
  const path = join(directory, "browser");
  const seen = join(directory, "seen.json");
  const module = pathToFileURL(join(import.meta.dirname, "../demo/simulated_browser.ts")).href;
  await writeFile(
    path,
    `#!${process.execPath}
const { writeFileSync } = require("node:fs");
import(${JSON.stringify(module)}).then(async ({ visit }) => {
  const page = await visit(process.argv[2], ["login", "allow"]);
  const variables = Object.keys(process.env);
  writeFileSync(${JSON.stringify(seen)}, JSON.stringify({ ...page, variables }));
});
`,
  );
  await chmod(path, 0o755);
  return { path, seen: async () => JSON.parse(await readWhenThere(seen)) };
}

async function readWhenThere(file: string): Promise<string> {
  for (let turn = 0; turn < 100; turn++) {
    const text = await readFile(file, "utf8").catch(() => "");
    if (text !== "") return text;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`There is no ${file}`);
}
