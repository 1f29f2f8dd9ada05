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
    const { key, method, url, bearer, isReplay } = carried;
    const redact = Redaction.make([bearer.tokens.accessToken]);
    notify(observer, {
      type: "api.exchange",
      at,
      key,
      method,
      url: redact(SecureUrl.stripped(url)),
      ...(status === undefined ? {} : { status }),
      outcome,
      durationMillis: Math.max(0, clock.currentTimeMillisUnsafe() - at),
      isReplay,
    });
  };
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
