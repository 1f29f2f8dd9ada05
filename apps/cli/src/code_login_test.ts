import { assert, describe, it } from "@effect/vitest";
import { Effect, Redacted } from "effect";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { serviceKey } from "@bellhop/devserver/dev_client";
import { assertEnd } from "./testdata/assert_end.ts";
import { run, start, withHome } from "./testdata/bellhop_process.ts";
import { answered, begin, browserIn, login } from "./testdata/code_session.ts";
import { withDevServer, withHttpServer } from "./testdata/server.ts";
import { age } from "./testdata/stored_session.ts";

const states = [
  "preparing",
  "awaitingCallback.waiting",
  "awaitingCallback.reading",
  "redeeming",
  "validating",
  "authorized",
];

describe.concurrent("a login in the browser", () => {
  it(
    "is the choice where a browser is at hand, and whoami knows who it was",
    { timeout: 60_000 },
    () =>
      withHome((home) =>
        withDevServer({}, async (server) => {
          const browser = await browserIn(home);
          const env = { BROWSER: browser.path, MY_SECRET: "bellhop-web-dev-secret" };
          const named = ["--issuer", server.issuer, "--client-id", "bellhop-web"];
          const wanted = ["--scope", "openid profile", "--client-secret-env", "MY_SECRET"];
          const first = await run(["login", "--json", ...named, ...wanted], { home, env });
          assert.strictEqual(first.code, 0, first.stdout + first.stderr);
          assert.strictEqual(
            first.stderr,
            "Signing in by the browser (--grant code): a browser is at hand.\n",
          );
          assert.deepStrictEqual(
            first.lines.map(({ type, path }) => path ?? type),
            [...states.slice(0, 2), "authorization_url", ...states.slice(2), "authorized"],
          );
          assert.deepInclude(first.lines.at(-1), { profile: "default", scope: "openid profile" });
          const page = await browser.seen();
          assert.deepStrictEqual([page.status, new URL(page.url).search], [200, ""]);
          assert.include(page.text, "You are signed in");
          assert.notInclude(page.variables, "MY_SECRET");
          assert.notInclude(page.variables, "BELLHOP_HOME");
          const profile = JSON.parse(
            await readFile(join(home, "profiles", "profile-default.json"), "utf8"),
          );
          assert.strictEqual(profile.grant, "auto");

          const [claims, table, more] = await Promise.all([
            run(["whoami", "--json"], { home }),
            run(["whoami"], { home }),
            run(["whoami", "--json", "--userinfo"], { home, env }),
          ]);
          assert.deepInclude(claims.lines[0], { iss: server.issuer, sub: "ada" });
          assert.notProperty(claims.lines[0], "nonce");
          assert.strictEqual(claims.lines.length, 1);
          assert.match(table.stdout, /^sub {2}ada\niss {2}http/);
          assert.deepInclude(more.lines[0], { sub: "ada", name: "Ada Lovelace" });

          const words = await run(["login"], { home, env });
          assert.deepStrictEqual([words.code, words.stdout], [0, ""], words.stderr);
          assert.match(words.stderr, /Opening your browser[^\n]*\n {4}http:\S+&state=/);
          assert.include(words.stderr, "Logged in as");
          assert.notInclude(words.stderr, "could not be told");
        })
      ),
  );

  it(
    "on a fixed port and URI sends what it is told, and remembers where",
    { timeout: 60_000 },
    () =>
      withHome((home) =>
        withDevServer({}, async (server) => {
          const args = ["--redirect-uri", "http://localhost/callback", "--scope", "openid"];
          const asking = ["--prompt", "login", "--login-hint", "ada", "--max-age", "60"];
          const ended = await login(server, { home, args: [...args, ...asking] });
          const url = new URL(String(ended.lines.find(({ url }) => url !== undefined)?.["url"]));
          const sent = Object.fromEntries(url.searchParams);
          assert.deepInclude(sent, { prompt: "login", login_hint: "ada", max_age: "60" });
          assert.match(sent["redirect_uri"] ?? "", /^http:\/\/localhost:\d+\/callback$/);
          assert.strictEqual(sent["code_challenge_method"], "S256");
          assert.strictEqual(ended.code, 0, ended.stdout + ended.stderr);

          await withHttpServer(() => {}, async (origin) => {
            const { port } = new URL(origin);
            const taken = await run(["login", "--json", "--redirect-port", port], { home });
            assertEnd(taken, { code: 2, error: "port_in_use", says: /127/, hints: /port/ });
          });
        })
      ),
  );

  it(
    "ends with 3 where the user says no, and the browser shows it",
    { timeout: 60_000 },
    () =>
      withHome((home) =>
        withDevServer({}, async (server) => {
          const ended = await login(server, { home, answers: ["login", "deny"] });
          assertEnd(ended, { code: 3, error: "access_denied", says: /denied/, hints: /again/ });
          assert.include(ended.page.text, "You are not signed in");
        })
      ),
  );

  it(
    "goes on waiting at another login's callback, and ends with 5 at another server's",
    { timeout: 60_000 },
    () =>
      withHome((home) =>
        withDevServer({}, async (server) => {
          const { child, url } = await begin(server, { home });
          const forged = await fetch(answered(url, { state: "forged", error: "access_denied" }));
          assert.strictEqual(forged.status, 400);
          const mixed = await fetch(answered(url, { code: "c", iss: "https://evil.example.com" }));
          assert.include(await mixed.text(), "did not work");
          assertEnd(await child.ended, {
            code: 5,
            error: "issuer_mismatch",
            says: /another one/,
            hints: /operator/,
          });
          const requests = await Effect.runPromise(server.requests);
          assert.notInclude(requests.map(({ path }) => path), "/token");
        })
      ),
  );

  it(
    "ends with 4 at its time-out, with 130 at Ctrl-C, and with 6 where the code cannot be redeemed",
    { timeout: 60_000 },
    () =>
      withHome((home) =>
        withDevServer({}, async (server) => {
          const [late, stopped] = await Promise.all([
            begin(server, { home, args: ["--timeout", "1200ms"] }),
            begin(server, { home, args: ["--profile", "other"] }),
          ]);
          stopped.child.kill("SIGINT");
          const [timedOut, interrupted] = await Promise.all([
            late.child.ended,
            stopped.child.ended,
          ]);
          assertEnd(timedOut, { code: 4, error: "timeout", says: /--timeout/, hints: /again/ });
          assertEnd(interrupted, { code: 130, error: "interrupted", says: /\w/, hints: /\w/ });

          await Effect.runPromise(server.fault({ endpoint: "token", kind: "reset" }));
          const ended = await login(server, { home });
          assertEnd(ended, {
            code: 6,
            error: "connection_reset",
            says: /token endpoint/,
            hints: /not sent twice/,
          });
        })
      ),
  );

  it(
    "ends with 5 where the ID token cannot be believed, and keeps nothing",
    { timeout: 60_000 },
    () =>
      withHome((home) =>
        withDevServer({}, async (server) => {
          const args = ["--scope", "openid", "--id-token-alg", "ES256"];
          const ended = await login(server, { home, args });
          assertEnd(ended, {
            code: 5,
            error: "invalid_id_token",
            says: /ID token refused/,
            hints: /algorithm/,
          });
          assert.include(ended.page.text, "did not work");
          assert.strictEqual((await run(["whoami", "--json"], { home })).code, 8);
        })
      ),
  );

  it(
    "says so where there is no browser, and takes the device grant instead",
    { timeout: 60_000 },
    () =>
      withHome((home) =>
        withDevServer({}, async (server) => {
          const named = ["--issuer", server.issuer, "--client-id", "bellhop-cli"];
          const child = start(["login", "--json", ...named, "--scope", "openid"], { home });
          const { user_code: userCode } = await child.line("user_code");
          await Effect.runPromise(server.approve(String(userCode)));
          const ended = await child.ended;
          assert.strictEqual(ended.code, 0, ended.stdout);
          assert.strictEqual(
            ended.stderr,
            "Signing in with a code on any device (--grant device): no browser can be opened here " +
              "(there is no display).\n",
          );
          const whoami = await run(["whoami", "--json"], { home });
          assert.strictEqual(whoami.lines[0]?.["sub"], "ada");
        })
      ),
  );
});

