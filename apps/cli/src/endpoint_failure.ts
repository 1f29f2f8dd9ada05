/**
 * How an endpoint's error is told.
 *
 * @module
 */
import type {
  EndpointError,
  UnreachableKind,
  WithheldProblem,
} from "@bellhop/core/protocol/endpoint_error";
import { type ExitCode, exitCodes } from "./exit_code.ts";
import type { Failure } from "./bad_end.ts";

/** Translates it. */
export function ofEndpoint(endpointError: EndpointError): Failure {
  const { reason, hint } = endpointError;
  const error = endpointCode(endpointError);
  const exitCode = endpointExitCode(endpointError);
  const isTold = exitCode === exitCodes.usage;
  const description = isTold ? reason.message : `${reason.message} ${whereOf(endpointError)}`;
  if (reason._tag === "Unreachable" && reason.kind === "tls") {
    return { exitCode, error, description, hint: `${hint}, by NODE_EXTRA_CA_CERTS=FILE` };
  }
  return { exitCode, error, description, hint };
}

function whereOf({ endpoint, url }: EndpointError): string {
  return `(${endpoint.replace("_", " ")} endpoint, ${url})`;
}

function endpointExitCode({ reason }: EndpointError): ExitCode {
  switch (reason._tag) {
    case "Unreachable":
      return exitCodes.unreachable;
    case "Insecure":
    case "InvalidUrl":
    case "Unsupported":
    case "Withheld":
      return exitCodes.usage;
    default:
      return exitCodes.refused;
  }
}

/** What programs read for each way of not reaching a server. */
export const unreachableCodes: Record<UnreachableKind, string> = {
  dns: "unknown_host",
  refused: "connection_refused",
  tls: "tls_failure",
  reset: "connection_reset",
  timeout: "request_timeout",
  other: "unreachable",
};

const withheldCodes: Record<WithheldProblem, string> = {
  publicClient: "unauthorized_client",
  widerScope: "invalid_scope",
};

function endpointCode({ reason }: EndpointError): string {
  switch (reason._tag) {
    case "Rejected":
      return reason.code;
    case "Unreachable":
      return unreachableCodes[reason.kind];
    case "Malformed":
      return reason.problem === "issuerMismatch" ? "issuer_mismatch" : "malformed_response";
    case "Unavailable":
      return "server_unavailable";
    case "Insecure":
      return "insecure_url";
    case "InvalidUrl":
      return "invalid_url";
    case "Unsupported":
      return "unsupported";
    case "Withheld":
      return withheldCodes[reason.problem];
  }
}
