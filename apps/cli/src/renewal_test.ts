import { assert, describe, it } from "@effect/vitest";
import { Effect, Redacted } from "effect";
import type { DevServer } from "@bellhop/devserver/dev_server";
import { assertEnd } from "./testdata/assert_end.ts";
import { type Ended, run, start, withHome } from "./testdata/bellhop_process.ts";
import { login } from "./testdata/device_session.ts";
import { withDevServer } from "./testdata/server.ts";
import { type SlowProxy, withSlowProxy } from "./testdata/slow_proxy.ts";
import { age, storedRecord } from "./testdata/stored_session.ts";

/** Token requests since the requests were cleared, as their grant types and errors. */
async function tokenRequests(server: DevServer): Promise<ReadonlyArray<string>> {
  const requests = await Effect.runPromise(server.requests);
  return requests.filter(({ path }) => path === "/token")
    .map(({ grantType, error }) =>
      [grantType, error].filter((text) => text !== undefined).join(" ")
    );
}

function statusAt(server: DevServer, { stdout }: Ended): Promise<number> {
  const headers = { authorization: `Bearer ${stdout.trim()}` };
  return fetch(`${server.issuer}/api/me`, { headers }).then(({ status }) => status);
}

const hourMillis = 3_600_000;

/** Logs in, and forgets the requests of that. */
async function loggedIn(server: DevServer, home: string, args: ReadonlyArray<string> = []) {
  const ended = await login(server, { home, args });
  assert.strictEqual(ended.code, 0, ended.stdout + ended.stderr);
  await Effect.runPromise(server.clearRequests);
}

/** Logs in, and lets the token expire. */
async function expired(server: DevServer, home: string, args: ReadonlyArray<string> = []) {
  await loggedIn(server, home, args);
  await age(home, 2 * hourMillis);
}

/** Sends token requests through a proxy. */
function through(proxy: SlowProxy, { issuer }: DevServer): ReadonlyArray<string> {
  const device = ["--device-authorization-endpoint", `${issuer}/device/auth`];
  return ["--token-endpoint", `${proxy.origin}/token`, ...device];
}

