import type * as Cause from "effect/Cause";
import * as Queue from "effect/Queue";
import { type Answer, type Exchange, redirect, sendPage } from "./_loopback_exchange.ts";
import { makeTally, type Tally } from "./_loopback_tally.ts";
import { failed, type Page, unexpected } from "./loopback_listener_page.ts";

/** A request on the redirect URI, with what it brought. */
export interface Callback {
  readonly exchange: Exchange;
  /** As it was sent, undecoded. Secret: it holds a code. */
  readonly text: string;
}

/** Keeps the requests on one redirect URI until somebody says how to answer them. */
export interface Desk {
  /** Where the redirect URI is, as a browser requests it. */
  readonly path: string;
  /** Where the browser is sent in the end: an address without parameters. */
  readonly donePath: string;
  /** The `Host` that is ours; until it is known nobody's is. */
  authority: string | undefined;
  /** Ends with the login. */
  readonly callbacks: Queue.Queue<Callback, Cause.Done>;
  /** Those without an answer. */
  readonly waiting: Set<Callback>;
  /** The end of the login, once it has come. */
  settled: Settled | undefined;
  /** Browsers that have still to come for the last page. */
  readonly unseen: Tally;
  /** Answers on their way. */
  readonly unsent: Tally;
}

/** How the login has ended. */
export interface Settled {
  /** Of the callback that ended it. */
  readonly text: string | undefined;
  readonly page: Page;
}

/** More than one login ever brings; beyond, a request is told to come back. */
const maxWaiting = 64;

/** Makes a desk for one redirect URI. */
export function makeDesk(path: string, callbacks: Desk["callbacks"]): Desk {
  return {
    path,
    donePath: path === "/done" ? "/finished" : "/done",
    authority: undefined,
    callbacks,
    waiting: new Set(),
    settled: undefined,
    unseen: makeTally(),
    unsent: makeTally(),
  };
}

/** Answers with a page, and counts it until it is sent. */
export function send(desk: Desk, exchange: Exchange, { page, ...answer }: Answer & PageOnly): void {
  track(desk, exchange);
  sendPage(exchange, page, answer);
}

interface PageOnly {
  readonly page: Page;
}

/** Takes a callback in, to be decided about; after the end it is answered as the end was. */
export function takeIn(desk: Desk, callback: Callback): void {
  if (desk.waiting.size >= maxWaiting) {
    const headers = { "retry-after": "1" };
    return send(desk, callback.exchange, { page: failed(), status: 503, headers });
  }
  desk.waiting.add(callback);
  if (desk.settled === undefined) Queue.offerUnsafe(desk.callbacks, callback);
  else answerAfter(desk, callback, desk.settled);
}

/** Answers one that was not for this login. */
export function refuse(desk: Desk, callback: Callback): void {
  if (!desk.waiting.delete(callback)) return;
  send(desk, callback.exchange, { page: unexpected(), status: 400 });
}

/** Answers the one that ends the login, the same once more, and from now on all others. */
export function settle(desk: Desk, callback: Callback, page: Page): void {
  if (!desk.waiting.has(callback)) return;
  const settled = { text: callback.text, page };
  desk.settled = settled;
  Queue.endUnsafe(desk.callbacks);
  for (const each of desk.waiting) answerAfter(desk, each, settled);
}

/** Tells all that wait that nothing came of it. */
export function close(desk: Desk): void {
  desk.settled ??= { text: undefined, page: failed() };
  Queue.endUnsafe(desk.callbacks);
  for (const callback of desk.waiting) sendAway(desk, callback);
}

/** Shows how the login has ended. */
export function showEnd(desk: Desk, exchange: Exchange, { page }: Settled): void {
  exchange.response.once("close", desk.unseen.remove);
  send(desk, exchange, { page, status: 200 });
}

function answerAfter(desk: Desk, callback: Callback, { text }: Settled): void {
  return callback.text === text ? sendAway(desk, callback) : refuse(desk, callback);
}

function sendAway(desk: Desk, callback: Callback): void {
  if (!desk.waiting.delete(callback)) return;
  const { response } = callback.exchange;
  if (response.destroyed || response.socket?.destroyed !== false) return;
  desk.unseen.add();
  response.once("close", () => {
    if (!response.writableFinished) desk.unseen.remove();
  });
  track(desk, callback.exchange);
  redirect(callback.exchange, desk.donePath);
}

/** Counts an answer from its first byte to its last, not a request that has yet to arrive whole. */
function track(desk: Desk, { response }: Exchange): void {
  if (response.closed || response.headersSent) return;
  desk.unsent.add();
  response.once("close", desk.unsent.remove);
}
