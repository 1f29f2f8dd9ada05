import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { assert, describe, it } from "@effect/vitest";
import { DevServer } from "@bellhop/devserver/dev_server";
import * as Server from "@bellhop/devserver/dev_server";
import { Effect } from "effect";

const execute = promisify(execFile);

/** Runs a fixture to its end in a process of its own; gives what it printed. */
function child(name: string, args: ReadonlyArray<string>): Effect.Effect<Record<string, unknown>> {
  return Effect.promise(async () => {
    const script = join(import.meta.dirname, "fixture", name);
    const { stdout } = await execute(process.execPath, [script, ...args], { timeout: 30_000 });
    return JSON.parse(stdout) as Record<string, unknown>;
  });
}

describe("a device login in two processes", () => {
  it.layer(Server.layer({ intervalSeconds: 1 }), { excludeTestServices: true })((it) => {
    it.effect(
      "is begun in one and ended in the other, with the same code and no early poll",
      () =>
        Effect.gen(function* () {
          const server = yield* DevServer;
          const folder = yield* Effect.acquireRelease(
            Effect.sync(() => mkdtempSync(join(tmpdir(), "bellhop-"))),
            (path) => Effect.sync(() => rmSync(path, { recursive: true })),
          );
          const args = [server.issuer, join(folder, "store.key"), join(folder, "checkpoint")];
          const begun = yield* child("pause_login.ts", args);
          assert.isFalse(readFileSync(args[2] ?? "").includes(String(begun["userCode"])));
          yield* server.approve(String(begun["userCode"]));
          const ended = yield* child("resume_login.ts", args);
          assert.notStrictEqual(ended["pid"], begun["pid"]);
          assert.deepInclude(ended, { status: 200, scope: ["openid", "api:read"] });
          const polls = (yield* server.requests).filter(({ path }) => path === "/token");
          assert.isAtLeast(polls.length, 2);
          assert.deepStrictEqual(
            polls.map(({ error }) => error),
            [...polls.slice(1).map(() => "authorization_pending"), undefined],
          );
        }),
      60_000,
    );
  });
});
