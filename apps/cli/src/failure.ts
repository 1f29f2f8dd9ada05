/**
 * How a command ended badly, in the terms of scripts and people: an exit code, a code, one sentence and
 * a hint. Every typed error of the packages below is translated here, and nowhere else.
 *
 * @module
 */
import * as Cause from "effect/Cause";
import type { LoopbackListenerError } from "@bellhop/node/loopback_listener_error";
import type { KeySourceError } from "@bellhop/node/sealing_key";
import type { DevServerError } from "@bellhop/devserver/dev_server_error";
import type { AuthorizationCodeError } from "@bellhop/core/grant/authorization_code_error";
import type { DeviceAuthorizationError } from "@bellhop/core/grant/device_authorization_error";
import type { TokenRequestError } from "@bellhop/core/grant/token_request_error";
import type { OriginError, UnusableToken } from "@bellhop/core/http/session_client_error";
import type { ClientConfigError } from "@bellhop/core/protocol/client";
import type { EndpointError } from "@bellhop/core/protocol/endpoint_error";
import type { IdTokenError } from "@bellhop/core/protocol/id_token_error";
import type { ServerMetadataError } from "@bellhop/core/protocol/server_metadata";
import type { SessionError, SessionErrorReason } from "@bellhop/core/session/session_error";
import type { StoreError } from "@bellhop/core/session/store_error";
import type { CliError } from "effect/cli/CliError";
import type { Failure } from "./bad_end.ts";
import { ofAuthorizationCode, ofIdToken } from "./code_failure.ts";
import type { CommandError } from "./command_error.ts";
import { ofEndpoint } from "./endpoint_failure.ts";
import { exitCodes } from "./exit_code.ts";
import { loginCommand } from "./login_command.ts";

/** Every error that a command may end with. */
export type AppError =
  | AuthorizationCodeError<IdTokenError>
  | CommandError
  | CliError
  | ClientConfigError
  | DeviceAuthorizationError
  | DevServerError
  | EndpointError
  | IdTokenError
  | KeySourceError
  | LoopbackListenerError
  | OriginError
  | ServerMetadataError
  | SessionError
  | StoreError
  | TokenRequestError
  | UnusableToken;

/** Says how a command ended; a defect shows nothing of itself but its type. */
export function failureOfCause(cause: Cause.Cause<AppError>): Failure {
  if (Cause.hasInterruptsOnly(cause)) return interrupted;
  const reason = cause.reasons.find(Cause.isFailReason);
  return reason === undefined ? defect(Cause.squash(cause)) : failureOf(reason.error);
}

/** Translates one error. */
export function failureOf(error: AppError): Failure {
  switch (error._tag) {
    case "CommandError":
      return ofCommand(error);
    case "EndpointError":
      return ofEndpoint(error);
    case "SessionError":
      return ofSession(error.reason);
    case "StoreError":
      return ofStore(error);
    case "KeySourceError":
      return store("sealing_key", error.message, keyHint(error));
    case "AuthorizationCodeError":
    case "DeviceAuthorizationError":
    case "TokenRequestError":
    case "IdTokenError":
      return ofLogin(error);
    default:
      return ofUsage(error);
  }
}

type LoginError =
  | AuthorizationCodeError<IdTokenError>
  | DeviceAuthorizationError
  | TokenRequestError
  | IdTokenError;

function ofLogin(error: LoginError): Failure {
  switch (error._tag) {
    case "AuthorizationCodeError":
      return error.reason._tag === "Cancelled" ? interrupted : ofAuthorizationCode(error.reason);
    case "DeviceAuthorizationError":
      return ofDeviceAuthorization(error);
    case "TokenRequestError":
      return ofTokenRequest(error);
    case "IdTokenError":
      return ofIdToken(error);
  }
}

type UsageError =
  | CliError
  | ClientConfigError
  | DevServerError
  | LoopbackListenerError
  | OriginError
  | ServerMetadataError
  | UnusableToken;

function ofUsage(error: UsageError): Failure {
  switch (error._tag) {
    case "ClientConfigError":
    case "OriginError":
    case "UnusableToken":
      return configuration(error.message, error.hint);
    case "LoopbackListenerError":
      return {
        ...configuration(error.message, error.hint),
        ...(error.reason._tag === "PortInUse" ? { error: "port_in_use" } : {}),
      };
    case "ServerMetadataError":
      return configuration(error.message, "Correct the endpoint's flag, or leave it to discovery");
    case "DevServerError":
      return configuration(error.message, "Choose another --port, or none for a free one");
    default:
      return usage(error);
  }
}

