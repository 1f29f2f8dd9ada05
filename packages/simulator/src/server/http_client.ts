/**
 * An `HttpClient` whose every request goes to a simulated authorization server, at the time of the
 * ambient `Clock` and without any latency.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect } from "effect";
 * import { HttpClient } from "effect/http";
 * import { layer } from "@bellhop/simulator/server/http_client";
 * import { SimulatedServer } from "@bellhop/simulator/server/simulated_server";
 *
 * const program = Effect.gen(function* () {
 *   const response = yield* HttpClient.get("https://as.example.com/api");
 *   const server = yield* SimulatedServer;
 *   return [response.status, server.facts.length];
 * });
 *
 * assert.deepEqual(Effect.runSync(program.pipe(Effect.provide(layer()))), [401, 1]);
 * ```
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as HttpClient from "effect/http/HttpClient";
import type { HttpClientRequest } from "effect/http/HttpClientRequest";
import * as Layer from "effect/Layer";
import { fromText } from "../http_response.ts";
import type { ServerRequest } from "./server_message.ts";
import type { ServerOptions } from "./server_options.ts";
import * as Simulated from "./simulated_server.ts";

/**
 * The client of one server.
 *
 * @param server Answers every request, whatever its origin.
 */
export function make(server: Simulated.SimulatedServer): HttpClient.HttpClient {
  return HttpClient.make((request, url) =>
    Effect.map(
      Clock.currentTimeMillis,
      (now) => fromText(request, server.handle(serverRequestOf(request, url.href), now)),
    )
  );
}

/**
 * A new server and its client.
 *
 * @param options How the server behaves.
 */
export function layer(
  options: ServerOptions = {},
): Layer.Layer<HttpClient.HttpClient | Simulated.SimulatedServer> {
  return Layer.effectContext(Effect.sync(() => {
    const server = Simulated.make(options);
    return Context.make(Simulated.SimulatedServer, server).pipe(
      Context.add(HttpClient.HttpClient, make(server)),
    );
  }));
}

/** Of a body only what is here at once; the clients under test stream none. */
function serverRequestOf(request: HttpClientRequest, url: string): ServerRequest {
  const { body, headers, method } = request;
  const text = body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : "";
  return { method, url, headers: { ...headers }, body: text };
}
