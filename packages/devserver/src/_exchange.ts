import type { IncomingMessage, ServerResponse } from "node:http";
import { type Message, messagePage } from "./_message_page.ts";
import { pageHeaders } from "./_page.ts";

/** One request and its answer to be. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Answers with a page. */
export function sendPage({ response }: Exchange, markup: string, status: number = 200): void {
  response.writeHead(status, pageHeaders()).end(markup);
}

/** Answers with a page that says one thing. */
export function sendMessage(exchange: Exchange, message: Message & { status: number }): void {
  sendPage(exchange, messagePage(message), message.status);
}

/** Answers with a JSON document that no cache may keep. */
export function sendJson(
  { response }: Exchange,
  body: unknown,
  options: { readonly status?: number; readonly headers?: Record<string, string> } = {},
): void {
  response.writeHead(options.status ?? 200, {
    "content-type": "application/json",
    "cache-control": "no-store",
    ...options.headers,
  }).end(JSON.stringify(body));
}

/** Reads the body to its end and keeps the first `limit` bytes of it as text. */
export async function readText({ request }: Exchange, limit: number = 65_536): Promise<string> {
  const chunks: Array<Buffer> = [];
  let kept = 0;
  for await (const chunk of request) {
    const bytes = (chunk as Buffer).subarray(0, limit - kept);
    kept += bytes.length;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
}
