/** What all handlers of one application share, and what one request brings with it. */
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type * as Aead from "effect/crypto/Aead";
import type * as Digest from "effect/crypto/Digest";
import type * as SecureRandom from "effect/crypto/SecureRandom";
import type * as HttpClient from "effect/http/HttpClient";
import type { FlowStore } from "@bellhop/core/flow/flow_store";
import type { SealingKeys } from "@bellhop/core/protocol/seal";
import type { SessionRegistry } from "@bellhop/core/session/session_registry";
import type { SessionVault } from "@bellhop/core/session/session_vault";
import * as Cookie from "./_cookie.ts";
import type { Settings } from "./_settings.ts";
import { WebLoginError, type WebLoginErrorReason } from "./web_login_error.ts";
import type { WebLoginOptions } from "./web_login_options.ts";

/** What logins are made of. */
export type WebLoginServices =
  | FlowStore
  | SessionVault
  | SealingKeys
  | HttpClient.HttpClient
  | Aead.Aead
  | Digest.Digest
  | SecureRandom.SecureRandom;

/** One application. */
export interface Site<A, E, R> {
  readonly options: WebLoginOptions<A, E, R>;
  readonly settings: Settings;
  readonly store: FlowStore;
  readonly vault: SessionVault;
  readonly registry: SessionRegistry;
  /** Where work goes on that no request waits for. */
  readonly scope: Scope.Scope;
}

/** One request, and the cookies that its answer sets, whichever it is. */
export interface Visit {
  readonly request: Request;
  readonly cookies: Array<string>;
}

/** What a handler is. */
export type Handler = <A, E, R>(
  site: Site<A, E, R>,
  visit: Visit,
) => Effect.Effect<Response, WebLoginError, WebLoginServices | R>;

/** Ends a request badly. */
export function refuse(reason: WebLoginErrorReason): Effect.Effect<never, WebLoginError> {
  return Effect.fail(new WebLoginError({ reason }));
}

/** The cookie of the user's session, by its bare name. */
export function sessionCookieOf({ cookieName }: Settings): string {
  return `${cookieName}-session`;
}

/** Takes the session from the browser. */
export function clearSession({ settings }: Pick<Site<never, never, never>, "settings">): string {
  return Cookie.write(sessionCookieOf(settings), "", {
    isSecure: settings.isSecure,
    sameSite: "Lax",
    maxAgeSeconds: 0,
  });
}

/** Sends the browser on. See Other: whatever it sent is not sent again. */
export function seeOther(location: string): Response {
  return new Response(null, { status: 303, headers: { location } });
}
