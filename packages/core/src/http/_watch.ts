import * as Clock from "effect/Clock";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type { HttpClientResponse } from "effect/http/HttpClientResponse";
import { type ApiExchange, notify, Observer } from "../protocol/observation.ts";
import * as Redaction from "../protocol/redaction.ts";
import * as SecureUrl from "../protocol/secure_url.ts";
import type { Bearer } from "./_bearer.ts";

/** A request that is about to be sent. */
export interface Carried {
  readonly key: string;
  readonly method: string;
  readonly url: string;
  readonly bearer: Bearer;
  readonly isReplay: boolean;
}

/** Tells how a request ended. */
export type Watch = (outcome: ApiExchange["outcome"], status?: number) => void;

/** Watches a request for the observer of a context. Nothing is built where there is none. */
export function watch(context: Context.Context<never>, carried: Carried): Watch | undefined {
  const observer = Context.get(context, Observer);
  if (observer === undefined) return undefined;
  const clock = Context.get(context, Clock.Clock);
  const at = clock.currentTimeMillisUnsafe();
  return (outcome, status) => {
    const { key, method, isReplay } = carried;
    notify(observer, {
      type: "api.exchange",
      at,
      key,
      method,
      url: shown(carried),
      ...(status === undefined ? {} : { status }),
      outcome,
      durationMillis: Math.max(0, clock.currentTimeMillisUnsafe() - at),
      isReplay,
    });
  };
}

/** How the URLs of a token's requests are shown. */
interface Shown {
  readonly redact: Redaction.Redactor;
  /** Those that are shown as they are. */
  readonly plain: Set<string>;
}

const MAX_PLAIN = 256;

/** A program asks for the same few URLs again and again, with one token for a long time. */
const shownWith = new WeakMap<Bearer, Shown>();

function shown({ bearer, url }: Carried): string {
  let known = shownWith.get(bearer);
  if (known === undefined) {
    known = { redact: Redaction.make([bearer.tokens.accessToken]), plain: new Set() };
    shownWith.set(bearer, known);
  }
  const { redact, plain } = known;
  const end = url.search(/[?#]/);
  const before = end < 0 ? url : url.slice(0, end);
  if (plain.has(before)) return before;
  const safe = redact(SecureUrl.stripped(before));
  if (safe !== before) return safe;
  if (plain.size >= MAX_PLAIN) plain.clear();
  plain.add(safe);
  return safe;
}

/** Makes a request tell the observer, if there is one, how it ended. */
export function watched<E, R>(
  answer: Effect.Effect<HttpClientResponse, E, R>,
  carried: Carried,
): Effect.Effect<HttpClientResponse, E, R> {
  return Effect.withFiber(({ context }) => {
    const tell = watch(context, carried);
    return tell === undefined ? answer : Effect.onExitPrimitive(answer, (exit) => {
      if (Exit.isSuccess(exit)) tell("ok", exit.value.status);
      else tell(Exit.hasInterrupts(exit) ? "interrupted" : "failed");
      return undefined;
    });
  });
}
