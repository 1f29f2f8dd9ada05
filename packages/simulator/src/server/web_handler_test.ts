import { createServer } from "node:http";
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer";
import { assert, describe, it } from "@effect/vitest";
import { Effect, Layer } from "effect";
import { FetchHttpClient, HttpClient } from "effect/http";
import { request as startDevice } from "@bellhop/core/endpoint/device_authorization";
import { request as requestToken } from "@bellhop/core/endpoint/token";
import { make, SimulatedServer } from "./simulated_server.ts";
import { clients, deviceGrant } from "./testdata/conversation.ts";
import { clientAt, decide } from "./testdata/process.ts";
import { serve, webHandler } from "./web_handler.ts";

const socket = NodeHttpServer.layer(() => createServer(), { port: 0, host: "127.0.0.1" });
const layer = Layer.merge(FetchHttpClient.layer, Layer.provide(serve({ clients }), socket));

describe("serve()", () => {
  it.live("is the server of its own origin, on a real socket", () =>
    Effect.gen(function* () {
      const server = yield* SimulatedServer;
      const { issuer } = server.state.settings;
      assert.match(issuer, /^http:\/\/127\.0\.0\.1:\d+$/);
      const client = yield* clientAt(issuer);
      const device = yield* startDevice(client);
      yield* decide(device.verificationUri, device.userCode);
      yield* requestToken(client, { grant_type: deviceGrant, device_code: device.deviceCode });
      assert.deepStrictEqual(server.facts.map(({ type }) => type), [
        "device.started",
        "device.decided",
        "device.polled",
        "token.issued",
      ]);
      const { headers, status } = yield* HttpClient.get(`${issuer}/api?a=b`);
      assert.deepStrictEqual([status, headers["www-authenticate"]], [401, `Bearer realm="api"`]);
      const malformed = yield* HttpClient.post(`${issuer}/token`);
      assert.strictEqual(malformed.headers["content-type"], "application/json");
    }).pipe(Effect.provide(layer)));
});

describe("webHandler()", () => {
  it("answers web requests at the time of its clock", async () => {
    const server = make({ clients });
    const handler = webHandler(server, () => 42);
    const started = await handler(
      new Request("http://localhost:1/device_authorization", {
        method: "POST",
        body: new URLSearchParams({ client_id: "app" }),
      }),
    );
    assert.strictEqual(started.status, 200);
    assert.strictEqual((await started.json()).expires_in, 600);
    const empty = await handler(new Request("http://localhost:1/token"));
    assert.deepStrictEqual([empty.status, await empty.text()], [405, ""]);
    assert.deepStrictEqual(server.requests.map(({ atMillis }) => atMillis), [42, 42]);
  });
});
