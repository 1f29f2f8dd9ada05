/**
 * The span of whatever runs.
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Fiber from "effect/Fiber";
import * as Option from "effect/Option";
import * as Tracer from "effect/Tracer";
import type { RecordedSpan } from "./recorded.ts";

/**
 * The ids of the span that the running fiber is in; nothing where there is none, or no fiber. The span
 * itself holds more: attributes, and what it ended with.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect } from "effect";
 * import { currentSpan } from "@bellhop/inspector/recording/current_span";
 *
 * const inSpan = Effect.withSpan(Effect.sync(currentSpan), "login");
 *
 * assert.equal((await Effect.runPromise(inSpan))?.spanId.length, 16);
 * assert.equal(currentSpan(), undefined);
 * ```
 */
export function currentSpan(): RecordedSpan | undefined {
  const fiber = Fiber.getCurrent();
  const span = fiber && Context.getOrUndefined(fiber.context, Tracer.ParentSpan);
  if (span === undefined) return undefined;
  const { traceId, spanId } = span;
  const parent = span._tag === "Span" ? Option.getOrUndefined(span.parent) : undefined;
  return { traceId, spanId, ...(parent === undefined ? {} : { parentId: parent.spanId }) };
}
