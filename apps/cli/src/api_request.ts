/**
 * A request to an API, as `call` is told to make it.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as HttpClientRequest from "effect/http/HttpClientRequest";
import * as HttpBody from "effect/http/HttpBody";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import * as Stdio from "effect/Stdio";
import * as Stream from "effect/Stream";
import * as SecureUrl from "@bellhop/core/protocol/secure_url";
import { type CommandError, usageError } from "./command_error.ts";

/** What `call` is told. */
export interface ApiRequestOptions {
  readonly url: string;
  /** GET unless told, POST with data. */
  readonly method: Option.Option<string>;
  /** `Name: value`. */
  readonly headers: ReadonlyArray<string>;
  /** The body; `@FILE` for a file's, `@-` for stdin's. */
  readonly data: Option.Option<string>;
}

/** What reading a body needs. */
export type ApiRequestServices = FileSystem.FileSystem | Stdio.Stdio;

/** Checks what was told, before any token is looked at. */
export function checked(options: ApiRequestOptions): Effect.Effect<void, CommandError> {
  const url = SecureUrl.parse(options.url);
  if (Result.isFailure(url)) {
    const hint = "The token goes to https URLs only, and to http ones on this machine";
    return Effect.fail(usageError(`${url.failure.message}: nothing was sent`, hint));
  }
  const method = methodOf(options);
  if (!/^[A-Z]{1,20}$/.test(method) || method === "CONNECT" || method === "TRACE") {
    return Effect.fail(
      usageError("The method does not fit", "Pass -X GET, POST, PUT, PATCH, DELETE …"),
    );
  }
  const isUnfit = options.headers.some((header) => headerOf(header) === undefined);
  return isUnfit
    ? Effect.fail(usageError(
      "A header does not fit",
      `Pass -H "Name: value"; Authorization is set by the session`,
    ))
    : Effect.void;
}

/** Makes the request, without a token. Its body is whole, so that it can be sent twice. */
export const requestOf: (
  options: ApiRequestOptions,
) => Effect.Effect<HttpClientRequest.HttpClientRequest, CommandError, ApiRequestServices> = Effect
  .fnUntraced(function* (options: ApiRequestOptions) {
    const headers = Object.fromEntries(options.headers.flatMap((text) => headerOf(text) ?? []));
    const body = yield* bodyOf(options.data, headers["content-type"]);
    return HttpClientRequest.make(methodOf(options) as "GET")(options.url).pipe(
      (request) => body === undefined ? request : HttpClientRequest.setBody(request, body),
      HttpClientRequest.setHeaders({ accept: "*/*", ...headers }),
    );
  });

function methodOf({ method, data }: ApiRequestOptions): string {
  return Option.getOrElse(method, () => Option.isSome(data) ? "POST" : "GET").toUpperCase();
}

/** Splits a header, as a list of one pair; nothing where it is none that may be set. */
function headerOf(text: string): ReadonlyArray<readonly [string, string]> | undefined {
  const match = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([^\p{Cc}]*)$/u.exec(text);
  const name = match?.[1]?.toLowerCase();
  if (name === undefined || name === "authorization" || name === "content-length") return undefined;
  return [[name, match?.[2] ?? ""]];
}

const bodyOf = Effect.fnUntraced(function* (
  data: Option.Option<string>,
  contentType = "application/x-www-form-urlencoded",
) {
  if (Option.isNone(data)) return undefined;
  if (!data.value.startsWith("@")) return HttpBody.text(data.value, contentType);
  const source = data.value.slice(1);
  const bytes = yield* source === "-" ? fromStdin : fromFile(source);
  return HttpBody.uint8Array(bytes, contentType);
});

const fromStdin = Effect.gen(function* () {
  const { stdin } = yield* Stdio.Stdio;
  const chunks = yield* Stream.runCollect(stdin).pipe(
    Effect.mapError(() =>
      usageError("The body cannot be read from stdin", "Pass -d @FILE instead")
    ),
  );
  return concat(chunks);
});

const fromFile = Effect.fnUntraced(function* (file: string) {
  const fs = yield* FileSystem.FileSystem;
  return yield* fs.readFile(file).pipe(
    Effect.mapError(({ reason }) =>
      usageError(
        `The body cannot be read from "${file}" (${reason._tag})`,
        "Check the path after @",
      )
    ),
  );
});

function concat(chunks: ReadonlyArray<Uint8Array>): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
