import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { assert, describe, it, layer } from "@effect/vitest";
import { Effect, Exit, Redacted, Scope } from "effect";
import { DevServer, layer as devServer, make } from "./dev_server.ts";
import { makeBrowser } from "./_test_browser.ts";
import { get, startDevice } from "./_test_client.ts";

layer(devServer({
  clients: [{
    clientId: "mine",
    name: "<Mine>",
    authentication: "client_secret_post",
    clientSecret: Redacted.make("worth-something"),
    grantTypes: ["client_credentials"],
    redirectUris: [],
  }],
}))("DevServer", (it) => {
  it.effect("its issuer is its address, character by character", () =>
    Effect.gen(function* () {
      const { issuer, port } = yield* DevServer;
      assert.strictEqual(issuer, `http://127.0.0.1:${port}`);
    }));

  it.effect("its home page says what it is, but no secret that was configured", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      const { status, text, headers } = yield* makeBrowser(server).open("/");
      assert.strictEqual(status, 200);
      for (const part of [server.issuer, "bellhop-cli", "bellhop-web-dev-secret", "/device"]) {
        assert.include(text, part);
      }
      assert.include(text, "&lt;Mine&gt;");
      assert.notInclude(text, "worth-something");
      assert.include(headers.get("content-security-policy"), "default-src 'none'");
    }));

  it.effect("requests holds no query, which may hold a code", () =>
    Effect.gen(function* () {
      const server = yield* DevServer;
      yield* server.clearRequests;
      yield* get(server, "/device?user_code=ABCD-EFGH");
      const requests = yield* server.requests;
      assert.strictEqual(requests[0]?.path, "/device");
      assert.notInclude(JSON.stringify(requests), "ABCD");
    }));

  it.effect("a browser that comes by another name of this machine is sent to the issuer", () =>
    Effect.gen(function* () {
      const { issuer, port } = yield* DevServer;
      const answer = yield* rawGet(port, { path: "/device", host: `localhost:${port}` });
      assert.include(answer, "307 Temporary Redirect");
      assert.include(answer.toLowerCase(), `location: ${issuer}/device`);
    }));

  it.effect("metadata asked for by another name of this machine still names the issuer", () =>
    Effect.gen(function* () {
      const { issuer, port } = yield* DevServer;
      const path = "/.well-known/openid-configuration";
      const answer = yield* rawGet(port, { path, host: `localhost:${port}` });
      assert.include(answer, `"token_endpoint":"${issuer}/token"`);
      assert.notInclude(answer, `http://localhost:${port}`);
    }));

  it.effect("a foreign name is refused", () =>
    Effect.gen(function* () {
      const { port } = yield* DevServer;
      const answer = yield* rawGet(port, { path: "/", host: "attacker.example.com" });
      assert.include(answer, "421 Misdirected Request");
    }));
});

describe("make()", () => {
  it.effect("fails with PortInUse and a hint when another program listens there", () =>
    Effect.gen(function* () {
      const port = yield* takenPort;
      const error = yield* Effect.flip(make({ port }));
      assert.isTrue(error.reason._tag === "PortInUse" && error.reason.port === port);
      assert.include(error.message, String(port));
      assert.include(error.hint, "choose another port");
    }));

  it.effect("fails with InvalidOption before it opens anything", () =>
    Effect.gen(function* () {
      const { reason } = yield* Effect.flip(make({ port: 70_000 }));
      assert.strictEqual(reason._tag, "InvalidOption");
    }));

  it.effect("keeps servers that run side by side apart", () =>
    Effect.gen(function* () {
      const one = yield* make();
      const two = yield* make();
      const device = yield* startDevice(one);
      const { reason } = yield* Effect.flip(two.approve(device["user_code"]));
      assert.strictEqual(reason._tag, "UnknownUserCode");
      yield* one.approve(device["user_code"]);
    }));

  it.effect("closes with its scope at once, with requests under way", () =>
    Effect.gen(function* () {
      const scope = yield* Scope.make();
      const server = yield* Scope.provide(make(), scope);
      for (const kind of ["hang", "endless"] as const) {
        yield* server.fault({ endpoint: "token", kind });
      }
      const answers = [1, 2].map(() =>
        fetch(`${server.issuer}/token`, { method: "POST" })
          .then((response) => response.text())
          .then(() => "answered", () => "cut")
      );
      const idle = connect(server.port, "127.0.0.1").on("error", () => {});
      yield* Effect.promise(() => until(() => idle.readyState === "open"));
      while ((yield* server.requests).length < 2) {
        yield* Effect.promise(() => until(() => true));
      }
      const beganMillis = performance.now();
      yield* Scope.close(scope, Exit.void);
      // One that waited for what hangs would take far longer.
      assert.isBelow(performance.now() - beganMillis, 5_000);
      assert.deepStrictEqual(yield* Effect.promise(() => Promise.all(answers)), ["cut", "cut"]);
      const refused = yield* Effect.promise(() => fetch(server.issuer).catch(() => "refused"));
      assert.strictEqual(refused, "refused");
    }));

  it.effect("prints nothing, whatever it is asked", () =>
    Effect.gen(function* () {
      const printed = yield* Effect.promise(() => printedBy(silenceProgram()));
      assert.deepStrictEqual(printed, { status: 0, stdout: "", stderr: "" });
    }), 20_000);
});