describe.concurrent("a client that signs", () => {
  const clients = {
    "private-key-jwt": ["bellhop-service-key", "--client-key-file"],
    "client-secret-jwt": ["bellhop-service-secret-jwt", "--client-secret-file"],
  } as const;

  for (const [method, [clientId, flag]] of Object.entries(clients)) {
    it(
      `proves itself by ${method}, and again to get a new token and to log out`,
      { timeout: 60_000 },
      () =>
        withHome((home) =>
          withDevServer({}, async (server) => {
            const file = join(home, "credential");
            const isKey = method === "private-key-jwt";
            const key = Redacted.value(serviceKey());
            await writeFile(file, isKey ? key : `${clientId}-dev-secret\n`);
            const named = ["--issuer", server.issuer, "--client-id", clientId];
            const grant = ["--grant", "client-credentials", "--token-auth", method, flag, file];
            const args = ["login", "--json", ...named, ...grant, "--scope", "api:read"];
            const first = await run(args, { home });
            assert.strictEqual(first.code, 0, first.stdout);
            const profile = await readFile(join(home, "profiles/profile-default.json"), "utf8");
            assert.strictEqual(JSON.parse(profile).token_auth, method);
            assert.notInclude(profile, isKey ? JSON.parse(key).d : "dev-secret");
            await age(home, 7_200_000);
            const me = await run(["call", `${server.issuer}/api/me`], { home });
            assert.strictEqual(JSON.parse(me.stdout).client_id, clientId);
            const logout = await run(["logout", "--json"], { home });
            assert.strictEqual(logout.lines[0]?.["revoked"], true, logout.stdout);
          })
        ),
    );
  }
});