describe.concurrent("token", () => {
  it(
    "of ten processes at once on an expired session makes one request",
    { timeout: 60_000 },
    () =>
      withHome((home) =>
        withDevServer({}, async (server) => {
          await expired(server, home, ["--scope", "openid api:read"]);
          const ended = await Promise.all(
            Array.from({ length: 10 }, () => run(["token"], { home })),
          );
          assert.deepStrictEqual(
            ended.map(({ code, stderr }) => [code, stderr]),
            ended.map(() => [0, ""]),
          );
          assert.strictEqual(new Set(ended.map(({ stdout }) => stdout)).size, 1);
          assert.deepStrictEqual(await tokenRequests(server), ["refresh_token"]);
          assert.strictEqual(await statusAt(server, ended[0] as Ended), 200);
          const requests = await Effect.runPromise(server.requests);
          assert.notInclude(requests.map(({ path }) => path).join(" "), ".well-known");
        })
      ),
  );

  it(
    "of a token that is due prints it at once, and renews it before the end",
    {
      timeout: 60_000,
    },
    () =>
      withHome((home) =>
        withDevServer({}, (server) =>
          withSlowProxy(server.port, async (proxy) => {
            await loggedIn(server, home, through(proxy, server));
            await age(home, hourMillis - 60_000);
            const before = await storedRecord(home);
            proxy.holdMillis = 600;
            const child = start(["token"], { home });
            await proxy.held;
            assert.strictEqual(child.stdout().trim(), accessTokenOf(before));
            const { code, stderr } = await child.ended;
            assert.deepStrictEqual([code, stderr], [0, ""]);
            const after = await storedRecord(home);
            assert.notStrictEqual(accessTokenOf(after), accessTokenOf(before));
            assert.isUndefined(after.renewal);
            const next = await run(["token"], { home });
            assert.strictEqual(next.stdout.trim(), accessTokenOf(after));
            assert.deepStrictEqual(await tokenRequests(server), ["refresh_token"]);
          }))
      ),
  );

  it(
    "renews a token that lives for less than --min-ttl",
    { timeout: 60_000 },
    () =>
      withHome((home) =>
        withDevServer({ accessTokenSeconds: 60 }, async (server) => {
          assert.strictEqual((await login(server, { home })).code, 0);
          const before = await storedRecord(home);
          const ended = await run(["token", "--min-ttl", "2m"], { home });
          assert.strictEqual(ended.code, 0);
          assert.notStrictEqual(ended.stdout.trim(), accessTokenOf(before));
          assert.match(ended.stderr, /less than --min-ttl 2:00/);
        })
      ),
  );

  it("ends with 6 at the first attempt that gets no answer, and goes on later", {
    timeout: 60_000,
  }, () =>
    withHome((home) =>
      withDevServer({}, async (server) => {
        await expired(server, home);
        await Effect.runPromise(server.fault({ endpoint: "token", kind: "reset" }));
        assertEnd(await run(["token", "--json"], { home }), {
          code: 6,
          error: "connection_reset",
          says: /token endpoint/,
          hints: /network/,
        });
        assert.strictEqual((await tokenRequests(server)).length, 1);
        const again = await run(["token"], { home });
        assert.strictEqual(again.code, 0, again.stderr);
        assert.strictEqual(await statusAt(server, again), 200);
      })
    ));

  it("ends with 8 where the server does not renew any more, and asks once only", {
    timeout: 60_000,
  }, () =>
    withHome((home) =>
      withDevServer({}, async (server) => {
        await expired(server, home);
        await Effect.runPromise(
          server.fault({ endpoint: "token", kind: "oauth-error", error: "invalid_grant" }),
        );
        const expected = {
          code: 8,
          error: "reauthorization_required",
          says: /does not renew.*invalid_grant/,
          hints: /Log in again: bellhop login/,
        };
        assertEnd(await run(["token", "--json"], { home }), expected);
        assertEnd(await run(["token", "--json"], { home }), expected);
        assertEnd(await run(["call", "--json", `${server.issuer}/api/me`], { home }), expected);
        assert.strictEqual((await tokenRequests(server)).length, 1);
        const [status] = JSON.parse((await run(["status", "--json"], { home })).stdout);
        assert.strictEqual(status.state, "reauthorizationRequired");
      })
    ));

  it("goes on with a renewal whose answer was lost, where the server allows that", {
    timeout: 60_000,
  }, () =>
    withHome((home) =>
      withDevServer({ rotationGraceMillis: 60_000 }, async (server) => {
        await expired(server, home);
        await Effect.runPromise(server.fault({ endpoint: "token", kind: "drop-response" }));
        assert.strictEqual((await run(["token"], { home })).code, 6);
        const [status] = JSON.parse((await run(["status", "--json"], { home })).stdout);
        assert.strictEqual(status.state, "renewing");
        const next = await run(["token"], { home });
        assert.strictEqual(next.code, 0, next.stderr);
        assert.strictEqual(await statusAt(server, next), 200);
      })
    ));

  it("ends with 8 after a lost answer, where the server takes a token once only", {
    timeout: 60_000,
  }, () =>
    withHome((home) =>
      withDevServer({}, async (server) => {
        await expired(server, home);
        await Effect.runPromise(server.fault({ endpoint: "token", kind: "drop-response" }));
        assert.strictEqual((await run(["token"], { home })).code, 6);
        assert.strictEqual((await run(["token"], { home })).code, 8);
        assert.strictEqual((await tokenRequests(server)).length, 2);
        const logout = await run(["logout", "--json"], { home });
        assert.deepStrictEqual([logout.code, logout.lines[0]?.["revoked"]], [0, true]);
      })
    ));

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(
      `interrupted by ${signal} in the middle of a renewal finishes it`,
      { timeout: 60_000 },
      () =>
        withHome((home) =>
          withDevServer({}, (server) =>
            withSlowProxy(server.port, async (proxy) => {
              await expired(server, home, through(proxy, server));
              const before = await storedRecord(home);
              proxy.holdMillis = 800;
              const child = start(["token"], { home });
              await proxy.held;
              child.kill(signal);
              const ended = await child.ended;
              assert.deepStrictEqual([ended.code, ended.stdout], [130, ""]);
              proxy.holdMillis = 0;
              const after = await storedRecord(home);
              assert.isUndefined(after.renewal);
              assert.notStrictEqual(textOf(after.refreshToken), textOf(before.refreshToken));
              const next = await run(["token"], { home });
              assert.strictEqual(next.stdout.trim(), accessTokenOf(after));
              assert.strictEqual(await statusAt(server, next), 200);
              assert.deepStrictEqual(await tokenRequests(server), ["refresh_token"]);
            }))
        ),
    );
  }
});

