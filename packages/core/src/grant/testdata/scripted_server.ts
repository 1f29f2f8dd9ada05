/** An authorization server that answers by a script, without sockets: for the tests of `grant/`. */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as HttpClient from "effect/http/HttpClient";
import { HttpClientError, TransportError } from "effect/http/HttpClientError";
import * as HttpClientResponse from "effect/http/HttpClientResponse";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import type { Client } from "../../protocol/client.ts";

/** What happens to one request. */
export type ScriptedAnswer =
  | {
    readonly status?: number;
    readonly body: unknown;
    readonly headers?: Record<string, string>;
    readonly takesMillis?: number;
  }
  /** The connection breaks. */
  | "reset"
  /** No answer ever comes. */
  | "hang";

/** One request as the server saw it. */
export interface SeenRequest {
  readonly at: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

export const SECRETS = {
  deviceCode: "planted-device-code-51c6",
  accessToken: "planted-access-token-9d20",
  refreshToken: "planted-refresh-token-e7aa",
  clientSecret: "planted-client-secret-4b13",
} as const;

export const device = {
  device_code: SECRETS.deviceCode,
  user_code: "WDJB-MJHT",
  verification_uri: "https://as.example.com/device",
  verification_uri_complete: "https://as.example.com/device?user_code=WDJB-MJHT",
  expires_in: 900,
  interval: 5,
};

export const tokens = {
  access_token: SECRETS.accessToken,
  token_type: "Bearer",
  expires_in: 3600,
  refresh_token: SECRETS.refreshToken,
};

export const pending: ScriptedAnswer = { status: 400, body: { error: "authorization_pending" } };
export const slowDown: ScriptedAnswer = { status: 400, body: { error: "slow_down" } };
export const granted: ScriptedAnswer = { body: tokens };

export const client: Client = {
  clientId: "tv",
  authentication: {
    method: "client_secret_basic",
    clientSecret: Redacted.make(SECRETS.clientSecret),
  },
  server: {
    issuer: "https://as.example.com",
    tokenEndpoint: "https://as.example.com/token",
    deviceAuthorizationEndpoint: "https://as.example.com/device_authorization",
  },
};

/** A server that gives each answer once, in order; the last poll's answer goes on for ever. */
export function scriptedServer(
  first: ScriptedAnswer,
  polls: ReadonlyArray<ScriptedAnswer>,
): { readonly layer: Layer.Layer<HttpClient.HttpClient>; readonly seen: Array<SeenRequest> } {
  const seen: Array<SeenRequest> = [];
  let turn = 0;
  const http = HttpClient.make((request, url) =>
    Effect.gen(function* () {
      const body = request.body._tag === "Uint8Array"
        ? new TextDecoder().decode(request.body.body)
        : "";
      const at = yield* Clock.currentTimeMillis;
      seen.push({ at, path: url.pathname, headers: { ...request.headers }, body });
      const answer = url.pathname === "/token"
        ? polls[Math.min(turn++, polls.length - 1)] ?? "hang"
        : first;
      if (answer === "hang") return yield* Effect.never;
      if (answer === "reset") {
        return yield* new HttpClientError({
          reason: new TransportError({ request, description: "reset by peer" }),
        });
      }
      if (answer.takesMillis !== undefined) yield* Effect.sleep(answer.takesMillis);
      const { status = 200, headers = {} } = answer;
      return HttpClientResponse.fromWeb(
        request,
        typeof answer.body === "string"
          ? new Response(answer.body, { status, headers })
          : Response.json(answer.body, { status, headers }),
      );
    })
  );
  return { layer: Layer.succeed(HttpClient.HttpClient, http), seen };
}

/** The times of the polls, in milliseconds. */
export function pollsOf(seen: ReadonlyArray<SeenRequest>): ReadonlyArray<number> {
  return seen.filter(({ path }) => path === "/token").map(({ at }) => at);
}
