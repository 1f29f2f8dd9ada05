import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { DevServerError, ListenFailed, PortInUse } from "./dev_server_error.ts";

/**
 * Longer than any polling interval: a connection that the server closes just when its client polls
 * again looks like a network failure.
 */
const keepAliveMillis = 75_000;

/** What runs on a port, made as soon as the port is known and before a request can arrive. */
export interface Listening<A> {
  readonly listener: RequestListener;
  readonly value: A;
}

/** Serves on 127.0.0.1 until the scope closes, which cuts every connection, hanging ones too. */
export function serve<A>(
  port: number,
  start: (port: number) => Listening<A>,
): Effect.Effect<A, DevServerError, Scope.Scope> {
  return Effect.map(Effect.acquireRelease(open(port, start), close), ({ value }) => value);
}

interface Open<A> {
  readonly server: Server;
  readonly sockets: ReadonlySet<Socket>;
  readonly value: A;
}

function open<A>(
  port: number,
  start: (port: number) => Listening<A>,
): Effect.Effect<Open<A>, DevServerError> {
  return Effect.callback<Open<A>, DevServerError>((resume) => {
    const sockets = new Set<Socket>();
    const server = createServer({ keepAliveTimeout: keepAliveMillis });
    server.on("connection", (socket) => {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
    });
    server.once("error", (error: NodeJS.ErrnoException) => {
      resume(Effect.fail(listenError(port, error.code ?? "unknown")));
    });
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      try {
        const { listener, value } = start((server.address() as AddressInfo).port);
        server.on("request", listener);
        resume(Effect.succeed({ server, sockets, value }));
      } catch (defect) {
        server.close();
        resume(Effect.die(defect));
      }
    });
  });
}

function close<A>({ server, sockets }: Open<A>): Effect.Effect<void> {
  return Effect.callback<void>((resume) => {
    server.close(() => resume(Effect.void));
    for (const socket of sockets) {
      socket.destroy();
    }
  });
}

function listenError(port: number, code: string): DevServerError {
  return new DevServerError({
    reason: code === "EADDRINUSE" ? new PortInUse({ port }) : new ListenFailed({ port, code }),
  });
}
