/** A callback that the browser posts (`response_mode=form_post`). */
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import { type CallbackParameters, fromForm } from "@bellhop/core/protocol/authorization_response";
import { refuse } from "./_site.ts";
import { BodyRefused, type WebLoginError } from "./web_login_error.ts";

const limitBytes = 65_536;

/** Reads the form, and no more of it than a callback can be. */
export function readForm(request: Request): Effect.Effect<CallbackParameters, WebLoginError> {
  const { body, headers } = request;
  const type = headers.get("content-type") ?? "";
  if (body === null || !/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) {
    return refuse(new BodyRefused());
  }
  return Stream.fromReadableStream({
    evaluate: () => body as ReadableStream<Uint8Array>,
    onError: () => "unreadable",
  }).pipe(
    Stream.runFoldEffect(() => new Uint8Array(), (soFar, chunk) => {
      const bytes = new Uint8Array(soFar.length + chunk.length);
      bytes.set(soFar);
      bytes.set(chunk, soFar.length);
      return bytes.length > limitBytes ? Effect.fail("large") : Effect.succeed(bytes);
    }),
    Effect.map((bytes) => fromForm(new TextDecoder().decode(bytes))),
    Effect.catch(() => refuse(new BodyRefused())),
  );
}
