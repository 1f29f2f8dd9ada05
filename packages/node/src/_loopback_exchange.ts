import type { IncomingMessage, ServerResponse } from "node:http";
import { answerHeaders, htmlOf } from "./_loopback_html.ts";
import type { Page } from "./loopback_listener_page.ts";

/** A request and the answer to it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** What an answer says beside its page. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Largest body of a `form_post` answer. */
const maxBodyBytes = 64 * 1024;

/** Sends a page as the last thing on its connection. */
export function sendPage(
  { response }: Exchange,
  page: Page,
  answer: Answer,
): void {
  if (response.headersSent) return;
  const body = Buffer.from(htmlOf(page));
  response.writeHead(answer.status, {
    ...answerHeaders(),
    ...answer.headers,
    "connection": "close",
    "content-type": "text/html; charset=utf-8",
    "content-length": body.length,
  }).end(body);
}

/** Sends the browser to a path without parameters, so that its address bar and history keep none. */
export function redirect({ response }: Exchange, path: string): void {
  if (response.headersSent) return;
  response.writeHead(303, { ...answerHeaders(), location: path, "content-length": 0 }).end();
}

/** The target of a request, cut where its parameters begin. */
export function targetIn({ request }: Exchange): { readonly path: string; readonly query: string } {
  const target = request.url ?? "/";
  const end = target.indexOf("?");
  return end < 0
    ? { path: target, query: "" }
    : { path: target.slice(0, end), query: target.slice(end + 1) };
}

/** Reads the parameters of a `form_post` answer; else the status that says what is wrong with it. */
export function readForm({ request }: Exchange): Promise<string | number> {
  const [type = ""] = (request.headers["content-type"] ?? "").split(";");
  if (type.trim().toLowerCase() !== "application/x-www-form-urlencoded") {
    return Promise.resolve(415);
  }
  return new Promise((resolve) => {
    const chunks: Array<Buffer> = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBodyBytes) return resolve(413);
      chunks.push(chunk);
    });
    request.once("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    request.once("error", () => resolve(400));
    request.once("close", () => resolve(400));
  });
}
