import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import { writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import type { FaultEndpoint, FaultKind } from "@bellhop/devserver/fault";
import { assertEnd, type Expected } from "./testdata/assert_end.ts";
import { type Ended, run, withHome } from "./testdata/bellhop_process.ts";
import { freePort, withDevServer, withHttpServer, withTlsServer } from "./testdata/server.ts";

const client = ["--client-id", "bellhop-cli"];

function login(issuer: string, home: string, args: ReadonlyArray<string> = []): Promise<Ended> {
  return run(["login", "--json", "--issuer", issuer, ...client, ...args], { home });
}

describe.concurrent("a server that cannot be reached", () => {
  it(
    "an unknown host exits with 6",
    { timeout: 30_000 },
    () =>
      withHome(async (home) =>
        assertEnd(await login("https://no-such-host.invalid", home), {
          code: 6,
          error: "unknown_host",
          says: /no-such-host\.invalid/,
          hints: /spelling/,
        })
      ),
  );

  it(
    "a refused connection exits with 6",
    { timeout: 30_000 },
    () =>
      withHome(async (home) =>
        assertEnd(await login(`http://127.0.0.1:${await freePort()}`, home), {
          code: 6,
          error: "connection_refused",
          says: /refused.*127\.0\.0\.1/,
          hints: /listening/,
        })
      ),
  );

  it(
    "a certificate that nobody knows exits with 6",
    { timeout: 30_000 },
    () =>
      withHome((home) =>
        withTlsServer(() => {}, async ({ origin }) =>
          assertEnd(await login(origin, home), {
            code: 6,
            error: "tls_failure",
            says: /localhost/,
            hints: /NODE_EXTRA_CA_CERTS/,
          }))
      ),
  );

  it(
    "an extra CA file makes it known",
    { timeout: 30_000 },
    () =>
      withHome((home) =>
        withTlsServer((_, response) => response.writeHead(404).end("gone"), async (server) => {
          const file = join(home, "ca.pem");
          await writeFile(file, server.certificate);
          const env = { NODE_EXTRA_CA_CERTS: file };
          const ended = await run(["discover", "--json", server.origin], { home, env });
          assertEnd(ended, {
            code: 5,
            error: "malformed_response",
            says: /404|no metadata/,
            hints: /issuer is right/,
          });
        })
      ),
  );

  it(
    "HTTPS_PROXY is used, and not for loopback",
    { timeout: 30_000 },
    () =>
      withHome(async (home) => {
        const asked: Array<string> = [];
        const proxy = (origin: string) => ({ HTTPS_PROXY: origin, HTTP_PROXY: origin });
        await withHttpServer(() => asked.push("plain"), async (origin) => {
          const env = proxy(origin);
          const ended = await run(["discover", "--json", "https://as.example.com"], { home, env });
          assert.strictEqual(ended.code, 6, ended.stdout);
          await withDevServer({}, async ({ issuer }) => {
            const direct = await run(["discover", "--json", issuer], { home, env });
            assert.strictEqual(direct.code, 0, direct.stdout);
          });
        }, (host) => asked.push(host));
        assert.deepStrictEqual(asked, ["as.example.com:443"]);
      }),
  );

  it(
    "a body that never ends exits with 6 at the limit of a request",
    { timeout: 30_000 },
    () =>
      faulty("device_authorization", "endless", {
        args: ["--request-timeout", "700ms"],
        expected: {
          code: 6,
          error: "request_timeout",
          says: /700 milliseconds.*device\/auth/,
          hints: /more time/,
        },
      }),
  );

  it(
    "a connection that breaks exits with 6",
    { timeout: 30_000 },
    () =>
      faulty("device_authorization", "truncated", {
        expected: { code: 6, error: "connection_reset", says: /device\/auth/, hints: /network/ },
      }),
  );
});

interface FaultyOptions {
  readonly args?: ReadonlyArray<string> | undefined;
  readonly expected: Expected;
}

/** Logs in at a server with one fault. */
function faulty(endpoint: FaultEndpoint, kind: FaultKind, { args, expected }: FaultyOptions) {
  return withHome((home) =>
    withDevServer({}, async (server) => {
      await Effect.runPromise(server.fault({ endpoint, kind, times: 5 }));
      assertEnd(await login(server.issuer, home, args), expected);
    })
  );
}

const nonsense: ReadonlyArray<readonly [FaultEndpoint, FaultKind, Omit<Expected, "code">]> = [
  ["discovery", "html", {
    error: "malformed_response",
    says: /HTML.*\.well-known/,
    hints: /issuer is right/,
  }],
  ["discovery", "other-issuer", {
    error: "issuer_mismatch",
    says: /of issuer/,
    hints: /exactly as written/,
  }],
  ["discovery", "500", { error: "server_unavailable", says: /500.*\.well-known/, hints: /later/ }],
  ["device_authorization", "html", {
    error: "malformed_response",
    says: /HTML.*device\/auth/,
    hints: /device_authorization endpoint/,
  }],
  ["device_authorization", "500", {
    error: "server_unavailable",
    says: /status 500.*device\/auth/,
    hints: /operator/,
  }],
  ["device_authorization", "empty-json", {
    error: "malformed_response",
    says: /device_code.*device\/auth/,
    hints: /endpoint/,
  }],
  ["device_authorization", "truncated-json", {
    error: "malformed_response",
    says: /JSON.*device\/auth/,
    hints: /endpoint/,
  }],
  ["device_authorization", "huge", {
    error: "malformed_response",
    says: /larger than 1048576 bytes/,
    hints: /endpoint/,
  }],
  ["device_authorization", "deep", {
    error: "malformed_response",
    says: /device\/auth/,
    hints: /endpoint/,
  }],
  ["token", "redirect", {
    error: "malformed_response",
    says: /redirects.*\/token/,
    hints: /instead/,
  }],
  ["token", "html", {
    error: "malformed_response",
    says: /HTML.*\/token/,
    hints: /token endpoint/,
  }],
  ["token", "empty-json", {
    error: "malformed_response",
    says: /access_token.*\/token/,
    hints: /token endpoint/,
  }],
];

describe.concurrent("a server that answers nonsense", () => {
  for (const [endpoint, kind, expected] of nonsense) {
    it(
      `${kind} from ${endpoint} exits with 5`,
      { timeout: 30_000 },
      () => faulty(endpoint, kind, { expected: { code: 5, ...expected } }),
    );
  }

  it(
    "an unknown client exits with 5",
    { timeout: 30_000 },
    () =>
      withHome((home) =>
        withDevServer({}, async ({ issuer }) => {
          const args = ["login", "--json", "--issuer", issuer, "--client-id", "nobody"];
          assertEnd(await run(args, { home }), {
            code: 5,
            error: "invalid_client",
            says: /invalid_client.*device\/auth/,
            hints: /client identifier/,
          });
        })
      ),
  );

  it(
    "a terminal is shown no control characters of the server's",
    { timeout: 30_000 },
    () =>
      withHome((home) => {
        const escape = "\u001b]0;owned\u0007\u001b[31m\u009b2J\u202e";
        const hostile = (request: IncomingMessage, response: ServerResponse) => {
          const origin = `http://${request.headers.host}`;
          const isToken = request.method === "POST";
          response.writeHead(isToken ? 400 : 200, { "content-type": "application/json" });
          response.end(JSON.stringify(
            isToken ? { error: "invalid_request", error_description: `no${escape}pe` } : {
              issuer: origin,
              token_endpoint: `${origin}/token`,
              device_authorization_endpoint: `${origin}/device`,
            },
          ));
        };
        return withHttpServer(hostile, async (origin) => {
          const named = ["--issuer", origin, ...client];
          const ended = await Promise.all([
            run(["login", ...named], { home }),
            run(["login", "--json", ...named], { home }),
          ]);
          for (const { stdout, stderr } of ended) {
            assert.notMatch((stdout + stderr).replaceAll("\n", ""), /[\p{Cc}\p{Cf}]/u);
          }
          assert.include(ended[0].stderr, `"invalid_request": nope`);
        });
      }),
  );
});
