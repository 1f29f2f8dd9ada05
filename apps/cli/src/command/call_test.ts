import { assert, describe, it } from "@effect/vitest";
import { Effect, Exit, Layer, Option, Redacted, Sink, Stdio } from "effect";
import { NodeHttpClient, NodeServices } from "@effect/platform-node";
import { writeFile } from "node:fs/promises";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { join } from "node:path";
import type { SessionRecord } from "@bellhop/core/session/session_record";
import type { AppError } from "../failure.ts";
import { exitCodeOf } from "../report.ts";
import { withHome } from "../testdata/bellhop_process.ts";
import { freePort, withHttpServer } from "../testdata/server.ts";
import { issuer, makeWorld } from "../testdata/world.ts";
import { type CallOptions, run } from "./call.ts";

const token = "planted-token";
function recordOf(
  status: SessionRecord["status"] = "active",
  count = 1,
  tokenType = "bearer",
): SessionRecord {
  const tokens = {
    accessToken: Redacted.make(token),
    tokenType,
    obtainedAtMillis: Date.now(),
    expiresInSeconds: 600,
    scope: [],
  };
  return {
    issuer,
    clientId: "tv",
    authenticationMethod: "none",
    endpoints: {},
    status,
    accessTokens: [{ requestedScope: [], resource: [], tokens }].slice(0, count),
  };
}

interface Called {
  readonly exit: Exit.Exit<void, AppError>;
  readonly stdout: string;
  readonly screen: string;
}

/** Calls with a session under the profile, or another one. */
function call(
  url: string,
  options: Partial<CallOptions> = {},
  session = recordOf(),
): Promise<Called> {
  const [world, layer] = makeWorld({ home: "/nonexistent" });
  world.sessions.set("work", session);
  const written: Array<Uint8Array> = [];
  const stdio = Layer.effect(
    Stdio.Stdio,
    Effect.map(Stdio.Stdio, (stdio) => ({
      ...stdio,
      stdout: () =>
        Sink.forEach((chunk: string | Uint8Array) =>
          Effect.sync(() => void written.push(Buffer.from(chunk)))
        ),
    })),
  ).pipe(Layer.provide(NodeServices.layer));
  const asked: CallOptions = {
    url,
    method: Option.none(),
    headers: [],
    data: Option.none(),
    include: false,
    fail: false,
    ...options,
  };
  return Effect.runPromise(
    Effect.exit(Effect.scoped(run(asked))).pipe(
      Effect.provide(Layer.mergeAll(layer, NodeHttpClient.layerNodeHttp).pipe(Layer.merge(stdio))),
      Effect.map((exit) => ({
        exit,
        stdout: Buffer.concat(written).toString(),
        screen: world.screen,
      })),
    ),
  );
}

interface Heard {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Answers by `answer`, and remembers what was heard. */
function listening(
  heard: Array<Heard>,
  answer: (response: ServerResponse) => void,
): RequestListener {
  return (request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    }).on("end", () => {
      const { method, url, headers } = request;
      heard.push({ method, url, headers, body });
      answer(response);
    });
  };
}

