import type { RequestListener } from "node:http";
import { type Desk, send, showEnd, takeIn } from "./_loopback_desk.ts";
import { type Exchange, readForm, targetIn } from "./_loopback_exchange.ts";
import type { Page } from "./loopback_listener_page.ts";

/** Brings requests on the redirect URI to the desk, and answers all others. */
export function routeTo(desk: Desk): RequestListener {
  return (request, response) => {
    response.once("error", () => request.socket.destroy());
    route(desk, { request, response }).catch(() => request.socket.destroy());
  };
}

async function route(desk: Desk, exchange: Exchange): Promise<void> {
  const { path, query } = targetIn(exchange);
  if (!isForUs(desk, exchange)) return deny(desk, exchange, 421);
  if (path === desk.path) return await receive(desk, exchange, query);
  if (path !== desk.donePath || desk.settled === undefined) return deny(desk, exchange, 404);
  if (exchange.request.method !== "GET") return denyMethod(desk, exchange, "GET");
  showEnd(desk, exchange, desk.settled);
}

async function receive(desk: Desk, exchange: Exchange, query: string): Promise<void> {
  const { method } = exchange.request;
  if (method === "GET") return takeIn(desk, { exchange, text: query });
  if (method !== "POST") return denyMethod(desk, exchange, "GET, POST");
  const text = await readForm(exchange);
  if (typeof text === "number") return deny(desk, exchange, text);
  takeIn(desk, { exchange, text });
}

/** A page of another name that leads here (DNS rebinding) says its own name. */
function isForUs({ authority }: Desk, { request }: Exchange): boolean {
  const hosts = request.headersDistinct["host"] ?? [];
  return hosts.length === 1 && hosts[0]?.toLowerCase() === authority;
}

function deny(desk: Desk, exchange: Exchange, status: number): void {
  send(desk, exchange, { page: nothing(), status });
}

function denyMethod(desk: Desk, exchange: Exchange, allow: string): void {
  send(desk, exchange, { page: nothing(), status: 405, headers: { allow } });
}

function nothing(): Page {
  return {
    outcome: "failure",
    title: "There is nothing here",
    text: "This address only receives the answer of a sign-in that a program has started.",
  };
}
