import * as Context from "effect/Context";
import * as FetchHttpClient from "effect/http/FetchHttpClient";
import * as Headers from "effect/http/Headers";

/**
 * Makes a function that prepares a fiber's context for a request with a token: `fetch` follows no
 * redirect, and spans that record headers leave `Authorization` out. A client is mostly used in one
 * context, so that what was made of it is kept as long as it lives.
 */
export function make(): <R>(context: Context.Context<R>) => Context.Context<R> {
  const guarded = new WeakMap<Context.Context<never>, Context.Context<never>>();
  return <R>(context: Context.Context<R>) => {
    const kept = guarded.get(context);
    if (kept !== undefined) return kept as Context.Context<R>;
    const made = withRedactedToken(withoutRedirects(context));
    guarded.set(context, made);
    return made;
  };
}

function withoutRedirects<R>(context: Context.Context<R>): Context.Context<R> {
  const init = Context.getOrUndefined(context, FetchHttpClient.RequestInit);
  return init?.redirect === "manual" || init?.redirect === "error"
    ? context
    : Context.add(context, FetchHttpClient.RequestInit, { ...init, redirect: "manual" });
}

function withRedactedToken<R>(context: Context.Context<R>): Context.Context<R> {
  const names = Context.get(context, Headers.CurrentRedactedNames);
  return Headers.isRedactedName("authorization", names)
    ? context
    : Context.add(context, Headers.CurrentRedactedNames, [...names, "authorization"]);
}
