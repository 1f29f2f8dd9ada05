/** The answers of the endpoints. */
import type { ServerResponse } from "./server_message.ts";

/** JSON that nobody may keep. */
export function json(
  status: number,
  members: unknown,
  headers: Readonly<Record<string, string>> = {},
): ServerResponse {
  return {
    status,
    headers: {
      "content-type": "application/json",
      "cache-control": "no-store",
      ...headers,
    },
    body: JSON.stringify(members),
  };
}

/** What is wrong, as RFC 6749 section 5.2 says it. */
export interface OAuthError {
  readonly error: string;
  readonly description: string;
  /** 400 unless told. */
  readonly status?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export function oauthError({ error, description, status, headers }: OAuthError): ServerResponse {
  return json(status ?? 400, { error, error_description: description }, headers);
}

export function empty(
  status: number,
  headers: Readonly<Record<string, string>> = {},
): ServerResponse {
  return { status, headers: { "cache-control": "no-store", ...headers }, body: "" };
}
