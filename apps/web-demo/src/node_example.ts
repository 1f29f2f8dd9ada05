/**
 * The same logins on Node's own server.
 *
 * @module
 */
import type * as ManagedRuntime from "effect/ManagedRuntime";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import * as FetchHandler from "@bellhop/web/fetch_handler";
import type { WebLogin } from "@bellhop/web/web_login";

/**
 * Makes the server, which does not listen yet. What is not the login's is a 404 here.
 *
 * @param runtime Made of a layer that provides the logins, disposed of when the server ends.
 */
export async function makeServer<E>(
  runtime: ManagedRuntime.ManagedRuntime<WebLogin, E>,
): Promise<Server> {
  const login = await FetchHandler.make(runtime);
  return createServer((incoming, outgoing) => {
    answer(login(requestOf(incoming)), outgoing).catch(() => outgoing.destroy());
  });
}

async function answer(
  found: Promise<Response> | undefined,
  outgoing: ServerResponse,
): Promise<void> {
  const response = await found ?? new Response("Nothing here", { status: 404 });
  outgoing.writeHead(response.status, {
    ...Object.fromEntries(response.headers),
    "set-cookie": response.headers.getSetCookie(),
  });
  outgoing.end(await response.text());
}

/** The host does not matter to the login, which knows its origin. */
function requestOf(incoming: IncomingMessage): Request {
  const { headers, method = "GET", url = "/" } = incoming;
  const hasBody = method !== "GET" && method !== "HEAD";
  const body = hasBody ? Readable.toWeb(incoming) as ReadableStream<Uint8Array> : null;
  const list = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, [value].flat().join(", ")] as [string, string]]
  );
  return new Request(`http://localhost${url.startsWith("/") ? url : "/"}`, {
    method,
    headers: list,
    body,
    // @ts-expect-error Node wants it with a stream, and TypeScript's DOM does not know it.
    duplex: "half",
  });
}
