import * as Effect from "effect/Effect";
import type { HttpClientResponse } from "effect/http/HttpClientResponse";
import * as Stream from "effect/Stream";

const maxBytes = 65_536;
const limitMillis = 1_000;

/**
 * Reads away a body that nobody wants, so that its connection can be used again; what is longer or
 * slower is cut off. Runs beside the caller, who does not wait for it.
 */
export function release(response: HttpClientResponse): Effect.Effect<void> {
  let bytes = 0;
  return Stream.runForEachWhile(response.stream, (chunk) => {
    bytes += chunk.byteLength;
    return Effect.succeed(bytes < maxBytes);
  }).pipe(
    Effect.timeout(limitMillis),
    Effect.exit,
    Effect.forkChild({ startImmediately: true }),
    Effect.asVoid,
  );
}
