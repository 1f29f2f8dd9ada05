import type { HttpBody } from "effect/http/HttpBody";

/** Whether a body can be sent a second time. A stream is spent after the first. */
export function isReplayable(body: HttpBody): boolean {
  return body._tag === "Raw" ? isReplayableRaw(body.body) : body._tag !== "Stream";
}

/** Whether what `fetch` takes as a body is a value rather than a stream. */
export function isReplayableRaw(body: unknown): boolean {
  return body === undefined || body === null || typeof body === "string" ||
    body instanceof ArrayBuffer || ArrayBuffer.isView(body) || body instanceof URLSearchParams ||
    body instanceof FormData || body instanceof Blob;
}
