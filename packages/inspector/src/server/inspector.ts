/**
 * The live inspector: a page on this machine that shows the flows and sessions of a program while it
 * runs.
 *
 * It listens where the HTTP server listens that it is given, which has to be 127.0.0.1, and lets in
 * whoever has the token of its URL. Pages of other origins, host names that somebody else made up, and
 * requests without the token get nothing, not even a reason. Secrets are marks in all that it sends.
 *
 * With the HTTP server of a platform, here Node's:
 *
 * ```ts ignore
 * import { NodeHttpServer } from "@effect/platform-node";
 * import { layer } from "@bellhop/inspector/server/inspector";
 * import { Console, Layer, Redacted } from "effect";
 * import { SecureRandom } from "effect/crypto";
 * import { createServer } from "node:http";
 *
 * const inspector = layer({
 *   name: "nightly report",
 *   onReady: ({ url }) => Console.error(`Inspector: ${Redacted.value(url)}`),
 * }).pipe(
 *   Layer.provide(NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 })),
 *   Layer.provide(SecureRandom.layerWebCrypto),
 * );
 * ```
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import type * as Scope from "effect/Scope";
import { SecureRandom } from "effect/crypto/SecureRandom";
import * as Base64Url from "effect/encoding/Base64Url";
import * as HttpMiddleware from "effect/http/HttpMiddleware";
import { HttpServer } from "effect/http/HttpServer";
import { HttpServerRequest } from "effect/http/HttpServerRequest";
import type { HttpServerResponse } from "effect/http/HttpServerResponse";
import * as NetAddress from "effect/net/NetAddress";
import { Observer, together } from "@bellhop/core/protocol/observation";
import { admit, type Admitted, cookieName, type Door } from "./_access.ts";
import { events, recording } from "./_event_stream.ts";
import { file, type PageFiles, refusal, remembering, stream } from "./_page_answer.ts";
import { type Hub, type HubOptions, make as makeHub } from "./hub.ts";
import { InspectorError } from "./inspector_error.ts";

/** An inspector that listens. */
export interface Inspector {
  /** Where its page is. Whoever has it sees all that is shown, since the token is in it. */
  readonly url: Redacted.Redacted;
  /** Where it listens, without the token. */
  readonly origin: string;
  /** What it shows. */
  readonly hub: Hub;
}

/** Key of the {@linkcode Inspector} service. */
export const Inspector: Context.Service<Inspector, Inspector> = Context.Service(
  "@bellhop/inspector/server/inspector/Inspector",
);

/** How an inspector is started. */
export interface InspectorOptions extends HubOptions {
  /**
   * What it shows.
   *
   * @default a hub of its own
   */
  readonly hub?: Hub | undefined;
  /** Called once it listens: to print its URL, or to open it. */
  readonly onReady?: ((inspector: Inspector) => Effect.Effect<void>) | undefined;
  /**
   * How long the end waits until pages have what was sent, in milliseconds.
   *
   * @default 2_000
   */
  readonly closeWithinMillis?: number | undefined;
}

/** What an inspector needs of its platform. */
export type InspectorServices = HttpServer | SecureRandom;

const tokenBytes = 16;
const defaultCloseWithinMillis = 2_000;
/** How often it is looked whether the server still listens, while a page is open. */
const lookMillis = 250;

/**
 * Provides an inspector and observes what it is provided to, beside whoever observes already. The end
 * of its scope waits, within bounds, until pages have what was sent.
 */
export function layer(
  options: InspectorOptions = {},
): Layer.Layer<Inspector, InspectorError, InspectorServices> {
  return Layer.effectContext(Effect.gen(function* () {
    const outer = yield* Observer;
    const inspector = yield* make(options);
    const both = together(outer, inspector.hub.observer);
    return Context.add(Context.make(Inspector, inspector), Observer, both);
  }));
}

/**
 * Starts an inspector that shows what its hub is given, until the scope closes, or the server does.
 * With a server other than Node's the scope has to close first: such a server waits for open pages.
 */
