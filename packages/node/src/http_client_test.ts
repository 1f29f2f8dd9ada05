import { Session } from "@bellhop/core/session/session";
import * as SessionClient from "@bellhop/core/http/session_client";
import * as SessionFetch from "@bellhop/core/http/session_fetch";
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient";
import { assert, describe, it, layer as withLayer } from "@effect/vitest";
import { Effect, Exit, type Layer, Redacted, Stream } from "effect";
import { HttpBody, HttpClient } from "effect/http";
import { execFile } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { layer } from "./http_client.ts";

const transports: Record<string, Layer.Layer<HttpClient.HttpClient>> = {
  "fetch": NodeHttpClient.layerFetch,
  "node:http": NodeHttpClient.layerNodeHttp,
  "undici, as recommended": layer,
};

interface Seen {
  readonly url: string | undefined;
  readonly authorization: string | undefined;
  readonly body: string;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on loopback that keeps what it sees. */
const serving = Effect.fnUntraced(function* (handle: Handler) {
  const seen: Array<Seen> = [];
  const sockets = new Set<unknown>();
  const server = createServer((request, response) => {
    const chunks: Array<Buffer> = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { url, headers: { authorization } } = request;
      seen.push({ url, authorization, body: Buffer.concat(chunks).toString() });
      handle(request, response);
    });
  });
  server.on("connection", (socket) => sockets.add(socket));
  yield* Effect.acquireRelease(
    Effect.callback<void>((resume) =>
      void server.listen(0, "127.0.0.1", () => resume(Effect.void))
    ),
    () =>
      Effect.callback<void>((resume) => {
        server.closeAllConnections();
        server.close(() => resume(Effect.void));
      }),
  );
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, seen, sockets };
});

/** A session whose token is "first" until it was refused, and "second" from then on. */
function rotating(): Session {
  let name = "first";
  const tokens = () => ({
    accessToken: Redacted.make(name),
    tokenType: "Bearer",
    obtainedAtMillis: 0,
    scope: [],
  });
  return Session.of({
    key: "work",
    token: () => Exit.succeed(tokens()),
    replace: () =>
      Effect.sync(() => {
        name = "second";
        return tokens();
      }),
    signIn: () => Effect.void,
    revoke: () => Effect.succeed({ untold: [] }),
    introspect: () => Effect.succeed({ active: true }),
    state: Effect.never,
    changes: Stream.empty,
  });
}

/** Two servers. The first sends `/away` to the second, `/near` to itself, and knows one token. */
const pair = Effect.gen(function* () {
  const other = yield* serving((_, response) => void response.writeHead(401).end("not here"));
  const api = yield* serving((request, response) => {
    const { url, headers: { authorization } } = request;
    if (url === "/away") {
      return void response.writeHead(307, { location: `${other.origin}/` }).end();
    }
    if (url === "/near") return void response.writeHead(302, { location: "/me" }).end();
    const status = authorization === "Bearer second" ? 200 : 401;
    response.writeHead(status, { "content-type": "text/plain" }).end(`${status}`);
  });
  return { api, other };
});

const carrying = Effect.fnUntraced(function* (
  origin: string,
  inside: (client: HttpClient.HttpClient) => HttpClient.HttpClient = (client) => client,
) {
  const client = inside(yield* HttpClient.HttpClient);
  return yield* SessionClient.make(client, rotating(), { origins: [origin] });
});

