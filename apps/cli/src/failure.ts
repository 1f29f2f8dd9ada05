/**
 * How a command ended badly, in the terms of scripts and people: an exit code, a code, one sentence and
 * a hint. Every typed error of the packages below is translated here, and nowhere else.
 *
 * @module
 */
import * as Cause from "effect/Cause";
import type { KeySourceError } from "@bellhop/node/sealing_key";
import type { DevServerError } from "@bellhop/devserver/dev_server_error";
import type { DeviceAuthorizationError } from "@bellhop/core/grant/device_authorization_error";
import type { ClientConfigError } from "@bellhop/core/protocol/client";
import type { EndpointError, UnreachableKind } from "@bellhop/core/protocol/endpoint_error";
import type { ServerMetadataError } from "@bellhop/core/protocol/server_metadata";
import type { StoreError } from "@bellhop/core/session/store_error";
import type { CliError } from "effect/cli/CliError";
import type { CommandError } from "./command_error.ts";
import { type ExitCode, exitCodes } from "./exit_code.ts";

/** A bad end. */
export interface Failure {
  readonly exitCode: ExitCode;
  /** The RFC's code where it has one, ours where not. */
  readonly error: string;
  readonly description: string;
  readonly hint: string | undefined;
}

/** Every error that a command may end with. */
export type AppError =
  | CommandError
  | CliError
  | ClientConfigError
  | DeviceAuthorizationError
  | DevServerError
  | EndpointError
  | KeySourceError
  | ServerMetadataError
  | StoreError;

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
    case "DeviceAuthorizationError":
      return ofDeviceAuthorization(error);
    case "StoreError":
      return store(snakeCase(error.reason._tag), error.message, error.reason.hint);
    case "KeySourceError":
      return store("sealing_key", error.message, error.hint);
    case "ClientConfigError":
      return configuration(error.message, error.hint);
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

function ofEndpoint(endpointError: EndpointError): Failure {
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
      return "withheld";
  }
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
