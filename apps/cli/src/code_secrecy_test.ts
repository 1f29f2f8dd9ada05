import { assert, describe, it } from "@effect/vitest";
import { readdir, readFile, stat } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { run, start, withHome } from "./testdata/bellhop_process.ts";
import { answered } from "./testdata/code_session.ts";
import { withHttpServer } from "./testdata/server.ts";

const code = "planted-authorization-code-8Hn";
const accessToken = "planted-access-token-Zq81";
const claims = {
  iss: "i",
  sub: "mallory",
  aud: "app",
  exp: 2e9,
  iat: 1,
  nonce: "planted-nonce-3kJ",
};
const idToken = [`{"alg":"RS256"}`, JSON.stringify(claims), "planted-signature-Yu5"]
  .map((part) => Buffer.from(part).toString("base64url"))
  .join(".");

/** What the token endpoint answers, and what it has heard. */
interface Authority {
  readonly answer: "tokens" | "echo" | "nonsense";
  readonly heard: Array<URLSearchParams>;
}

/** An authorization server without pages, which says in its errors what it was sent. */
async function serve(
  { answer, heard }: Authority,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const origin = `http://${request.headers.host}`;
  const chunks: Array<Buffer> = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString();
  const json = (status: number, value: unknown) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(value));
  };
  switch (request.url) {
    case "/token":
      heard.push(new URLSearchParams(body));
      if (answer === "nonsense") return void response.writeHead(200).end(`<p>${body}</p>`);
      return answer === "echo"
        ? json(400, { error: "invalid_grant", error_description: `I heard ${body}` })
        : json(200, { access_token: accessToken, token_type: "Bearer", id_token: idToken });
    case "/userinfo":
      return json(200, { sub: "ada", nonce: claims.nonce });
    case "/jwks":
      return json(200, { keys: [] });
    default:
      return json(200, {
        issuer: origin,
        authorization_endpoint: `${origin}/authorize`,
        token_endpoint: `${origin}/token`,
        userinfo_endpoint: `${origin}/userinfo`,
        jwks_uri: `${origin}/jwks`,
      });
  }
}

function withAuthority<A>(
  answer: Authority["answer"],
  use: (origin: string, heard: Authority["heard"]) => Promise<A>,
): Promise<A> {
  const heard: Authority["heard"] = [];
  return withHttpServer(
    (request, response) => void serve({ answer, heard }, request, response),
    (origin) => use(origin, heard),
  );
}

/** One login: where it was to sign in, how it ended, and all that was to be seen but that address. */
async function login(origin: string, home: string, args: ReadonlyArray<string>) {
  const named = ["--issuer", origin, "--client-id", "app", "--grant", "code", "--no-browser"];
  const child = start(["login", ...named, ...args], { home });
  const url = await child.text(/(http[^\s"]+\/authorize\?[^\s"]+)/);
  const page = await fetch(answered(url, { code }));
  const ended = await child.ended;
  const { headers } = page;
  const shown = `${page.url} ${JSON.stringify([...headers])} ${await page.text()}`;
  return { ended, url, seen: `${ended.stdout}${ended.stderr}${shown}`.replaceAll(url, "") };
}

async function textsIn(directory: string): Promise<string> {
  const texts: Array<string> = [];
  for (const name of await readdir(directory, { recursive: true })) {
    const file = join(directory, name);
    const isFile = (await stat(file)).isFile();
    texts.push(name, isFile ? (await readFile(file)).toString("latin1") : "");
  }
  return texts.join("\n");
}

function assertNone(text: string, secrets: ReadonlyArray<string>): void {
  for (const secret of secrets) {
    assert.isAbove(secret.length, 15);
    for (const form of [secret, encodeURIComponent(secret)]) assert.notInclude(text, form);
    for (const encoding of ["base64", "base64url", "hex"] as const) {
      assert.notInclude(text, Buffer.from(secret).toString(encoding).replace(/=+$/, ""));
    }
  }
}

describe.concurrent("the secrets of a login in the browser", () => {
  const cases = [
    ["tokens", "api:read", 0],
    ["tokens", "openid", 5],
    ["echo", "api:read", 5],
    ["nonsense", "api:read", 5],
  ] as const;

  for (const [answer, scope, exitCode] of cases) {
    it(
      `appear nowhere but in the address that is shown: ${answer} for ${scope}`,
      { timeout: 60_000 },
      () =>
        withHome((home) =>
          withAuthority(answer, async (origin, heard) => {
            for (const how of ["--verbose", "--json"]) {
              const { ended, url, seen } = await login(origin, home, ["--scope", scope, how]);
              assert.strictEqual(ended.code, exitCode, ended.stdout + ended.stderr);
              const { searchParams } = new URL(url);
              const form = heard.at(-1);
              assert(form !== undefined);
              assert.strictEqual(form.get("code"), code);
              assert.strictEqual(searchParams.has("nonce"), scope === "openid");
              const secrets = [
                code,
                accessToken,
                idToken,
                claims.nonce,
                form.get("code_verifier") ?? "",
                searchParams.get("state") ?? "",
                // Only who asks for an ID token sends one.
                searchParams.get("nonce") ?? claims.nonce,
              ];
              assertNone(seen, secrets);
              assertNone(await textsIn(home), secrets);
            }
          })
        ),
    );
  }

  it(
    "appear in no claims that whoami shows",
    { timeout: 60_000 },
    () =>
      withHome((home) =>
        withAuthority("tokens", async (origin) => {
          const { ended } = await login(origin, home, ["--json", "--scope", "api:read"]);
          assert.strictEqual(ended.code, 0, ended.stdout);
          for (const args of [["--json"], ["--verbose"]]) {
            const { code: exitCode, stdout, stderr } = await run(["whoami", ...args], { home });
            assert.strictEqual(exitCode, 0, stderr);
            assert.include(stdout, "ada");
            assertNone(stdout + stderr, [claims.nonce, idToken, accessToken]);
          }
          const asked = await run(["whoami", "--userinfo", "--json"], { home });
          assert.strictEqual(asked.lines[0]?.["sub"], "ada", asked.stdout);
          assert.notProperty(asked.lines[0], "nonce");
        })
      ),
  );
});
