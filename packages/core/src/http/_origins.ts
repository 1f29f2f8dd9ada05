import type * as HttpClientRequest from "effect/http/HttpClientRequest";
import * as Url from "effect/http/Url";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import * as SecureUrl from "../protocol/secure_url.ts";
import { OriginError, type OriginProblem } from "./session_client_error.ts";

/** Origins as `URL` writes them: scheme, host, and the port where it is not the scheme's own. */
export type Origins = ReadonlyArray<string>;

/** Reads the origins that a token may go to. Each is checked before anything is sent. */
export function parse(origins: ReadonlyArray<string>): Result.Result<Origins, OriginError> {
  if (origins.length === 0) return Result.fail(new OriginError({ problem: "none", origin: "" }));
  const parsed: Array<string> = [];
  for (const origin of origins) {
    const url = SecureUrl.parse(origin);
    if (Result.isFailure(url)) return refuse(url.failure.problem, origin);
    if (url.success.href !== `${url.success.origin}/` || origin.includes("?")) {
      return refuse("notAnOrigin", origin);
    }
    parsed.push(url.success.origin);
  }
  return Result.succeed(parsed);
}

/**
 * Whether a URL as it is written begins with a listed origin, which ends there.
 *
 * Such a URL has that origin however the rest of it reads. `false` means: not known.
 */
export function startsWithin(origins: Origins, url: string): boolean {
  for (const origin of origins) {
    if (url.startsWith(origin) && isEndOfOrigin(url.charCodeAt(origin.length))) return true;
  }
  return false;
}

/** Whether a parsed URL is within. One with user information has credentials of its own. */
export function includes(origins: Origins, url: URL): boolean {
  return url.username === "" && url.password === "" && origins.includes(url.origin);
}

/** Whether a request goes to a listed origin. */
export function isListed(
  origins: Origins,
  request: HttpClientRequest.HttpClientRequest,
): boolean {
  if (startsWithin(origins, request.url)) return true;
  const url = Url.make(request.url, request.urlParams, Option.getOrUndefined(request.hash));
  return Result.isSuccess(url) && includes(origins, url.success);
}

/** The end of the text, or one of `/`, `?`, `#`, any of which ends the authority of a URL. */
function isEndOfOrigin(code: number): boolean {
  return Number.isNaN(code) || code === 0x2f || code === 0x3f || code === 0x23;
}

function refuse(problem: OriginProblem, origin: string): Result.Result<never, OriginError> {
  return Result.fail(new OriginError({ problem, origin: SecureUrl.stripped(origin) }));
}