for (const [name, transport] of Object.entries(transports)) {
  withLayer(transport, { excludeTestServices: true })(`a session over ${name}`, (it) => {
    it.effect("gives a redirect to another origin back, which never sees the token", () =>
      Effect.scoped(Effect.gen(function* () {
        const { api, other } = yield* pair;
        const client = yield* carrying(api.origin);
        const response = yield* client.get(`${api.origin}/away`);
        assert.strictEqual(response.status, 307);
        assert.deepStrictEqual(api.seen.map((it) => it.authorization), ["Bearer first"]);
        assert.lengthOf(other.seen, 0);
      })));

    const places = ["around", "inside"] as const;
    for (const place of places) {
      const follow = HttpClient.followRedirects(5);
      const following = (origin: string) =>
        place === "around"
          ? Effect.map(carrying(origin), (client) => follow(client))
          : carrying(origin, (client) => follow(client));

      it.effect(`with followRedirects ${place} it, another origin never sees the token`, () =>
        Effect.scoped(Effect.gen(function* () {
          const { api, other } = yield* pair;
          const client = yield* following(api.origin);
          const response = yield* client.get(`${api.origin}/away`);
          assert.strictEqual(response.status, 401);
          assert.strictEqual(yield* response.text, "not here");
          assert.deepStrictEqual(api.seen.map((it) => it.authorization), ["Bearer first"]);
          assert.deepStrictEqual(other.seen, [{ url: "/", authorization: undefined, body: "" }]);
        })));

      it.effect(`with followRedirects ${place} it, a redirect on the spot is followed with it`, () =>
        Effect.scoped(Effect.gen(function* () {
          const { api } = yield* pair;
          const client = yield* following(api.origin);
          const response = yield* client.get(`${api.origin}/near`);
          assert.strictEqual(yield* response.text, "200");
          assert.strictEqual(api.seen.at(-1)?.authorization, "Bearer second");
        })));
    }

    it.effect("is renewed after a 401, and the request sent once more with its body", () =>
      Effect.scoped(Effect.gen(function* () {
        const { api } = yield* pair;
        const client = yield* carrying(api.origin);
        const form = new FormData();
        form.set("a", "1");
        for (const body of [HttpBody.text("a body"), HttpBody.formData(form)]) {
          const response = yield* client.post(`${api.origin}/me`, { body });
          assert.strictEqual(yield* response.text, "200");
        }
        assert.deepStrictEqual(
          api.seen.map((it) => it.authorization),
          ["Bearer first", "Bearer second", "Bearer second"],
        );
        assert.deepStrictEqual(api.seen.slice(0, 2).map((it) => it.body), ["a body", "a body"]);
      })));

    it.effect("lets go of connections whose 401 never ends", () =>
      Effect.scoped(Effect.gen(function* () {
        const closed: Array<string | undefined> = [];
        const api = yield* serving((request, response) => {
          const isFirst = request.headers.authorization === "Bearer first";
          response.writeHead(isFirst ? 401 : 200).write("part");
          if (isFirst) response.on("close", () => closed.push(request.url));
          else response.end();
        });
        const client = yield* carrying(api.origin);
        const response = yield* client.get(`${api.origin}/me`);
        assert.strictEqual(yield* response.text, "part");
        while (closed.length === 0) yield* Effect.sleep(20);
        assert.deepStrictEqual(closed, ["/me"]);
      })));

    it.effect("does not send a stream again, whose 401 renews for the next request", () =>
      Effect.scoped(Effect.gen(function* () {
        const { api } = yield* pair;
        const client = yield* carrying(api.origin);
        const body = HttpBody.stream(Stream.make(new TextEncoder().encode("a stream")));
        const response = yield* client.post(`${api.origin}/me`, { body });
        assert.strictEqual(response.status, 401);
        assert.strictEqual(yield* response.text, "401");
        const next = yield* client.get(`${api.origin}/me`);
        assert.strictEqual(next.status, 200);
        assert.deepStrictEqual(api.seen.map((it) => it.body), ["a stream", ""]);
      })));
  });
}

describe("SessionFetch over fetch", () => {
  it.effect("gives a redirect to another origin back, which never sees the token", () =>
    Effect.scoped(Effect.gen(function* () {
      const { api, other } = yield* pair;
      const fetch = yield* SessionFetch.make(rotating(), { origins: [api.origin] });
      const response = yield* Effect.promise(() => fetch(`${api.origin}/away`));
      assert.strictEqual(response.status, 307);
      const followed = yield* Effect.promise(() => fetch(response.headers.get("location") ?? ""));
      assert.strictEqual(followed.status, 401);
      assert.deepStrictEqual(other.seen.map((it) => it.authorization), [undefined]);
    })));

  it.effect("sends a request once more after a 401", () =>
    Effect.scoped(Effect.gen(function* () {
      const { api } = yield* pair;
      const fetch = yield* SessionFetch.make(rotating(), { origins: [api.origin] });
      const init = { method: "POST", body: "a body" };
      const response = yield* Effect.promise(() => fetch(`${api.origin}/me`, init));
      assert.strictEqual(yield* Effect.promise(() => response.text()), "200");
      assert.deepStrictEqual(api.seen.map((it) => it.body), ["a body", "a body"]);
    })));
});

describe("layer", () => {
  withLayer(layer)((it) => {
    it.effect("keeps its connections open", () =>
      Effect.scoped(Effect.gen(function* () {
        const server = yield* serving((_, response) => void response.end("yes"));
        for (let round = 0; round < 10; round++) {
          const response = yield* HttpClient.get(server.origin);
          assert.strictEqual(yield* response.text, "yes");
        }
        assert.isBelow(server.sockets.size, 5);
      })));
  });

  it.live("loads undici only when it is built", () =>
    Effect.gen(function* () {
      const module = JSON.stringify(new URL("http_client.ts", import.meta.url).href);
      const script = `
        import { Effect, Layer } from "effect";
        import { registerHooks } from "node:module";
        const loaded = [];
        registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
        const { layer } = await import(${module});
        const has = () => loaded.some((url) => /[/]undici[/]/.test(url));
        const before = has();
        await Effect.runPromise(Effect.scoped(Layer.build(layer)));
        process.stdout.write(JSON.stringify([before, has()]));`;
      const output = yield* Effect.callback<string>((resume) => {
        const args = ["--input-type=module", "--no-warnings", "--eval", script];
        const cwd = import.meta.dirname;
        execFile(
          process.execPath,
          args,
          { cwd },
          (_, out, err) => resume(Effect.succeed(out + err)),
        );
      });
      assert.strictEqual(output, "[false,true]");
    }));
});
