/** Servers for the time of a test: the development server, and ones that misbehave below HTTP. */
import { Effect } from "effect";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { type DevServer, make } from "@bellhop/devserver/dev_server";
import type { DevServerOptions } from "@bellhop/devserver/dev_server_options";
import { selfSigned } from "./self_signed.ts";

/** Runs a development server as long as `use` takes. */
export function withDevServer<A>(
  options: DevServerOptions,
  use: (server: DevServer) => Promise<A>,
): Promise<A> {
  return Effect.runPromise(Effect.scoped(
    Effect.flatMap(
      make({ intervalSeconds: 0.2, ...options }),
      (server) => Effect.promise(() => use(server)),
    ),
  ));
}

/** Runs a plain HTTP server as long as `use` takes. It refuses to be a proxy, but tells who asked. */
export async function withHttpServer<A>(
  listener: RequestListener,
  use: (origin: string) => Promise<A>,
  onConnect: (host: string) => void = () => {},
): Promise<A> {
  const server = createServer(listener);
  server.on("connect", ({ url = "" }, socket) => {
    onConnect(url);
    socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** Runs an HTTPS server with a certificate that nobody knows, as long as `use` takes. */
export async function withTlsServer<A>(
  listener: RequestListener,
  use: (server: { readonly origin: string; readonly certificate: string }) => Promise<A>,
): Promise<A> {
  const { key, certificate } = selfSigned("localhost");
  const server = createTlsServer({ key, cert: certificate }, listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    return await use({ origin: `https://localhost:${port}`, certificate });
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** A port on which nobody listens. */
export async function freePort(): Promise<number> {
  let port = 0;
  await withHttpServer(() => {}, (origin) => {
    port = Number(new URL(origin).port);
    return Promise.resolve();
  });
  return port;
}
