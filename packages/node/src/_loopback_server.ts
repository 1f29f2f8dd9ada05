import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import { createServer, type RequestListener, type Server, STATUS_CODES } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { LoopbackHost } from "./_loopback_target.ts";
import { ListenFailed, LoopbackListenerError, PortInUse } from "./loopback_listener_error.ts";

/** What all servers of one listener have in common. */
export interface ServeOptions {
  readonly listener: RequestListener;
  /** Limit of one request until it has arrived whole, in milliseconds. */
  readonly requestLimitMillis: number;
  /** Runs before the connections are cut, while new ones still come in. */
  readonly beforeClose: Effect.Effect<void>;
}

/** Where a listener has come to listen. */
export interface Bound {
  readonly host: LoopbackHost;
  readonly port: number;
}

/** What a listener is looking for. */
export interface Wanted {
  /** In order of preference. */
  readonly hosts: ReadonlyArray<LoopbackHost>;
  /** 0 for any free one. */
  readonly port: number;
}

/** Serves on the first of the hosts that this machine has, until the scope closes. */
export function serve(
  wanted: Wanted,
  options: ServeOptions,
): Effect.Effect<Bound, LoopbackListenerError, Scope.Scope> {
  const opened = Effect.acquireRelease(
    openFirst(wanted, options),
    ({ servers }) => Effect.andThen(options.beforeClose, closeAll(servers)),
  );
  return Effect.map(opened, ({ host, port }) => ({ host, port }));
}

interface OpenServer {
  readonly server: Server;
  readonly sockets: ReadonlySet<Socket>;
  readonly port: number;
}

interface OpenHost extends Bound {
  readonly servers: ReadonlyArray<OpenServer>;
}

type Address = "127.0.0.1" | "::1";

/**
 * A name stands for both families, and whoever listens on the other one would receive what is ours;
 * a literal stands for itself. RFC 8252 sections 7.3 and 8.3.
 */
const addresses: Readonly<Record<LoopbackHost, ReadonlyArray<Address>>> = {
  "127.0.0.1": ["127.0.0.1"],
  "[::1]": ["::1"],
  "localhost": ["127.0.0.1", "::1"],
};

const openFirst = Effect.fnUntraced(function* (wanted: Wanted, options: ServeOptions) {
  let missing: LoopbackListenerError | undefined;
  for (const host of wanted.hosts) {
    const opened: OpenHost | LoopbackListenerError = yield* openHost(host, wanted.port, options)
      .pipe(
        Effect.catchIf(isMissing, (error) => Effect.succeed(error)),
      );
    if (!(opened instanceof LoopbackListenerError)) return opened;
    missing ??= opened;
  }
  return yield* missing ?? Effect.die(new Error("A listener needs a host"));
});

/** A free port of one family may be taken on the other. */
const maxAttempts = 16;

function openHost(
  host: LoopbackHost,
  port: number,
  options: ServeOptions,
): Effect.Effect<OpenHost, LoopbackListenerError> {
  const attempt = Effect.suspend(() => openAll(host, port, options));
  return port === 0
    ? Effect.retry(attempt, {
      times: maxAttempts,
      while: ({ reason }) => reason._tag === "PortInUse",
    })
    : attempt;
}

const openAll = Effect.fnUntraced(
  function* (host: LoopbackHost, wanted: number, options: ServeOptions) {
    const servers: Array<OpenServer> = [];
    let missing: LoopbackListenerError | undefined;
    for (const address of addresses[host]) {
      const place = { address, port: servers[0]?.port ?? wanted };
      const opened: OpenServer | LoopbackListenerError = yield* open(place, options).pipe(
        Effect.catchIf(isMissing, (error) => Effect.succeed(error)),
        Effect.onError(() => closeAll(servers)),
      );
      if (opened instanceof LoopbackListenerError) missing ??= opened;
      else servers.push(opened);
    }
    const [first] = servers;
    if (first === undefined) return yield* missing ?? Effect.die(new Error("No address"));
    return { host, port: first.port, servers };
  },
);

interface Place {
  readonly address: Address;
  readonly port: number;
}

function open(
  { address, port }: Place,
  { listener, requestLimitMillis }: ServeOptions,
): Effect.Effect<OpenServer, LoopbackListenerError> {
  return Effect.callback<OpenServer, LoopbackListenerError>((resume) => {
    const sockets = new Set<Socket>();
    const server = createServer({
      headersTimeout: requestLimitMillis,
      requestTimeout: requestLimitMillis,
      connectionsCheckingInterval: Math.min(1_000, requestLimitMillis),
      keepAliveTimeout: 5_000,
      maxHeaderSize: 32 * 1024,
    }, listener);
    server.maxConnections = 128;
    server.on("connection", (socket) => {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
    });
    server.on("clientError", refuseBroken);
    server.on("error", (error: NodeJS.ErrnoException) => {
      resume(Effect.fail(listenError({ address, port }, error.code ?? "unknown")));
    });
    server.listen({ port, host: address, exclusive: true, ipv6Only: true }, () => {
      resume(Effect.succeed({ server, sockets, port: (server.address() as AddressInfo).port }));
    });
  });
}

/** The error holds the request as it came, so nobody gets to see it. */
function refuseBroken(error: NodeJS.ErrnoException, socket: Socket): void {
  // A connection that a browser opened in advance and never used.
  if (socket.bytesRead === 0 || !socket.writable) return void socket.destroy();
  const status = statusOf(error.code);
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}`;
  socket.end(`${head}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  socket.destroySoon();
}

function statusOf(code: string | undefined): number {
  if (code === "HPE_HEADER_OVERFLOW") return 431;
  return code === "ERR_HTTP_REQUEST_TIMEOUT" ? 408 : 400;
}

function closeAll(servers: ReadonlyArray<OpenServer>): Effect.Effect<void> {
  return Effect.forEach(servers, close, { concurrency: "unbounded", discard: true });
}

function close({ server, sockets }: OpenServer): Effect.Effect<void> {
  return Effect.callback<void>((resume) => {
    server.close(() => resume(Effect.void));
    for (const socket of sockets) socket.destroy();
  });
}

function listenError({ address, port }: Place, code: string): LoopbackListenerError {
  return new LoopbackListenerError({
    reason: code === "EADDRINUSE"
      ? new PortInUse({ address, port })
      : new ListenFailed({ address, port, code }),
  });
}

/** Whether this machine has no such address at all, as without IPv6. */
function isMissing({ reason }: LoopbackListenerError): boolean {
  return reason._tag === "ListenFailed" &&
    ["EADDRNOTAVAIL", "EAFNOSUPPORT", "EPROTONOSUPPORT", "EINVAL"].includes(reason.code);
}