export const make: (
  options?: InspectorOptions,
) => Effect.Effect<Inspector, InspectorError, InspectorServices | Scope.Scope> = Effect.fnUntraced(
  function* (options: InspectorOptions = {}) {
    const { hub = makeHub(options), onReady } = options;
    const { closeWithinMillis = defaultCloseWithinMillis } = options;
    const server = yield* HttpServer;
    const authority = yield* authorityOf(server.address);
    const random = yield* SecureRandom;
    const secret = Effect.map(random.randomBytes(tokenBytes), Base64Url.encode);
    const token = Redacted.make(yield* secret, { label: "inspector token" });
    const room = `/${yield* secret}`;
    // Large, and of use to nobody who is not inspected.
    const { files } = yield* Effect.promise(() => import("../page/page_files.ts"));
    const scope = yield* Effect.scope;
    const site: Site = { door: { authority, token, room }, hub, files, scope, closeWithinMillis };
    yield* server.serve(Effect.flatMap(HttpServerRequest, (request) => answer(request, site))).pipe(
      // The server's span of a request would hold its URL, and so the token.
      Effect.provideService(HttpMiddleware.TracerDisabledWhen, () => true),
    );
    yield* Effect.addFinalizer(() =>
      Effect.andThen(hub.close, Effect.timeoutOption(hub.delivered, closeWithinMillis))
    );
    const origin = `http://${authority}`;
    const url = Redacted.make(`${origin}/?token=${Redacted.value(token)}`, {
      label: "inspector URL",
    });
    const inspector = { url, origin, hub };
    if (onReady !== undefined) yield* onReady(inspector);
    return inspector;
  },
);

/** A server that others can reach would show them what is none of their business. */
function authorityOf(address: NetAddress.SocketAddress): Effect.Effect<string, InspectorError> {
  if (NetAddress.isUnixPathAddress(address)) {
    return Effect.fail(new InspectorError({ address: "a Unix socket" }));
  }
  const host = NetAddress.formatIp(address.address);
  return host === "127.0.0.1"
    ? Effect.succeed(`${host}:${address.port}`)
    : Effect.fail(new InspectorError({ address: host }));
}

interface Site {
  readonly door: Door;
  readonly hub: Hub;
  readonly files: PageFiles;
  /** Outlives each request. */
  readonly scope: Scope.Scope;
  readonly closeWithinMillis: number;
}

function answer(request: HttpServerRequest, site: Site): Effect.Effect<HttpServerResponse> {
  return Effect.suspend(() => {
    const admitted = admit(request, site.door);
    if (Option.isNone(admitted)) return Effect.succeed(refusal(403));
    if (request.method !== "GET" && request.method !== "HEAD") {
      return Effect.succeed(refusal(405));
    }
    // Nothing here speaks another protocol, and Node does not tell when such a request's client has gone.
    if (request.headers["upgrade"] !== undefined) return Effect.succeed(refusal(400));
    return answerTo(request, admitted.value, site);
  });
}

function answerTo(
  request: HttpServerRequest,
  { path, isNew }: Admitted,
  site: Site,
): Effect.Effect<HttpServerResponse> {
  const { door, hub, files, scope } = site;
  switch (path) {
    case "/events":
      return Effect.as(
        request.method === "GET" ? Effect.forkIn(endWithServer(request, site), scope) : Effect.void,
        stream(events(hub, knownBy(request)), "text/event-stream"),
      );
    case "/recording.jsonl":
      return Effect.succeed(stream(recording(hub), "application/jsonl; charset=utf-8", {
        "content-disposition": `attachment; filename="recording.jsonl"`,
      }));
    default: {
      const { authority, token, room } = door;
      const cookie = { name: cookieName(authority), token: Redacted.value(token) };
      return Effect.succeed(
        path === "/" && isNew ? remembering(`${room}/`, cookie) : file(files, path),
      );
    }
  }
}

/**
 * Ends what a page is sent when its server takes no more requests. A server whose scope closes before
 * the inspector's would wait for its pages, and they for it. Node's tells that it closes; of any other
 * the inspector has to be made within the server's scope.
 */
const endWithServer = Effect.fnUntraced(
  function* ({ source }: HttpServerRequest, { hub, closeWithinMillis }: Site) {
    const { socket } = source as NodeRequest;
    const server = socket?.server;
    if (socket === undefined || server?.listening !== true) return;
    const everyMillis = Math.min(lookMillis, closeWithinMillis / 4);
    while (server.listening) {
      if (socket.destroyed === true) return;
      yield* Effect.sleep(everyMillis);
    }
    yield* hub.close;
    yield* Effect.sleep(closeWithinMillis - everyMillis);
    socket.destroy?.();
  },
);

/** What a request of Node's servers tells beside the standard. */
interface NodeRequest {
  readonly socket?: {
    readonly server?: { readonly listening: boolean };
    readonly destroyed?: boolean;
    readonly destroy?: () => void;
  };
}

/** The last line that a client has, as it says when it connects again. */
function knownBy({ headers }: HttpServerRequest): number | undefined {
  const id = headers["last-event-id"] ?? "";
  return /^\d{1,15}$/.test(id) ? Number(id) : undefined;
}
