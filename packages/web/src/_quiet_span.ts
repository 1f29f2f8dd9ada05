/**
 * The span that Effect's HTTP server makes of a request. It would hold the URL of a callback, and so
 * the code and the state; a failed one the whole request.
 */
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import * as Option from "effect/Option";
import * as Tracer from "effect/Tracer";

/** Keeps queries out of the server's span of the current request, which goes on otherwise. */
export const quietSpan: Effect.Effect<void> = Effect.map(
  Effect.serviceOption(Tracer.ParentSpan),
  (found) => {
    const span = Option.getOrUndefined(found);
    if (span?._tag === "Span") hush(span);
  },
);

/** By replacing its methods, since the server writes to it after the handler has ended. */
function hush(span: Tracer.Span): void {
  const attribute = span.attribute.bind(span);
  const end = span.end.bind(span);
  span.attribute = (key, value) => {
    if (key === "url.query") return;
    attribute(key, key === "url.full" && typeof value === "string" ? withoutQuery(value) : value);
  };
  span.end = (endTime, exit) =>
    end(endTime, Exit.isSuccess(exit) ? Exit.void : Exit.fail("The request was not served"));
}

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, "");
}
