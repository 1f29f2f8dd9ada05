import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DevServer } from "@bellhop/devserver/dev_server";
import { assertEnd } from "./testdata/assert_end.ts";
import { run, withHome } from "./testdata/bellhop_process.ts";
import { withDevServer } from "./testdata/server.ts";
import { age } from "./testdata/stored_session.ts";

const env = { MY_SECRET: "bellhop-service-dev-secret" };

/** Logs in as a service. */
function login({ issuer }: DevServer, home: string, args: ReadonlyArray<string> = []) {
  const named = ["--issuer", issuer, "--client-id", "bellhop-service", "--scope", "api:read"];
  const grant = ["--grant", "client-credentials", "--client-secret-env", "MY_SECRET"];
  return run(["login", "--json", ...grant, ...named, ...args], { home, env });
}

async function statusOf({ issuer }: DevServer, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token.trim()}` };
  return (await fetch(`${issuer}/api/me`, { headers })).status;
}

async function grantTypes(server: DevServer): Promise<ReadonlyArray<string>> {
  const requests = await Effect.runPromise(server.requests);
  return requests.map(({ path, grantType }) => grantType ?? path);
}

describe.concurrent("a service", () => {
  it(
    "logs in without a user, and gets new tokens by the same grant",
    { timeout: 60_000 },
    () =>
      withHome((home) =>
        withDevServer({}, async (server) => {
          const ended = await login(server, home);
          assert.deepStrictEqual([ended.code, ended.stderr], [0, ""], ended.stdout);
          assert.deepStrictEqual(ended.lines.map(({ type, path }) => path ?? type), [
            "trying.requesting",
            "granted",
            "authorized",
          ]);
          assert.strictEqual(ended.lines.at(-1)?.["scope"], "api:read");
          const profile = await readFile(join(home, "profiles", "profile-default.json"), "utf8");
          assert.strictEqual(JSON.parse(profile).grant, "client-credentials");
          const first = await run(["token"], { home });
          assert.strictEqual(await statusOf(server, first.stdout), 200);

          await age(home, 7_200_000);
          await Effect.runPromise(server.clearRequests);
          const [status] = JSON.parse((await run(["status", "--json"], { home })).stdout);
          assert.strictEqual(status.state, "stale");
          const tokens = await Promise.all([
            run(["token"], { home, env }),
            run(["token"], { home, env }),
          ]);
          assert.deepStrictEqual(await grantTypes(server), ["client_credentials"]);
          assert.strictEqual(tokens[0]?.stdout, tokens[1]?.stdout);
          assert.notStrictEqual(tokens[0]?.stdout, first.stdout);
          const me = await run(["call", `${server.issuer}/api/me`], { home });
          assert.strictEqual(JSON.parse(me.stdout).client_id, "bellhop-service");

          const again = await run(["login", "--json"], { home, env });
          assert.strictEqual(again.code, 0, again.stdout);
          assert.strictEqual(await statusOf(server, tokens[0]?.stdout ?? ""), 401);
          const last = await run(["token"], { home });
          assert.strictEqual(await statusOf(server, last.stdout), 200);
          assert.strictEqual((await run(["logout"], { home, env })).code, 0);
          assert.strictEqual(await statusOf(server, last.stdout), 401);
          assert.strictEqual((await run(["token"], { home, env })).code, 8);
        })
      ),
  );

  it(
    "needs its secret only for a new token",
    { timeout: 60_000 },
    () =>
      withHome((home) =>
        withDevServer({}, async (server) => {
          assert.strictEqual((await login(server, home)).code, 0);
          await age(home, 3_540_000);
          const due = await run(["token"], { home });
          assert.strictEqual(due.code, 0);
          assert.strictEqual(await statusOf(server, due.stdout), 200);
          assert.match(due.stderr, /cannot be renewed.*MY_SECRET/);
          await age(home, 3_600_000);
          assertEnd(await run(["token", "--json"], { home }), {
            code: 2,
            error: "invalid_configuration",
            says: /MY_SECRET/,
            hints: /Set it/,
          });
        })
      ),
  );

  it(
    "with a wrong secret ends with 5, at the login and later",
    { timeout: 60_000 },
    () =>
      withHome((home) =>
        withDevServer({}, async (server) => {
          const wrong = { MY_SECRET: "wrong" };
          assert.strictEqual((await login(server, home)).code, 0);
          await age(home, 7_200_000);
          const expected = {
            code: 5,
            error: "invalid_client",
            says: /token endpoint/,
            hints: /secret/,
          };
          assertEnd(await run(["token", "--json"], { home, env: wrong }), expected);
          const ended = await run(["login", "--json"], { home, env: wrong });
          assert.strictEqual(ended.code, 5, ended.stdout);
          assert.strictEqual((await run(["token"], { home, env })).code, 0);
        })
      ),
  );
});
