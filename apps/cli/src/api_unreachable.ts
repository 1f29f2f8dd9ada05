/**
 * Why an API gave no answer, from the transport's error.
 *
 * @module
 */
import type { HttpClientError } from "effect/http/HttpClientError";
import { unreachableBy } from "@bellhop/core/endpoint/unreachable";
import type { UnreachableKind } from "@bellhop/core/protocol/endpoint_error";
import { CommandError } from "./command_error.ts";
import { exitCodes } from "./exit_code.ts";
import { unreachableCodes } from "./endpoint_failure.ts";

const hints: Record<UnreachableKind, string> = {
  dns: "Check the spelling and the network",
  refused: "Check that a server is listening there and that the port is right",
  tls: "Check its certificate; trust a private authority by NODE_EXTRA_CA_CERTS=FILE",
  reset: "Check the network and any proxy, then try again",
  timeout: "Try again, or allow more by --request-timeout",
  other: "Check the network and any proxy",
};

/** Names the failure; never shows the request, which holds the token. */
export function unreachableApi(error: HttpClientError, url: string): CommandError {
  const { kind, description } = unreachableBy(error);
  return unreachable(kind, description, url);
}

/** The API did not begin its answer in time. */
export function silentApi(url: string, limitMillis: number): CommandError {
  return unreachable("timeout", `it did not answer within ${limitMillis} ms`, url);
}

function unreachable(kind: UnreachableKind, description: string, url: string): CommandError {
  return new CommandError({
    exitCode: exitCodes.unreachable,
    code: unreachableCodes[kind],
    description: `The API at "${url}" could not be reached: ${description}`,
    hint: hints[kind],
  });
}
