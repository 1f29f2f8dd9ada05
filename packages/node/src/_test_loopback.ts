import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import * as Stream from "effect/Stream";
import { Agent, type IncomingHttpHeaders, request as httpRequest } from "node:http";
import { connect, type Socket } from "node:net";
import type { LoopbackListener } from "./loopback_listener.ts";
import { signedIn } from "./loopback_listener_page.ts";

/** An answer as a program sees it, no redirect followed. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What differs from a plain visit. */
export interface Visit {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Requests a URL on a connection of its own. */
export function visit(url: string, { method = "GET", headers = {}, body }: Visit = {}) {
  return Effect.callback<Answer, Error>((resume) => {
    const sent = httpRequest(url, { method, headers, agent: new Agent() }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => (text += chunk));
      response.once("end", () =>
        resume(Effect.succeed({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: text,
        })));
    });
    sent.once("error", (error) => resume(Effect.fail(error)));
    sent.end(body);
  });
}

/** Goes to a URL as a browser does: redirects followed. */
export function browse(url: string) {
  return Effect.promise(async () => {
    const response = await fetch(url);
    return { url: response.url, status: response.status, body: await response.text() };
  });
}

/** Opens a bare connection, closed with the scope. */
export function connected(url: string) {
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  return Effect.acquireRelease(
    Effect.callback<Socket, Error>((resume) => {
      const socket = connect({ host, port: Number(port) }, () => resume(Effect.succeed(socket)));
      socket.once("error", (error) => resume(Effect.fail(error)));
    }),
    (socket) => Effect.sync(() => socket.destroy()),
  );
}

/** All that comes until the other side closes the connection. */
export function untilClosed(socket: Socket) {
  return Effect.callback<string>((resume) => {
    let text = "";
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => (text += chunk));
    socket.on("error", () => undefined);
    socket.once("close", () => resume(Effect.succeed(text)));
    socket.resume();
  });
}

/** Waits for the callback with the state `mine`, and gives its code. */
export function codeFrom(listener: LoopbackListener) {
  return listener.callbacks.pipe(
    Stream.mapEffect(({ parameters, finish, refuse }) => {
      const answer = Redacted.value(parameters);
      return answer.get("state") === "mine"
        ? Effect.as(finish(signedIn()), answer.get("code") ?? "none")
        : Effect.as(refuse, undefined);
    }),
    Stream.filter((code) => code !== undefined),
    Stream.runHead,
    Effect.map(Option.getOrThrow),
  );
}

/** Until the listener has read what was sent to it before: connections are served in their order. */
export function caughtUp(url: string) {
  const probe = visit(new URL("/favicon.ico", url).href);
  return Effect.andThen(probe, probe);
}
