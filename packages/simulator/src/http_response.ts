/**
 * Responses of an `HttpClient` that were never on a wire: no sockets, no promises, no web streams, so
 * that a test clock sees all of their time.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect } from "effect";
 * import { HttpClientRequest } from "effect/http";
 * import { fromText } from "@bellhop/simulator/http_response";
 *
 * const request = HttpClientRequest.get("https://as.example.com/jwks");
 * const response = fromText(request, { status: 200, headers: {}, body: `{"keys":[]}` });
 *
 * assert.deepEqual(Effect.runSync(response.json), { keys: [] });
 * ```
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Cookies from "effect/http/Cookies";
import * as Headers from "effect/http/Headers";
import {
  DecodeError,
  HttpClientError,
  type HttpClientErrorReason,
  StatusCodeError,
} from "effect/http/HttpClientError";
import * as HttpClientRequest from "effect/http/HttpClientRequest";
import * as HttpClientResponse from "effect/http/HttpClientResponse";
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage";
import * as UrlParams from "effect/http/UrlParams";
import * as Inspectable from "effect/Inspectable";
import * as Option from "effect/Option";
import { type Pipeable, pipeArguments } from "effect/Pipeable";
import type * as Schema from "effect/Schema";
import type * as Socket from "effect/socket/Socket";
import * as Stream from "effect/Stream";

/** What comes before a body. */
export interface ResponseHead {
  /** The status code. */
  readonly status: number;
  /** By their names. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A response whose body is here at once. */
export interface WholeResponse extends ResponseHead {
  /** Empty where there is none. */
  readonly body: string;
}

/** The bytes of a body as they come; reading it a second time runs it a second time. */
export type Body = Stream.Stream<Uint8Array, HttpClientError>;

/**
 * A response whose body is here at once.
 *
 * @param request What it answers.
 * @param response Its parts.
 */
export function fromText(
  request: HttpClientRequest.HttpClientRequest,
  response: WholeResponse,
): HttpClientResponse.HttpClientResponse {
  const { body } = response;
  const bytes = Stream.suspend(() => Stream.succeed(new TextEncoder().encode(body)));
  return new MadeResponse(request, response, { bytes, text: Effect.succeed(body) });
}

/**
 * A response whose body comes bit by bit, or breaks off.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Stream } from "effect";
 * import { HttpClientRequest } from "effect/http";
 * import { fromStream } from "@bellhop/simulator/http_response";
 *
 * const request = HttpClientRequest.get("https://as.example.com/jwks");
 * const body = Stream.fromIterable([`{"ke`, `ys":[]}`]).pipe(Stream.encodeText);
 * const response = fromStream(request, { status: 200, headers: {} }, body);
 *
 * assert.equal(Effect.runSync(response.text), `{"keys":[]}`);
 * ```
 *
 * @param request What it answers.
 * @param head What is known before the body.
 * @param body Fails as a connection does.
 */
export function fromStream(
  request: HttpClientRequest.HttpClientRequest,
  head: ResponseHead,
  body: Body,
): HttpClientResponse.HttpClientResponse {
  const text = Stream.mkString(Stream.decodeText(body));
  return new MadeResponse(request, head, { bytes: body, text });
}

interface BodyForms {
  readonly bytes: Body;
  readonly text: Effect.Effect<string, HttpClientError>;
}

class MadeResponse extends Inspectable.Class
  implements HttpClientResponse.HttpClientResponse, Pipeable {
  readonly [HttpIncomingMessage.TypeId]: typeof HttpIncomingMessage.TypeId =
    HttpIncomingMessage.TypeId;
  readonly [HttpClientResponse.TypeId]: typeof HttpClientResponse.TypeId =
    HttpClientResponse.TypeId;
  readonly status: number;
  readonly headers: Headers.Headers;
  readonly remoteAddress: Option.Option<string> = Option.none();
  readonly request: HttpClientRequest.HttpClientRequest;
  readonly stream: Body;
  readonly text: Effect.Effect<string, HttpClientError>;

  constructor(
    request: HttpClientRequest.HttpClientRequest,
    { headers, status }: ResponseHead,
    { bytes, text }: BodyForms,
  ) {
    super();
    this.request = request;
    this.status = status;
    this.headers = Headers.fromInput(headers);
    this.stream = bytes;
    this.text = text;
  }

  toJSON(): unknown {
    return HttpIncomingMessage.inspect(this, {
      _id: "HttpClientResponse",
      request: this.request.toJSON(),
      status: this.status,
    });
  }

  get url(): string {
    return Option.match(HttpClientRequest.toUrl(this.request), {
      onNone: () => "",
      onSome: ({ href }) => href.split("#", 1)[0] ?? "",
    });
  }

  get cookies(): Cookies.Cookies {
    return Cookies.fromSetCookie(this.headers["set-cookie"] ?? []);
  }

  get json(): Effect.Effect<Schema.Json, HttpClientError> {
    return Effect.flatMap(this.text, (text) =>
      Effect.try({
        try: () => jsonOf(text),
        catch: () => this.#failure(DecodeError, "the body is not JSON"),
      }));
  }

  get urlParamsBody(): Effect.Effect<UrlParams.UrlParams, HttpClientError> {
    return Effect.map(this.text, (text) => UrlParams.fromInput(new URLSearchParams(text)));
  }

  get arrayBuffer(): Effect.Effect<ArrayBuffer, HttpClientError> {
    return Effect.map(Stream.mkUint8Array(this.stream), ({ buffer }) => buffer);
  }

  get formData(): Effect.Effect<FormData, HttpClientError> {
    return Effect.fail(this.#failure(DecodeError, "multipart bodies are not simulated"));
  }

  get upgrade(): Effect.Effect<Socket.Socket, HttpClientError> {
    return Effect.fail(this.#failure(StatusCodeError, "there is no connection to hand over"));
  }

  pipe() {
    return pipeArguments(this, arguments);
  }

  #failure(
    Reason: new (parts: {
      readonly request: HttpClientRequest.HttpClientRequest;
      readonly response: HttpClientResponse.HttpClientResponse;
      readonly description: string;
    }) => HttpClientErrorReason,
    description: string,
  ): HttpClientError {
    return new HttpClientError({
      reason: new Reason({ request: this.request, response: this, description }),
    });
  }
}

function jsonOf(text: string): Schema.Json {
  return text === "" ? null : JSON.parse(text);
}
