/**
 * What kept a request from its answer, whatever the runtime and the HTTP client call it.
 *
 * @module
 */
import { Unreachable, type UnreachableKind } from "../protocol/endpoint_error.ts";

/**
 * Names what kept a request from its answer.
 *
 * Looks through the chain of causes for the codes of Node (fetch, undici, `node:http`) and Bun, and
 * for the words of Deno, which has no codes. Nothing of the error but its code is kept: a transport's
 * error may hold the request, and with it the secrets that were sent.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { unreachableBy } from "@bellhop/core/endpoint/unreachable";
 *
 * const failed = new TypeError("fetch failed", { cause: { code: "ENOTFOUND" } });
 * assert.equal(unreachableBy(failed).kind, "dns");
 * ```
 */
export function unreachableBy(error: unknown): Unreachable {
  const links = linksOf(error);
  const codes = links.flatMap(codesOf);
  for (const code of codes) {
    const kind = kindOfCode(code);
    if (kind !== undefined) {
      return new Unreachable({ kind, description: `${descriptions[kind]} (${code})` });
    }
  }
  const kind = links.map(wordsOf).map(kindOfWords).find((kind) => kind !== undefined) ?? "other";
  const code = kind === "other" ? codes.find(isShowable) : undefined;
  const suffix = code === undefined ? "" : ` (${code})`;
  return new Unreachable({ kind, description: descriptions[kind] + suffix });
}

const descriptions: Record<UnreachableKind, string> = {
  dns: "the host name is unknown",
  refused: "the connection was refused",
  tls: "the TLS connection failed",
  reset: "the connection broke off",
  timeout: "the network gave no answer in time",
  other: "the request failed on its way",
};

const codePatterns: ReadonlyArray<readonly [UnreachableKind, RegExp]> = [
  ["dns", /^(?:ENOTFOUND|ENODATA|ENONAME|ESERVFAIL|EAI_\w+)$/],
  ["refused", /^(?:ECONNREFUSED|ConnectionRefused)$/],
  [
    "tls",
    /^(?:CERT_\w+|ERR_TLS_\w+|ERR_SSL_\w+|EPROTO|UNABLE_TO_\w+|SELF_SIGNED_\w+|DEPTH_ZERO_\w+|HOSTNAME_MISMATCH|INVALID_(?:CA|PURPOSE)|CERTIFICATE_\w+)$/,
  ],
  [
    "reset",
    /^(?:ECONNRESET|ECONNABORTED|EPIPE|UND_ERR_SOCKET|ERR_STREAM_PREMATURE_CLOSE|ConnectionClosed|ConnectionReset)$/,
  ],
  ["timeout", /^(?:ETIMEDOUT|ESOCKETTIMEDOUT|UND_ERR_\w+_TIMEOUT|Timeout|TimeoutError)$/],
];

const wordPatterns: ReadonlyArray<readonly [UnreachableKind, RegExp]> = [
  ["dns", /dns error|lookup address|name or service not known|nodename nor servname|no such host/i],
  ["refused", /connection refused|actively refused|os error (?:111|61|10061)\b/i],
  ["tls", /certificate|tls|ssl|handshake|corrupt message/i],
  ["timeout", /timed out|timeout/i],
  [
    "reset",
    /connection (?:was )?(?:reset|closed|aborted)|broken pipe|unexpected end|eof|reading a body|other side closed/i,
  ],
];

/** An error, its causes, and those of an `AggregateError`: bounded, for a chain may be a circle. */
function linksOf(error: unknown): ReadonlyArray<object> {
  const links = new Set<object>();
  const queue: Array<unknown> = [error];
  while (queue.length > 0 && links.size < 32) {
    const link = queue.shift();
    if (typeof link !== "object" || link === null || links.has(link)) continue;
    links.add(link);
    const { cause, errors, reason } = link as Record<string, unknown>;
    queue.push(reason, cause, ...(Array.isArray(errors) ? errors : []));
  }
  return [...links];
}

function codesOf(link: object): ReadonlyArray<string> {
  const { code, name } = link as Record<string, unknown>;
  return [code, name === "TimeoutError" ? name : undefined].filter((text) =>
    typeof text === "string"
  );
}

function wordsOf(link: object): string {
  if (!(link instanceof Error) || "request" in link) return "";
  return link.message.replace(/https?:\/\/\S*/g, "");
}

function kindOfCode(code: string): UnreachableKind | undefined {
  return codePatterns.find(([, pattern]) => pattern.test(code))?.[0];
}

function kindOfWords(words: string): UnreachableKind | undefined {
  return wordPatterns.find(([, pattern]) => pattern.test(words))?.[0];
}

function isShowable(code: string): boolean {
  return /^[A-Z][A-Z0-9_]{2,40}$/.test(code);
}
