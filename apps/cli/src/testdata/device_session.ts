/** A login by the device grant as a process of its own, the user deciding as soon as there is a code. */
import { Effect } from "effect";
import type { DevServer } from "@bellhop/devserver/dev_server";
import { type Ended, start } from "./bellhop_process.ts";

/** How the login goes. */
export interface LoginOptions {
  readonly home: string;
  /** @default "approve" */
  readonly decide?: "approve" | "deny" | undefined;
  readonly args?: ReadonlyArray<string> | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** Logs in as the public client of a development server, by `--json`. */
export async function login(
  server: DevServer,
  { home, env, decide = "approve", args = [] }: LoginOptions,
): Promise<Ended> {
  const named = ["--issuer", server.issuer, "--client-id", "bellhop-cli", "--grant", "device"];
  const child = start(["login", "--json", ...named, ...args], { home, env });
  const { user_code: userCode } = await child.line("user_code");
  await Effect.runPromise(server[decide](String(userCode)));
  return child.ended;
}
