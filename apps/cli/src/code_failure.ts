/**
 * How the bad ends of a login in the browser are told.
 *
 * @module
 */
import type {
  AuthorizationCodeErrorReason,
  Cancelled,
} from "@bellhop/core/grant/authorization_code_error";
import type { AuthorizationRequestError } from "@bellhop/core/protocol/authorization_request_error";
import type { AuthorizationResponseError } from "@bellhop/core/protocol/authorization_response_error";
import type { EndpointError } from "@bellhop/core/protocol/endpoint_error";
import type { IdTokenError } from "@bellhop/core/protocol/id_token_error";
import { ofEndpoint } from "./endpoint_failure.ts";
import { exitCodes } from "./exit_code.ts";
import type { Failure } from "./bad_end.ts";

/** Translates a reason of the authorization code grant. */
export function ofAuthorizationCode(
  reason: Exclude<AuthorizationCodeErrorReason<IdTokenError>, Cancelled>,
): Failure {
  const { message: description, hint } = reason;
  switch (reason._tag) {
    case "Denied":
      return { exitCode: exitCodes.denied, error: "access_denied", description, hint };
    case "Expired":
      return { exitCode: exitCodes.timedOut, error: "timeout", description, hint };
    case "Invalid":
      return ofIdToken(reason.error);
    case "NotAwaited":
      return { exitCode: exitCodes.refused, error: "not_awaited", description, hint };
    case "Unreachable":
      return reason.error === undefined
        ? { exitCode: exitCodes.unreachable, error: "unreachable", description, hint }
        : { ...ofEndpoint(reason.error), hint };
    default:
      return ofCause(reason.error);
  }
}

/** Translates what is wrong with an ID token. */
export function ofIdToken({ message: description, hint }: IdTokenError): Failure {
  return { exitCode: exitCodes.refused, error: "invalid_id_token", description, hint };
}

function ofCause(
  error: AuthorizationRequestError | AuthorizationResponseError | EndpointError,
): Failure {
  switch (error._tag) {
    case "EndpointError":
      return ofEndpoint(error);
    case "AuthorizationRequestError":
      return ofRequest(error);
    case "AuthorizationResponseError":
      return ofResponse(error);
  }
}

/** Nothing was sent: it is the server's metadata or the flags that do not fit. */
function ofRequest({ problem, message: description, hint }: AuthorizationRequestError): Failure {
  const isServers = requestHints[problem] !== undefined;
  return {
    exitCode: exitCodes.usage,
    error: isServers ? "unsupported" : "invalid_usage",
    description,
    hint: requestHints[problem] ?? hint,
  };
}

/** Where core names an option, and people have flags. */
const requestHints: Partial<Record<AuthorizationRequestError["problem"], string>> = {
  missingEndpoint: "Pass --authorization-endpoint URL with the other endpoints, or --grant device",
  insecureEndpoint: "The server's operator has to publish an https endpoint",
  pkceUnsupported: "Ask the server's operator for PKCE with S256, or pass --grant device",
  pushedOnly: "Ask the server's operator to take plain requests of this client, or --grant device",
  repeatedParameter: "Take it out of --authorization-endpoint, or do not ask for another value",
};

function ofResponse({ reason, message: description, hint }: AuthorizationResponseError): Failure {
  const exitCode = exitCodes.refused;
  switch (reason._tag) {
    case "Rejected":
      return { exitCode, error: reason.code, description, hint };
    case "OtherIssuer":
      return { exitCode, error: "issuer_mismatch", description, hint };
    default:
      return { exitCode, error: "malformed_response", description, hint };
  }
}
