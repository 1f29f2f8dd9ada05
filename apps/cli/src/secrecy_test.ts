import { assert, describe, it } from "@effect/vitest";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { type Ended, run, withHome } from "./testdata/bellhop_process.ts";
import { withHttpServer } from "./testdata/server.ts";
import { age } from "./testdata/stored_session.ts";

const deviceCode = "planted-device-code-4fK9";
const accessToken = "planted-access-token-Zq81";
const refreshToken = "planted-refresh-token-77Lm";
const idToken = "planted.id.token-Xw02";
const clientSecret = "planted-client-secret-R5t";
const renewedAccessToken = "planted-renewed-access-token-V3p";
const renewedRefreshToken = "planted-renewed-refresh-token-9sD";
const planted = [
  deviceCode,
  accessToken,
  refreshToken,
  idToken,
  clientSecret,
  renewedAccessToken,
  renewedRefreshToken,
];

/** In clear, and as Basic authentication or a URL would carry it. */
function formsOf(secret: string): ReadonlyArray<string> {
  return [
    secret,
    Buffer.from(secret).toString("base64").replace(/=+$/, ""),
    Buffer.from(secret).toString("base64url"),
    Buffer.from(secret).toString("hex"),
  ];
}

function assertNone(text: string, where: string): void {
  for (const secret of planted) {
    for (const form of formsOf(secret)) assert.notInclude(text, form, where);
  }
}

function assertSilent(ended: Ended, where: string): void {
  assertNone(ended.stdout, `${where}: stdout`);
  assertNone(ended.stderr, `${where}: stderr`);
}

async function assertNoFile(directory: string): Promise<number> {
  let files = 0;
  for (const name of await readdir(directory, { recursive: true })) {
    const file = join(directory, name);
    assertNone(name, "a file's name");
    if (!(await stat(file)).isFile() || name === "secret.txt") continue;
    assertNone((await readFile(file)).toString("latin1"), name);
    files++;
  }
  return files;
}

/** An authorization server that hands the planted secrets out, and echoes what it is sent in its errors. */
function authority(answer: "tokens" | "echo" | "nonsense", ofRenewals = answer) {
  return async (request: IncomingMessage, response: ServerResponse) => {
    const origin = `http://${request.headers.host}`;
    const chunks: Array<Buffer> = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const heard = `${String(request.headers.authorization)} ${body}`;
    const json = (status: number, value: unknown) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(value));
    };
    const token = (isRenewal: boolean) => {
      const kind = isRenewal ? ofRenewals : answer;
      if (kind === "nonsense") return response.writeHead(200).end(`<p>${heard}</p>`);
      if (kind === "echo") {
        return json(400, { error: "invalid_grant", error_description: `I heard ${heard}` });
      }
      return json(200, {
        access_token: isRenewal ? renewedAccessToken : accessToken,
        refresh_token: isRenewal ? renewedRefreshToken : refreshToken,
        id_token: idToken,
        token_type: "Bearer",
        expires_in: 600,
      });
    };
    switch (request.url?.split("?")[0]) {
      case "/device":
        return json(200, {
          device_code: deviceCode,
          user_code: "ABCD",
          verification_uri: `${origin}/enter`,
          expires_in: 30,
          interval: 0.1,
        });
      case "/token":
        return token(body.includes("grant_type=refresh_token"));
      case "/revoke":
        return response.writeHead(503).end(heard);
      case "/api":
        return json(401, { error: "no" });
      default:
        return json(200, {
          issuer: origin,
          token_endpoint: `${origin}/token`,
          device_authorization_endpoint: `${origin}/device`,
          revocation_endpoint: `${origin}/revoke`,
        });
    }
  };
}