describe.concurrent("call", () => {
  it("answers a 401 by one renewal and one replay, with a body from stdin too", {
    timeout: 60_000,
  }, () =>
    withHome((home) =>
      withDevServer({}, async (server) => {
        await loggedIn(server, home);
        await Effect.runPromise(server.fault({
          endpoint: "api",
          kind: "oauth-error",
          status: 401,
          error: "invalid_token",
        }));
        const ended = await run(["call", "-d", "@-", `${server.issuer}/api/echo`], {
          home,
          stdin: "ding",
        });
        assert.deepStrictEqual([ended.code, ended.stderr], [0, ""]);
        assert.strictEqual(JSON.parse(ended.stdout).body, "ding");
        const requests = await Effect.runPromise(server.requests);
        assert.deepStrictEqual(requests.map(({ path, status }) => [path, status]), [
          ["/api/echo", 401],
          ["/token", 200],
          ["/api/echo", 200],
        ]);
      })
    ));
});

describe.concurrent("sessions", () => {
  it(
    "a session that is replaced and cannot be revoked does not keep a login from success",
    { timeout: 30_000 },
    () =>
      withHome((home) =>
        withDevServer({}, async (server) => {
          assert.strictEqual((await login(server, { home })).code, 0);
          await Effect.runPromise(server.fault({ endpoint: "revocation", kind: "503" }));
          const again = await login(server, { home });
          assert.strictEqual(again.code, 0, again.stdout);
          assert.strictEqual(again.lines.at(-1)?.["type"], "authorized");
          assert.match(again.stderr, /^The server could not be told.*status 503.*revocation/);
          assert.strictEqual((await run(["call", `${server.issuer}/api/me`], { home })).code, 0);
        })
      ),
  );

  it(
    "profiles have sessions of their own",
    { timeout: 30_000 },
    () =>
      withHome((home) =>
        withDevServer({}, async (server) => {
          for (const profile of ["one", "two"]) {
            const args = ["--profile", profile, "--scope", "openid api:read"];
            assert.strictEqual((await login(server, { home, args })).code, 0);
          }
          const tokens = await Promise.all(
            ["one", "two"].map((profile) => run(["token", "--profile", profile], { home })),
          );
          assert.strictEqual(new Set(tokens.map(({ stdout }) => stdout)).size, 2);
          const logout = await run(["logout", "--json", "--all"], { home });
          assert.deepStrictEqual(
            logout.lines.map(({ profile, revoked }) => [profile, revoked]),
            [["one", true], ["two", true]],
          );
          for (const { stdout } of tokens) {
            const headers = { authorization: `Bearer ${stdout.trim()}` };
            assert.strictEqual((await fetch(`${server.issuer}/api/me`, { headers })).status, 401);
          }
        })
      ),
  );
});

function accessTokenOf(record: Awaited<ReturnType<typeof storedRecord>>): string {
  return textOf(record.accessTokens[0]?.tokens.accessToken);
}

function textOf(secret: Redacted.Redacted | undefined): string {
  assert.isDefined(secret);
  return Redacted.value(secret);
}