function ofCommand({ exitCode, code, description, hint }: CommandError): Failure {
  return { exitCode, error: code, description, hint };
}

const interrupted: Failure = {
  exitCode: exitCodes.interrupted,
  error: "interrupted",
  description: "Interrupted before the end",
  hint: "Start again when you want to go on",
};

/** The thing itself may hold anything, so that only its kind is told. */
function defect(thrown: unknown): Failure {
  const kind = thrown instanceof Error ? thrown.name : typeof thrown;
  return {
    exitCode: exitCodes.defect,
    error: "defect",
    description: `Bellhop met a bug of its own (${kind})`,
    hint: "Please report it, with the command that you ran",
  };
}

function ofDeviceAuthorization({ reason }: DeviceAuthorizationError): Failure {
  const { message: description, hint } = reason;
  switch (reason._tag) {
    case "Denied":
      return { exitCode: exitCodes.denied, error: "access_denied", description, hint };
    case "Expired":
      return { exitCode: exitCodes.timedOut, error: "expired_token", description, hint };
    case "Cancelled":
      return interrupted;
    case "Unreachable":
      return reason.error === undefined
        ? { exitCode: exitCodes.unreachable, error: "unreachable", description, hint }
        : ofEndpoint(reason.error);
    default:
      return ofEndpoint(reason.error);
  }
}

function ofTokenRequest({ reason }: TokenRequestError): Failure {
  if (reason._tag === "Cancelled") return interrupted;
  const { error, message: description, hint } = reason;
  return error === undefined
    ? { exitCode: exitCodes.unreachable, error: "unreachable", description, hint }
    : ofEndpoint(error);
}

function ofSession(reason: SessionErrorReason): Failure {
  switch (reason._tag) {
    case "Unavailable":
    case "Refused":
      return ofEndpoint(reason.error);
    case "StoreFailed":
      return ofStore(reason.error);
    case "Closed":
      return interrupted;
    default:
      return {
        exitCode: exitCodes.session,
        error: sessionCodes[reason._tag],
        description: reason.message,
        hint: loginHint(reason),
      };
  }
}

function loginHint({ _tag, key }: SessionErrorReason): string {
  const again = `Log in again: ${loginCommand(key)}`;
  return _tag === "Expired"
    ? `${again}, with the scope offline_access if the server wants that for refresh tokens`
    : again;
}

/** What programs read for each way in which only a login helps. */
const sessionCodes = {
  Absent: "no_session",
  Expired: "session_expired",
  ReauthorizationRequired: "reauthorization_required",
  Revoked: "session_revoked",
  ScopeNotGranted: "scope_not_granted",
  OtherClient: "other_client",
} as const;

function keyHint({ problem, hint }: KeySourceError): string {
  return problem === "elsewhere" ? "Leave --store out to use it where it is" : hint;
}

function ofStore({ reason, message }: StoreError): Failure {
  return store(snakeCase(reason._tag), message, reason.hint);
}

function usage(error: CliError): Failure {
  const errors = error._tag === "ShowHelp" ? error.errors : [error];
  const description = errors.map(({ message }) => firstLine(message)).join("; ");
  return {
    exitCode: exitCodes.usage,
    error: "invalid_usage",
    description: description === "" ? "No command was given" : description,
    hint: usageHint(error),
  };
}

function usageHint(error: CliError): string {
  const path = error._tag === "ShowHelp" ? error.commandPath : ["bellhop"];
  const errors = error._tag === "ShowHelp" ? error.errors : [error];
  const meant = errors.flatMap((each) => "suggestions" in each ? each.suggestions : []);
  const question = meant.length === 0 ? "" : `Did you mean ${meant.join(" or ")}? `;
  return `${question}Run "${path.join(" ")} --help"`;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0] ?? "";
}

function configuration(description: string, hint: string): Failure {
  return { exitCode: exitCodes.usage, error: "invalid_configuration", description, hint };
}

function store(error: string, description: string, hint: string): Failure {
  return { exitCode: exitCodes.store, error: `store_${error}`, description, hint };
}

function snakeCase(name: string): string {
  return name.replace(/(?<!^)[A-Z]/g, "_$&").toLowerCase();
}
