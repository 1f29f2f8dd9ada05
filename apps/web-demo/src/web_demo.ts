/**
 * The demonstration as a layer: its server, its logins and its pages.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import * as HttpRouter from "effect/http/HttpRouter";
import * as HttpServer from "effect/http/HttpServer";
import type { ServeError } from "effect/http/HttpServerError";
import * as Discovery from "@bellhop/core/endpoint/discovery";
import type { EndpointError } from "@bellhop/core/protocol/endpoint_error";
import type { KeySourceError } from "@bellhop/node/key_source_error";
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer";
import { createServer } from "node:http";
import * as Login from "./login.ts";
import * as Storage from "./storage.ts";
import * as WebRoutes from "./web_routes.ts";

/** Where the demonstration listens, and whom it trusts. */
export interface WebDemoOptions {
  /** The authorization server, which has the protected API, too. */
  readonly issuer: string;
  /**
   * Port on localhost; 0 takes a free one.
   *
   * @default 0
   */
  readonly port?: number | undefined;
  /**
   * Where users reach it, if not at its own port.
   *
   * @default "http://localhost:PORT"
   */
  readonly origin?: string | undefined;
  /**
   * Directory of its stores, for several processes.
   *
   * @default none: memory
   */
  readonly directory?: string | undefined;
  /** Told where it is reached, and on which port it listens, before it takes requests. */
  readonly onListening: (origin: string, port: number) => Effect.Effect<void>;
}

/** Runs the demonstration until the scope closes. */
export function layer(
  { directory, issuer, onListening, origin, port = 0 }: WebDemoOptions,
): Layer.Layer<never, EndpointError | KeySourceError | Login.LoginConfigError | ServeError> {
  const server = NodeHttpServer.layer(() => createServer(), { port, host: "localhost" });
  const pages = Layer.unwrap(Effect.gen(function* () {
    const { address } = yield* HttpServer.HttpServer;
    const at = "port" in address ? address.port : port;
    const own = origin ?? `http://localhost:${at}`;
    const metadata = yield* Discovery.discover(issuer);
    return WebRoutes.layer(metadata).pipe(
      Layer.provide(Login.layer({ server: metadata, origin: own })),
      Layer.merge(Layer.effectDiscard(onListening(own, at))),
    );
  }));
  return HttpRouter.serve(pages, { disableListenLog: true, disableLogger: true }).pipe(
    Layer.provide(Storage.layer(directory)),
    Layer.provide([Storage.layerCrypto, FetchHttpClient.layer]),
    Layer.provide(server),
  );
}
