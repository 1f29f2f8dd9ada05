/**
 * A simulated authorization server on a real socket: as a handler of web requests for any server, and
 * as a layer for Effect's own.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { make } from "@bellhop/simulator/server/simulated_server";
 * import { webHandler } from "@bellhop/simulator/server/web_handler";
 *
 * const handler = webHandler(make(), () => 0);
 * const response = await handler(new Request("https://as.example.com/api"));
 *
 * assert.equal(response.status, 401);
 * ```
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as HttpServer from "effect/http/HttpServer";
import { HttpServerRequest } from "effect/http/HttpServerRequest";
import * as HttpServerResponse from "effect/http/HttpServerResponse";
import * as Layer from "effect/Layer";
import { withIssuer } from "./authorization_server.ts";
import type { ServerOptions } from "./server_options.ts";
import * as Simulated from "./simulated_server.ts";

/**
 * The server as a handler of web requests.
 *
 * @param server Answers every request, whatever its origin.
 * @param nowMillis The server's clock, such as `Date.now`.
 */
export function webHandler(
  server: Simulated.SimulatedServer,
  nowMillis: () => number,
): (request: Request) => Promise<Response> {
  return (request) =>
    request.text().then((text) => {
      const { headers, method, url } = request;
      const asked = { method, url, headers: Object.fromEntries(headers), body: text };
      const { body, ...head } = server.handle(asked, nowMillis());
      return new Response(body === "" ? null : body, head);
    });
}

/**
 * A new server on the ambient `HttpServer`, by the ambient `Clock`. Unless an issuer is told, it is the
 * address of that `HttpServer`, which may have chosen its port itself.
 *
 * @param options How the server behaves.
 */
export function serve(
  options: ServerOptions = {},
): Layer.Layer<Simulated.SimulatedServer, never, HttpServer.HttpServer> {
  return Layer.unwrap(Effect.gen(function* () {
    const { address } = yield* HttpServer.HttpServer;
    const server = Simulated.make(options);
    if (options.issuer === undefined) {
      const issuer = HttpServer.formatAddress(address);
      server.update((state) => ({ state: withIssuer(state, issuer), facts: [] }));
    }
    return Layer.merge(
      Layer.succeed(Simulated.SimulatedServer, server),
      HttpServer.serve(answer(server)),
    );
  }));
}

const answer: (
  server: Simulated.SimulatedServer,
) => Effect.Effect<HttpServerResponse.HttpServerResponse, never, HttpServerRequest> = Effect
  .fnUntraced(
    function* (server: Simulated.SimulatedServer) {
      const request = yield* HttpServerRequest;
      const text = yield* Effect.orDie(request.text);
      const { headers, method, url } = request;
      const asked = {
        method,
        url: `http://server${url}`,
        headers: { ...headers },
        body: text,
      };
      const { body, ...head } = server.handle(asked, yield* Clock.currentTimeMillis);
      return body === ""
        ? HttpServerResponse.empty(head)
        : HttpServerResponse.text(body, { ...head, contentType: head.headers["content-type"] });
    },
  );
