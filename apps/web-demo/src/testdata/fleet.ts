/** Several processes of the demonstration behind one address, which share a directory. */
import { Effect } from "effect";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Processes behind one address. */
export interface Fleet {
  readonly origin: string;
  /** Which process has answered which path, as `PATH at NUMBER`. */
  readonly served: ReadonlyArray<string>;
  /** Where they keep what they keep. */
  readonly directory: string;
}

/** Starts two: the first begins logins, the second ends them, and the rest goes by turns. */
export const start = Effect.fnUntraced(function* (issuer: string) {
  const served: Array<string> = [];
  const ports: Array<number> = [];
  let turn = 0;
  const choose = (path: string) => path === "/login" ? 0 : path === "/callback" ? 1 : turn++ % 2;
  const proxy = yield* Effect.acquireRelease(
    Effect.promise(() =>
      new Promise<ReturnType<typeof createServer>>((resolve) => {
        const server = createServer((incoming, outgoing) => {
          const [path = "/"] = (incoming.url ?? "/").split("?");
          const at = choose(path);
          served.push(`${path} at ${at}`);
          const { headers, method, url } = incoming;
          const inner = send(
            { host: "localhost", port: ports[at], method, path: url, headers },
            (answer) => {
              outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
              answer.pipe(outgoing);
            },
          );
          inner.once("error", () => outgoing.destroy());
          incoming.pipe(inner);
        });
        server.listen(0, "localhost", () => resolve(server));
      })
    ),
    (server) =>
      Effect.sync(() => {
        server.closeAllConnections();
        server.close();
      }),
  );
  const origin = `http://localhost:${(proxy.address() as AddressInfo).port}`;
  const directory = yield* Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "bellhop-web-"))),
    (path) => Effect.sync(() => rmSync(path, { recursive: true, force: true })),
  );
  // One after the other: the first makes the key that both use.
  for (let at = 0; at < 2; at++) ports.push(yield* child([issuer, origin, directory]));
  return { origin, served, directory } satisfies Fleet;
});

/** Starts one process; gives its port. */
function child(args: ReadonlyArray<string>) {
  return Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, [join(import.meta.dirname, "../fixture/serve.ts"), ...args], {
        stdio: ["ignore", "pipe", "inherit"],
      })
    ),
    (running) => Effect.sync(() => running.kill()),
  ).pipe(
    Effect.flatMap(({ stdout }) =>
      Effect.promise(() =>
        new Promise<number>((resolve) => {
          stdout.setEncoding("utf8");
          stdout.once("data", (text: string) => resolve(Number(text)));
        })
      )
    ),
  );
}
