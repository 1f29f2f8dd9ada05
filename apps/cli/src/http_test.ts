import { assert, describe, it } from "@effect/vitest";
import { Effect, Layer } from "effect";
import { HttpClient } from "effect/http";
import { layer } from "./http.ts";
import { withHttpServer } from "./testdata/server.ts";

describe("layer", () => {
  it("makes a client that asks, follows no redirect, and serves many at once", async () => {
    const heard: Array<string | undefined> = [];
    await withHttpServer((request, response) => {
      heard.push(request.url);
      response.writeHead(request.url === "/moved" ? 302 : 200, { location: "/elsewhere" }).end();
    }, async (origin) => {
      const ask = (path: string) =>
        Effect.map(HttpClient.get(origin + path), ({ status }) => status);
      const statuses = Effect.all([ask("/moved"), ask("/a"), ask("/b")], {
        concurrency: "unbounded",
      });
      const program = Effect.provide(statuses, Layer.fresh(layer));
      assert.deepStrictEqual(await Effect.runPromise(program), [302, 200, 200]);
    });
    assert.deepStrictEqual(new Set(heard), new Set(["/a", "/b", "/moved"]));
    assert.strictEqual(heard.length, 3);
  });

  it("fails as Node's client does where nobody listens", async () => {
    const program = Effect.flip(HttpClient.get("http://127.0.0.1:9/")).pipe(Effect.provide(layer));
    assert.strictEqual((await Effect.runPromise(program))._tag, "HttpClientError");
  });
});
