import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { run, start, withHome } from "./testdata/bellhop_process.ts";
import { login } from "./testdata/device_session.ts";
import { withDevServer } from "./testdata/server.ts";

const clientId = "bellhop-cli";

describe.concurrent("bellhop", () => {
  it(
    "the demo ends by itself with 0, shows every state, and leaves nothing",
    { timeout: 60_000 },
    () =>
      withHome(async (home) => {
        const startedMillis = Date.now();
        const env = { TMPDIR: home };
        const { code, stdout, stderr } = await run([], { home, env, program: "demo/main.ts" });
        assert.strictEqual(code, 0, stdout + stderr);
        assert.isBelow(Date.now() - startedMillis, 30_000);
        const states = [...stdout.matchAll(/\+ *\d+\.\d\d s {2}(\S+) +← (.*)/g)].map((match) =>
          `${match[1]} by ${match[2]}`
        );
        assert.deepStrictEqual(states, [
          "requestingDeviceCode by start",
          "awaitingUser.waiting by device_code",
          "awaitingUser.polling by after interval",
          "awaitingUser.waiting by slow_down",
          "awaitingUser.polling by after interval",
          "authorized by token",
          "preparing by start",
          "awaitingCallback.waiting by prepared",
          "awaitingCallback.reading by callback",
          "redeeming by authorization_code",
          "validating by token",
          "authorized by valid",
        ]);
        assert.include(stdout, "It was ada, says the ID token");
        assert.strictEqual(stdout.match(/"sub":"ada"/g)?.length, 3);
        assert.include(stdout, "renewing.requesting → renewing.persisting → fresh");
        const refused = /GET \/api\/me 401, POST \/token \(refresh_token\) 200, GET \/api\/me 200/;
        assert.match(stdout, refused);
        assert.include(stdout, "None holds a token in clear");
        assert.include(stdout, "answered: slow_down, token.\n");
        assert.strictEqual(stderr, "");
        assert.deepStrictEqual(await readdir(home), []);
      }),
  );

  it(
    "login, status, token, call and logout tell one story",
    { timeout: 60_000 },
    () =>
      withHome((home) =>
        withDevServer({ intervalSeconds: 1 }, async (server) => {
          const { issuer } = server;
          const beforeSeconds = Math.floor(Date.now() / 1000);
          const login1 = await login(server, { home, args: ["--scope", "openid api:read"] });
          assert.strictEqual(login1.code, 0, login1.stderr);
          assert.strictEqual(login1.stderr, "");
          assertLoginLines(login1.lines, issuer);
          const authorized = login1.lines.at(-1);
          const expiresAt = Number(authorized?.["expires_at"]);
          assert.deepStrictEqual(authorized, {
            type: "authorized",
            profile: "default",
            scope: "openid api:read",
            expires_at: expiresAt,
          });
          assert.isAtLeast(expiresAt, beforeSeconds + 3600);
          assert.isAtMost(expiresAt, Math.floor(Date.now() / 1000) + 3600);

          const [status, token, me, included, echo] = await Promise.all([
            run(["status", "--json"], { home }),
            run(["token", "--min-ttl", "60s"], { home }),
            run(["call", `${issuer}/api/me`], { home }),
            run(["call", "-i", "-X", "PUT", "-H", "X-Bell: 1", "-d", "@-", `${issuer}/api/echo`], {
              home,
              stdin: "ding & dong",
            }),
            run(["call", `${issuer}/api/echo`, "-d", "a=1"], { home }),
          ]);
          assert.deepStrictEqual(JSON.parse(status.stdout), [{
            profile: "default",
            issuer,
            client_id: clientId,
            scope: "openid api:read",
            state: "fresh",
            expires_at: expiresAt,
          }]);
          assert.match(token.stdout, /^[\w.~+/-]{20,}=*\n$/);
          assert.strictEqual(token.stderr, "");
          const answer = await fetch(`${issuer}/api/me`, {
            headers: { authorization: `Bearer ${token.stdout.trim()}` },
          });
          assert.strictEqual(answer.status, 200);
          assert.strictEqual(JSON.parse(me.stdout).sub, "ada");
          assert.strictEqual(me.stderr, "");
          const [head = "", body = ""] = included.stdout.split("\r\n\r\n");
          assert.match(head, /^HTTP\/1\.1 200\r\n/);
          const echoed = JSON.parse(body);
          assert.strictEqual(echoed.method, "PUT");
          assert.strictEqual(echoed.headers["x-bell"], "1");
          assert.strictEqual(echoed.body, "ding & dong");
          assert.strictEqual(JSON.parse(echo.stdout).method, "POST");

          const again = start(["login", "--json"], { home });
          const { user_code: userCode } = await again.line("user_code");
          await Effect.runPromise(server.approve(String(userCode)));
          const relogin = await again.ended;
          assert.deepStrictEqual([relogin.code, relogin.stderr], [0, ""]);
          const replaced = await fetch(`${issuer}/api/me`, {
            headers: { authorization: `Bearer ${token.stdout.trim()}` },
          });
          assert.strictEqual(replaced.status, 401);

          const second = (await run(["token"], { home })).stdout.trim();
          const logout = await run(["logout", "--json"], { home });
          assert.deepStrictEqual(logout.lines, [
            { type: "logged_out", profile: "default", revoked: true, description: null },
          ]);
          const refused = await fetch(`${issuer}/api/me`, {
            headers: { authorization: `Bearer ${second}` },
          });
          assert.strictEqual(refused.status, 401);
          const after = await run(["token"], { home });
          assert.strictEqual(after.code, 8);
          assert.strictEqual(after.stdout, "");
          assert.include(after.stderr, "bellhop login");
          const absent = JSON.parse((await run(["status", "--json"], { home })).stdout);
          assert.deepStrictEqual(absent, [{
            profile: "default",
            issuer,
            client_id: clientId,
            scope: "openid api:read",
            state: "absent",
            expires_at: null,
          }]);
        })
      ),
  );

  it(
    "login speaks to people on stderr only, and shows them the code",
    { timeout: 30_000 },
    () =>
      withHome((home) =>
        withDevServer({}, async (server) => {
          const child = start(
            ["login", "--issuer", server.issuer, "--client-id", clientId, "--timeout", "1500ms"],
            { home },
          );
          const { code, stdout, stderr } = await child.ended;
          assert.strictEqual(code, 4);
          assert.strictEqual(stdout, "");
          assert.match(stderr, /│ {3}(?:[A-Z] ){4}- (?:[A-Z] ){3}[A-Z] {3}│/);
          assert.include(stderr, `${server.issuer}/device`);
          assert.match(stderr, /error: Nobody had answered after --timeout 2 s\nhint: {2}\w/);
          assert.notInclude(stderr, "\u001b");
        })
      ),
  );

  it(
    "a confidential client logs in with its secret from a variable",
    { timeout: 30_000 },
    () =>
      withHome((home) =>
        withDevServer({}, async (server) => {
          const env = { MY_SECRET: "bellhop-web-dev-secret" };
          const child = start([
            "login",
            "--json",
            "--profile=web",
            "--issuer",
            server.issuer,
            "--client-id=bellhop-web",
            "--client-secret-env=MY_SECRET",
          ], { home, env });
          const { user_code: userCode } = await child.line("user_code");
          await Effect.runPromise(server.approve(String(userCode)));
          const ended = await child.ended;
          assert.strictEqual(ended.code, 0, ended.stdout);
          const untold = await run(["logout", "--profile", "web"], { home });
          assert.strictEqual(untold.code, 0);
          assert.include(untold.stderr, "could not be told");
          assert.include(untold.stderr, "MY_SECRET");
        })
      ),
  );

  it(
    "endpoints given by hand replace discovery",
    { timeout: 30_000 },
    () =>
      withHome((home) =>
        withDevServer({}, async (server) => {
          await Effect.runPromise(server.clearRequests);
          const ended = await login(server, {
            home,
            args: [
              "--token-endpoint",
              `${server.issuer}/token`,
              "--device-authorization-endpoint",
              `${server.issuer}/device/auth`,
            ],
          });
          assert.strictEqual(ended.code, 0, ended.stdout);
          const requests = await Effect.runPromise(server.requests);
          assert.notInclude(requests.map(({ path }) => path).join(" "), ".well-known");
          const logout = await run(["logout"], { home });
          assert.strictEqual(logout.code, 0);
          assert.include(logout.stderr, "revocation_endpoint");
        })
      ),
  );

  it(
    "a denial exits with 3",
    { timeout: 30_000 },
    () =>
      withHome((home) =>
        withDevServer({}, async (server) => {
          const { code, lines } = await login(server, { home, decide: "deny" });
          assert.strictEqual(code, 3);
          assert.strictEqual(lines.at(-1)?.["error"], "access_denied");
          assert.deepStrictEqual(
            JSON.parse((await run(["status", "--json"], { home })).stdout),
            [],
          );
        })
      ),
  );

  it(
    "a code that expires exits with 4",
    { timeout: 30_000 },
    () =>
      withHome((home) =>
        withDevServer({ deviceCodeSeconds: 1 }, async (server) => {
          const named = ["--issuer", server.issuer, "--client-id", clientId];
          const { code, lines } = await run(["login", "--json", ...named], { home });
          assert.strictEqual(code, 4);
          assert.strictEqual(lines.at(-1)?.["error"], "expired_token");
        })
      ),
  );

  it(
    "an expired session without a refresh token exits with 8, and nothing is sent",
    { timeout: 30_000 },
    () =>
      withHome((home) =>
        withDevServer(
          { accessTokenSeconds: 1, refreshTokens: "offline_access" },
          async (server) => {
            const args = ["--scope", "openid api:read"];
            assert.strictEqual((await login(server, { home, args })).code, 0);
            await new Promise((resolve) => setTimeout(resolve, 1_100));
            await Effect.runPromise(server.clearRequests);
            const [token, call, status] = await Promise.all([
              run(["token"], { home }),
              run(["call", "--json", `${server.issuer}/api/me`], { home }),
              run(["status", "--json"], { home }),
            ]);
            assert.strictEqual(token.code, 8);
            assert.include(token.stderr, "expired");
            assert.strictEqual(call.code, 8);
            assert.strictEqual(call.lines[0]?.["error"], "session_expired");
            assert.deepStrictEqual(await Effect.runPromise(server.requests), []);
            assert.strictEqual(JSON.parse(status.stdout)[0].state, "expired");
          },
        )
      ),
  );

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(
      `${signal} ends a login with 130 and a last line`,
      { timeout: 30_000 },
      () =>
        withHome((home) =>
          withDevServer({}, async (server) => {
            const named = ["--issuer", server.issuer, "--client-id", clientId];
            const child = start(["login", "--json", "--grant", "device", ...named], { home });
            await child.line("user_code");
            child.kill(signal);
            const { code, lines, stderr } = await child.ended;
            assert.strictEqual(code, 130);
            assert.strictEqual(lines.at(-1)?.["type"], "error");
            assert.strictEqual(lines.at(-1)?.["error"], "interrupted");
            assert.strictEqual(stderr, "");
          })
        ),
    );
  }

  it(
    "files are for their owner alone",
    { timeout: 30_000 },
    () =>
      withHome((home) =>
        withDevServer({}, async (server) => {
          assert.strictEqual((await login(server, { home })).code, 0);
          const mode = async (name: string) => (await stat(join(home, name))).mode & 0o777;
          assert.strictEqual(await mode("store.key"), 0o600);
          assert.strictEqual(await mode("profiles"), 0o700);
          assert.strictEqual(await mode("profiles/profile-default.json"), 0o600);
          assert.strictEqual(await mode("sessions"), 0o700);
        })
      ),
  );

  it(
    "serve tells where it is, and ends with Ctrl-C",
    { timeout: 30_000 },
    () =>
      withHome(async (home) => {
        const child = start(["serve", "--port", "0", "--json"], { home });
        const { issuer } = await child.line("serving");
        const metadata = await fetch(`${String(issuer)}/.well-known/openid-configuration`);
        assert.strictEqual((await metadata.json()).issuer, issuer);
        child.kill("SIGINT");
        assert.strictEqual((await child.ended).code, 130);
      }),
  );

  it(
    "discover shows what can be used and what looks wrong",
    { timeout: 30_000 },
    () =>
      withHome((home) =>
        withDevServer({}, async (server) => {
          const [json, words] = await Promise.all([
            run(["discover", "--json", server.issuer], { home }),
            run(["discover", server.issuer], { home }),
          ]);
          const line = json.lines[0] as Record<string, Record<string, unknown>>;
          assert.strictEqual(line["metadata"]?.["token_endpoint"], `${server.issuer}/token`);
          assert.include(json.stdout, `"usable":["login --grant code","login --grant device"`);
          assert.match(words.stdout, /What looks wrong\n {2}the issuer is plain http/);
        })
      ),
  );
});

/** The lines before the last: states in order, and the code once. */
function assertLoginLines(lines: ReadonlyArray<Record<string, unknown>>, issuer: string): void {
  const code = lines.find(({ type }) => type === "user_code");
  const userCode = code?.["user_code"];
  assert.deepStrictEqual(code, {
    type: "user_code",
    user_code: userCode,
    verification_uri: `${issuer}/device`,
    verification_uri_complete: `${issuer}/device?user_code=${String(userCode)}`,
    expires_in: 600,
    interval: 1,
  });
  const states = lines.filter(({ type }) => type === "state");
  assert.deepStrictEqual([...new Set(states.map(({ path }) => path))], [
    "requestingDeviceCode",
    "awaitingUser.waiting",
    "awaitingUser.polling",
    "authorized",
  ]);
  assert.strictEqual(new Set(states.map(({ flow }) => flow)).size, 1);
  for (const state of states) {
    assert.deepStrictEqual(Object.keys(state), ["type", "flow", "path", "at"]);
    assert.approximately(Number(state["at"]), Date.now(), 60_000);
  }
  assert.strictEqual(lines.length, states.length + 2);
}