describe.concurrent("call", () => {
  it("sends the token, the method, the headers and a file as it is", async () => {
    const heard: Array<Heard> = [];
    const listener = listening(heard, (response) => response.end("ok"));
    await withHome((home) =>
      withHttpServer(listener, async (origin) => {
        const file = join(home, "body.json");
        await writeFile(file, `{"a":\n1}\r\n`);
        const called = await call(`${origin}/x?y=1`, {
          headers: ["Content-Type: application/json", "X-Two:a:b"],
          data: Option.some(`@${file}`),
        });
        assert.isTrue(Exit.isSuccess(called.exit));
        assert.strictEqual(called.stdout, "ok");
      })
    );
    assert.strictEqual(heard.length, 1);
    const { method, url, headers, body } = heard[0] as Heard;
    assert.deepStrictEqual([method, url, body], ["POST", "/x?y=1", `{"a":\n1}\r\n`]);
    assert.strictEqual(headers.authorization, `Bearer ${token}`);
    assert.strictEqual(headers["content-type"], "application/json");
    assert.strictEqual(headers["x-two"], "a:b");
    assert.isUndefined(headers["traceparent"]);
  });

  it("follows no redirect, so that the token goes nowhere else", async () => {
    const elsewhere: Array<Heard> = [];
    await withHttpServer(
      listening(elsewhere, (response) => response.end()),
      (other) =>
        withHttpServer(
          listening(
            [],
            (response) => response.writeHead(307, { location: `${other}/?code=1` }).end("moved"),
          ),
          async (origin) => {
            const { exit, stdout, screen } = await call(origin);
            assert.isTrue(Exit.isSuccess(exit));
            assert.strictEqual(stdout, "moved");
            assert.include(screen, `redirects to ${other}/, which is not followed`);
          },
        ),
    );
    assert.deepStrictEqual(elsewhere, []);
  });

  it("exits with 0 whatever the status, and hints at a login for a 401", async () => {
    const listener = listening([], (response) => response.writeHead(401).end("no"));
    await withHttpServer(listener, async (origin) => {
      const { exit, stdout, screen } = await call(origin);
      assert.isTrue(Exit.isSuccess(exit));
      assert.strictEqual(stdout, "no");
      assert.include(screen, "bellhop login --profile work");
    });
  });

  it("names the scope that a 403 asks for", async () => {
    const challenge = `Bearer error="insufficient_scope", scope="api:admin"`;
    const listener = listening(
      [],
      (response) => response.writeHead(403, { "www-authenticate": challenge }).end(),
    );
    await withHttpServer(listener, async (origin) => {
      assert.include((await call(origin)).screen, `--scope "… api:admin"`);
    });
  });

  it("writes the answer of a 403 that asks for a scope, and exits with 0", async () => {
    const listener = listening([], (response) => {
      const challenge = `Bearer error="insufficient_scope"`;
      response.writeHead(403, { "www-authenticate": challenge }).end("read only");
    });
    await withHttpServer(listener, async (origin) => {
      const { exit, stdout, screen } = await call(origin, { include: true });
      assert.isTrue(Exit.isSuccess(exit));
      assert.match(stdout, /^HTTP\/1\.1 403\r\n(.+\r\n)+\r\nread only$/);
      assert.include(screen, "more scopes");
    });
  });

  it("asks once where the token is refused and cannot be renewed", async () => {
    const heard: Array<Heard> = [];
    const listener = listening(heard, (response) => response.writeHead(401).end());
    await withHttpServer(listener, async (origin) => {
      assert.isTrue(Exit.isSuccess((await call(origin)).exit));
    });
    assert.strictEqual(heard.length, 1);
  });

  it("exits with 2 before anything is sent where the token is of another type", async () => {
    const heard: Array<Heard> = [];
    await withHttpServer(listening(heard, (response) => response.end()), async (origin) => {
      const { exit } = await call(origin, {}, recordOf("active", 1, "mac"));
      assert.strictEqual(exitCodeOf(exit), 2);
    });
    assert.deepStrictEqual(heard, []);
  });

  it("exits with 5 and writes no body with --fail", async () => {
    const listener = listening([], (response) => response.writeHead(404).end("not here"));
    await withHttpServer(listener, async (origin) => {
      const { exit, stdout } = await call(origin, { fail: true });
      assert.strictEqual(exitCodeOf(exit), 5);
      assert.strictEqual(stdout, "");
    });
  });

  it("writes a body as it comes, however large", { timeout: 20_000 }, async () => {
    const listener = listening([], (response) => {
      const chunk = "x".repeat(1_048_576);
      for (let sent = 0; sent < 8; sent++) response.write(chunk);
      response.end();
    });
    await withHttpServer(listener, async (origin) => {
      assert.strictEqual((await call(origin)).stdout.length, 8 * 1_048_576);
    });
  });

  it("exits with 6 where nobody listens, and shows no token", async () => {
    const { exit } = await call(`http://127.0.0.1:${await freePort()}/?key=1`);
    assert.strictEqual(exitCodeOf(exit), 6);
    assert.notInclude(JSON.stringify(exit), token);
    assert.notInclude(JSON.stringify(exit), "key=1");
  });

  it("exits with 6 where the connection breaks in the middle", async () => {
    const listener = listening([], (response) => {
      response.writeHead(200, { "content-length": "10" });
      response.write("half", () => response.destroy());
    });
    await withHttpServer(listener, async (origin) => {
      const { exit, stdout } = await call(origin);
      assert.strictEqual(exitCodeOf(exit), 6);
      assert.strictEqual(stdout, "half");
    });
  });

  for (
    const [what, session] of Object.entries(
      {
        "reauthorization is required": recordOf("reauthorizationRequired"),
        "the session was revoked": recordOf("revoked"),
        "the record holds no token": recordOf("active", 0),
      } satisfies Record<string, SessionRecord>,
    )
  ) {
    it(`exits with 8 before anything is sent where ${what}`, async () => {
      const heard: Array<Heard> = [];
      await withHttpServer(listening(heard, (response) => response.end()), async (origin) => {
        assert.strictEqual(exitCodeOf((await call(origin, {}, session)).exit), 8);
      });
      assert.deepStrictEqual(heard, []);
    });
  }
});
