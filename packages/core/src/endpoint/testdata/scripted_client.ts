import { Effect, Layer, Stream } from "effect";
import {
  HttpClient,
  HttpClientError,
  type HttpClientRequest,
  HttpClientResponse,
} from "effect/http";

/** A request as it went onto the wire. */
export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a server does with a request. */
export type Behaviour = (request: HttpClientRequest.HttpClientRequest) => Effect.Effect<
  HttpClientResponse.HttpClientResponse,
  HttpClientError.HttpClientError
>;

/** Answers the requests one after the other, the last behaviour for ever, and keeps them. */
export function scripted(...behaviours: ReadonlyArray<Behaviour>): {
  readonly sent: Array<SentRequest>;
  readonly client: HttpClient.HttpClient;
  readonly layer: Layer.Layer<HttpClient.HttpClient>;
} {
  const sent: Array<SentRequest> = [];
  const client = HttpClient.make((request, url) => {
    const body = request.body._tag === "Uint8Array"
      ? new TextDecoder().decode(request.body.body)
      : "";
    const behave = behaviours[Math.min(sent.length, behaviours.length - 1)];
    sent.push({ method: request.method, url: url.href, headers: { ...request.headers }, body });
    return behave === undefined ? Effect.die("No behaviour left") : behave(request);
  });
  return { sent, client, layer: Layer.succeed(HttpClient.HttpClient, client) };
}

/** Answers with a body, JSON unless it is text. */
export function answer(
  status: number,
  body: unknown = "",
  headers: Record<string, string> = {},
): Behaviour {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const source = [204, 304].includes(status) ? null : text;
  return (request) =>
    Effect.sync(() =>
      HttpClientResponse.fromWeb(request, new Response(source, { status, headers }))
    );
}

/** Answers with a body that comes in pieces; counts those that were taken. */
export function streaming(chunks: Stream.Stream<Uint8Array>): Behaviour {
  return (request) =>
    Effect.sync(() =>
      HttpClientResponse.fromWeb(request, new Response(Stream.toReadableStream(chunks)))
    );
}

/** Fails as a transport does: the error holds the request, and so every secret in it. */
export function broken(cause: unknown): Behaviour {
  return (request) =>
    Effect.fail(
      new HttpClientError.HttpClientError({
        reason: new HttpClientError.TransportError({ request, cause }),
      }),
    );
}