/** A port on which a server listens until the scope closes. */
const takenPort = Effect.map(
  Effect.acquireRelease(
    Effect.callback<ReturnType<typeof createServer>>((resume) => {
      const server = createServer();
      server.listen(0, "127.0.0.1", () => resume(Effect.succeed(server)));
    }),
    (server) => Effect.sync(() => server.close()),
  ),
  (server) => (server.address() as AddressInfo).port,
);

/** `fetch` does not let its caller choose the `Host` header. */
function rawGet(
  port: number,
  { path, host }: { readonly path: string; readonly host: string },
): Effect.Effect<string> {
  return Effect.callback<string>((resume) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1");
    socket.setEncoding("utf8");
    socket.on("data", (chunk) => {
      answer += chunk;
    });
    socket.once("close", () => resume(Effect.succeed(answer)));
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  });
}

async function until(condition: () => boolean): Promise<void> {
  do {
    await new Promise((resolve) => {
      setTimeout(resolve, 5);
    });
  } while (!condition());
}

/** Meets every page, endpoint and mishap that could make the library speak. */
function silenceProgram(): string {
  const url = (file: string) => new URL(file, import.meta.url).href;
  return `
    import { Effect } from "effect";
    import { make } from "${url("./dev_server.ts")}";
    import { makeBrowser } from "${url("./_test_browser.ts")}";
    import { basic, bearer, get, login, post, refresh, startDevice } from "${
    url("./_test_client.ts")
  }";
    const program = Effect.gen(function* () {
      const server = yield* make({ intervalSeconds: 0 });
      const { open, submit } = makeBrowser(server);
      for (const path of ["/", "/jwks", "/nowhere", "/auth", "/session/end", "/userinfo", "/api/me",
        "/.well-known/openid-configuration", "/interaction/none", "/device/none"]) {
        yield* open(path);
      }
      const device = yield* startDevice(server);
      const confirmation = yield* submit(yield* open("/device?user_code=" + device.user_code));
      yield* submit(yield* submit(confirmation), { answer: "login" });
      const tokens = yield* login(server);
      yield* get(server, "/userinfo", bearer(tokens.access_token));
      const { json } = yield* refresh(server, tokens.refresh_token);
      const headers = basic("bellhop-web");
      const form = { token: json.access_token };
      yield* post(server, "/token/introspection", { form, headers });
      yield* post(server, "/token/revocation", { form: { ...form, client_id: "bellhop-cli" } });
      yield* refresh(server, tokens.refresh_token);
      yield* post(server, "/token", { form: { grant_type: "client_credentials" },
        headers: basic("bellhop-service") });
      yield* Effect.promise(() => fetch(server.issuer + "/token", { method: "POST",
        headers: { "content-type": "application/json", origin: "http://localhost:1" },
        body: "{" }));
      yield* server.fault({ endpoint: "token", kind: "drop-response" });
      yield* Effect.exit(refresh(server, "unknown"));
    });
    await Effect.runPromise(Effect.scoped(program));
  `;
}

function printedBy(program: string): Promise<{
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}> {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: import.meta.dirname,
    env: { PATH: process.env["PATH"] ?? "" },
  });
  const printed = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      printed[name] += text;
    });
  }
  return new Promise((resolve) => {
    child.once("close", (status) => resolve({ status, ...printed }));
  });
}
