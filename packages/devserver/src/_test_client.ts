import * as Effect from "effect/Effect";
import type { DevServer } from "./dev_server.ts";
import { deviceCodeGrantType } from "./dev_client.ts";

/** A JSON document, whose members a test takes as they should be. */
// deno-lint-ignore no-explicit-any
export type Json = Readonly<Record<string, any>>;

/** An answer, read whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; empty where it is none. */
  readonly json: Json;
}

export function get(
  server: DevServer,
  path: string,
  headers: Record<string, string> = {},
): Effect.Effect<Answer> {
  return ask(`${server.issuer}${path}`, { headers, redirect: "manual" });
}

export function post(
  server: DevServer,
  path: string,
  options: {
    readonly form: Readonly<Record<string, string>>;
    readonly headers?: Record<string, string>;
  },
): Effect.Effect<Answer> {
  return ask(`${server.issuer}${path}`, {
    method: "POST",
    headers: options.headers ?? {},
    body: new URLSearchParams(options.form),
    redirect: "manual",
  });
}

/** As `post`, where no whole answer is expected: the failure's name and code. */
export function postInVain(server: DevServer, path: string): Effect.Effect<unknown> {
  return Effect.promise(() =>
    fetch(`${server.issuer}${path}`, { method: "POST", body: new URLSearchParams({ a: "b" }) })
      .then((response) => response.text())
      .catch((error: Error) => error)
  );
}

function ask(url: string, init: RequestInit): Effect.Effect<Answer> {
  return Effect.promise(async () => {
    const response = await fetch(url, init);
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") && text !== "";
    const { status, headers } = response;
    return { status, headers, text, json: isJson ? JSON.parse(text) : {} };
  });
}

export function basic(clientId: string, secret: string = `${clientId}-dev-secret`): {
  authorization: string;
} {
  return { authorization: `Basic ${btoa(`${clientId}:${secret}`)}` };
}

export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` };
}

/** Asks for a device code as the CLI does. */
export function startDevice(
  server: DevServer,
  form: Readonly<Record<string, string>> = {},
): Effect.Effect<Json> {
  const all = { client_id: "bellhop-cli", scope: "openid offline_access api:read", ...form };
  return Effect.map(post(server, "/device/auth", { form: all }), ({ json }) => json);
}

/** One poll. */
export function poll(server: DevServer, deviceCode: string): Effect.Effect<Answer> {
  const form = {
    client_id: "bellhop-cli",
    grant_type: deviceCodeGrantType,
    device_code: deviceCode,
  };
  return post(server, "/token", { form });
}

/** A whole device login. */
export const login: (
  server: DevServer,
  form?: Readonly<Record<string, string>>,
) => Effect.Effect<Json> = Effect.fnUntraced(
  function* (server: DevServer, form: Readonly<Record<string, string>> = {}) {
    const device = yield* startDevice(server, form);
    yield* Effect.orDie(server.approve(device["user_code"]));
    return (yield* poll(server, device["device_code"])).json;
  },
);

export function refresh(server: DevServer, refreshToken: string): Effect.Effect<Answer> {
  const form = {
    client_id: "bellhop-cli",
    grant_type: "refresh_token",
    refresh_token: refreshToken,
  };
  return post(server, "/token", { form });
}