describe.concurrent("planted secrets", () => {
  it(
    "appear nowhere but in the output of token",
    { timeout: 60_000 },
    () =>
      withHome((home) =>
        withHttpServer(
          (request, response) => void authority("tokens")(request, response),
          async (origin) => {
            const env = { PLANTED: clientSecret };
            const named = [
              "--issuer",
              origin,
              "--client-id",
              "app",
              "--client-secret-env",
              "PLANTED",
            ];
            const words = await run(["login", "--verbose", ...named], { home, env });
            assert.strictEqual(words.code, 0, words.stderr);
            assertSilent(words, "login --verbose");
            const lines = await run(["login", "--json"], { home, env });
            assert.strictEqual(lines.code, 0, lines.stdout);
            assertSilent(lines, "login --json");
            assert.isAtLeast(await assertNoFile(home), 3);
            const [status, statusJson, token] = await Promise.all([
              run(["status", "--verbose"], { home, env }),
              run(["status", "--verbose", "--json"], { home, env }),
              run(["token", "--verbose"], { home, env }),
            ]);
            assertSilent(status, "status");
            assertSilent(statusJson, "status --json");
            assert.strictEqual(token.stdout, `${accessToken}\n`);
            assertNone(token.stderr, "token: stderr");
            const asked = ["call", "-i", "--fail", "--verbose", `${origin}/api?x=1`];
            const call = await run(asked, { home, env });
            assert.strictEqual(call.code, 5);
            assert.include(call.stderr, "401");
            assertSilent(call, "call");
            const renewed = await run(["token", "--json"], { home, env });
            assert.strictEqual(renewed.stdout, `${renewedAccessToken}\n`);
            await assertNoFile(home);
            const logout = await run(["logout", "--verbose"], { home, env });
            assert.strictEqual(logout.code, 0);
            assert.include(logout.stderr, "could not be told");
            assertSilent(logout, "logout");
            await assertNoFile(home);
          },
        )
      ),
  );

  for (const answer of ["echo", "nonsense"] as const) {
    it(
      `appear in no error where the server answers with ${answer}`,
      { timeout: 60_000 },
      () =>
        withHome((home) =>
          withHttpServer(
            (request, response) => void authority(answer)(request, response),
            async (origin) => {
              const file = join(home, "secret.txt");
              await writeFile(file, `${clientSecret}\n`);
              const named = [
                "--issuer",
                origin,
                "--client-id",
                "app",
                "--client-secret-file",
                file,
              ];
              for (const args of [["--verbose"], ["--json"], ["--json", "--token-auth", "post"]]) {
                const ended = await run(["login", ...named, ...args], { home });
                assert.strictEqual(ended.code, 5, ended.stdout + ended.stderr);
                assertSilent(ended, `login ${args.join(" ")}`);
              }
              await assertNoFile(home);
            },
          )
        ),
    );
  }

  for (const answer of ["echo", "nonsense"] as const) {
    it(
      `appear nowhere where the server answers a renewal with ${answer}`,
      { timeout: 60_000 },
      () =>
        withHome((home) =>
          withHttpServer(
            (request, response) => void authority("tokens", answer)(request, response),
            async (origin) => {
              const env = { PLANTED: clientSecret };
              const named = ["--issuer", origin, "--client-id", "app"];
              const secret = ["--client-secret-env", "PLANTED"];
              const login = await run(["login", "--quiet", ...named, ...secret], { home, env });
              assert.strictEqual(login.code, 0, login.stderr);
              await age(home, 700_000);
              const code = answer === "echo" ? 8 : 5;
              for (const args of [["token"], ["call", `${origin}/api`]]) {
                for (const how of ["--verbose", "--json"]) {
                  const ended = await run([...args, how], { home, env });
                  assert.strictEqual(ended.code, code, ended.stdout + ended.stderr);
                  assertSilent(ended, `${args[0]} ${how}`);
                }
              }
              assertSilent(await run(["status"], { home, env }), "status");
              await assertNoFile(home);
              assertSilent(await run(["logout", "--json"], { home, env }), "logout");
              await assertNoFile(home);
            },
          )
        ),
    );

    it(
      `appear nowhere where the server answers a service with ${answer}`,
      { timeout: 60_000 },
      () =>
        withHome((home) =>
          withHttpServer(
            (request, response) => void authority(answer)(request, response),
            async (origin) => {
              const env = { PLANTED: clientSecret };
              const named = ["--issuer", origin, "--client-id", "app"];
              const grant = ["--grant", "client-credentials", "--client-secret-env", "PLANTED"];
              const args = ["login", ...named, ...grant];
              for (const how of ["--verbose", "--json"]) {
                const ended = await run([...args, how], { home, env });
                assert.strictEqual(ended.code, 5, ended.stdout + ended.stderr);
                assertSilent(ended, `login ${how}`);
              }
              await assertNoFile(home);
            },
          )
        ),
    );
  }
});
