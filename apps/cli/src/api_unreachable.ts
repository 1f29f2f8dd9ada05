/**
 * Why an API gave no answer, from the transport's error.
 *
 * @module
 */
import type { HttpClientError } from "effect/http/HttpClientError";
import { CommandError } from "./command_error.ts";
import { exitCodes } from "./exit_code.ts";

type Words = readonly [code: string, description: string, hint: string];

const patterns: ReadonlyArray<readonly [RegExp, Words]> = [
  [/^(?:ENOTFOUND|EAI_AGAIN|EAI_\w+)$/, [
    "unknown_host",
    "its host name is unknown",
    "Check the spelling and the network",
  ]],
  [/^ECONNREFUSED$/, [
    "connection_refused",
    "the connection was refused",
    "Check that a server is listening there and that the port is right",
  ]],
  [/CERT|TLS|SSL|^DEPTH_ZERO|^UNABLE_TO/, [
    "tls_failure",
    "its certificate is not trusted",
    "Trust a private authority by NODE_EXTRA_CA_CERTS=FILE",
  ]],
  [/^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET|HPE_\w+)$/, [
    "connection_reset",
    "the connection broke",
    "Check the network and any proxy, then try again",
  ]],
];

const other: Words = ["unreachable", "there was no answer", "Check the network and any proxy"];

/** Names the failure; never shows the request, which holds the token. */
export function unreachableApi(error: HttpClientError, url: string): CommandError {
  const systemCode = codeOf(error);
  const found = patterns.find(([pattern]) => pattern.test(systemCode));
  const [code, description, hint] = found?.[1] ?? other;
  return unreachable(code, `${description}${systemCode === "" ? "" : ` (${systemCode})`}`, {
    url,
    hint,
  });
}

/** The API did not begin its answer in time. */
export function silentApi(url: string, limitMillis: number): CommandError {
  return unreachable("request_timeout", `it did not answer within ${limitMillis} ms`, {
    url,
    hint: "Try again, or allow more by --request-timeout",
  });
}

function unreachable(
  code: string,
  description: string,
  { url, hint }: { readonly url: string; readonly hint: string },
): CommandError {
  return new CommandError({
    exitCode: exitCodes.unreachable,
    code,
    description: `The API at "${url}" could not be reached: ${description}`,
    hint,
  });
}

/** The first code along the causes, which are bounded, since they may be a circle. */
function codeOf(error: unknown): string {
  const queue: Array<unknown> = [error];
  for (let looked = 0; looked < 32 && queue.length > 0; looked++) {
    const link = queue.shift();
    if (typeof link !== "object" || link === null) continue;
    const { code, cause, reason, errors } = link as Record<string, unknown>;
    if (typeof code === "string" && /^[A-Z][A-Z0-9_]{2,40}$/.test(code)) return code;
    queue.push(reason, cause, ...(Array.isArray(errors) ? errors : []));
  }
  return "";
}
