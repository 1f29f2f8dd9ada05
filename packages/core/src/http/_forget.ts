import type * as Cause from "effect/Cause";
import { isHttpClientError } from "effect/http/HttpClientError";
import type { HttpClientRequest } from "effect/http/HttpClientRequest";
import type { HttpClientResponse } from "effect/http/HttpClientResponse";

/** How many causes below a failure are looked at. */
const maxDepth = 8;

/**
 * Puts the caller's own headers back into the request that an answer holds, if it carried the token.
 *
 * That request was made for this one sending, and is sent: nothing needs its token any more, and every
 * error that is made of the answer would hold it.
 *
 * @returns Whether it carried the token.
 */
export function forgetIn(
  response: HttpClientResponse,
  own: HttpClientRequest,
  authorization: string,
): boolean {
  const sent = response.request;
  if (sent.headers["authorization"] !== authorization) return false;
  forget(sent, own);
  return true;
}

/** Takes the token out of the requests that the failures of a transport hold. */
export function forgetInCause(
  cause: Cause.Cause<unknown>,
  own: HttpClientRequest,
  authorization: string,
): void {
  for (const reason of cause.reasons) {
    let error = reason._tag === "Fail"
      ? reason.error
      : reason._tag === "Die"
      ? reason.defect
      : undefined;
    for (let depth = 0; isHttpClientError(error) && depth < maxDepth; depth++) {
      const { request, response } = error;
      if (request.headers["authorization"] === authorization) forget(request, own);
      if (response !== undefined) forgetIn(response, own, authorization);
      error = error.cause;
    }
  }
}

/** Puts the caller's own headers back. */
export function forget(sent: HttpClientRequest, own: HttpClientRequest): void {
  (sent as { headers: HttpClientRequest["headers"] }).headers = own.headers;
}
