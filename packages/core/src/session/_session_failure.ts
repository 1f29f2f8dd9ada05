/** What a session says when it has no token to give. */
import { EndpointError, Malformed } from "../protocol/endpoint_error.ts";
import { isTemporary } from "./_renewal_answer.ts";
import type { TokenOptions } from "./session_service.ts";
import {
  Absent,
  Expired,
  ReauthorizationRequired,
  Refused,
  Revoked,
  ScopeNotGranted,
  SessionError,
  StoreFailed,
  Unavailable,
} from "./session_error.ts";
import { StoreError } from "./store_error.ts";
import type { Outcome, TokenCell } from "./_token_cell.ts";

type Failure = Extract<Outcome, { readonly error: Error }>;

/** What kept an attempt from success. */
export function outcomeError(key: string, outcome: Failure): SessionError {
  const { error } = outcome;
  if (error instanceof SessionError) return error;
  if (error instanceof StoreError) {
    return new SessionError({ reason: new StoreFailed({ key, error }) });
  }
  if (!(error instanceof EndpointError)) throw error;
  const isRefusal = outcome.type === "refused" || !isTransient(error);
  return new SessionError({
    reason: isRefusal
      ? new Refused({ key, error })
      : new Unavailable({ key, error, retryAtMillis: outcome.retryAtMillis }),
  });
}

function isTransient({ reason }: EndpointError): boolean {
  switch (reason._tag) {
    case "Unreachable":
    case "Unavailable":
    case "Malformed":
      return true;
    case "Rejected":
      return isTemporary(reason);
    default:
      return false;
  }
}

/**
 * Why there is none although everything was done; nothing where there may be one next time.
 *
 * @param isLast Whether the caller has looked often enough.
 */
export function noTokenError(
  cell: TokenCell,
  asked: TokenOptions,
  isLast: boolean,
): SessionError | undefined {
  const { key } = cell.options;
  if (cell.canRenew) return isLast ? withoutEnd(cell, asked) : undefined;
  switch (cell.facts.status) {
    case "reauthorizationRequired":
      return new SessionError({ reason: reauthorizationOf(cell) });
    case "revoked":
      return new SessionError({ reason: new Revoked({ key }) });
    case "absent":
      return new SessionError({ reason: new Absent({ key }) });
    case "active":
      return new SessionError({ reason: new Expired({ key }) });
  }
}

/** Renewals went through, and none of them brought what this caller wants. */
function withoutEnd(cell: TokenCell, asked: TokenOptions): SessionError {
  const isRejected = cell.held(cell.variantOf(asked))?.isRejected === true;
  const description = isRejected
    ? "each token that it gave was refused"
    : "it gave no token that lives, time after time";
  const error = new EndpointError({
    endpoint: "token",
    url: cell.options.client.server.tokenEndpoint ?? "",
    reason: new Malformed({ problem: "unexpectedShape", description, body: "" }),
  });
  const { key } = cell.options;
  return new SessionError({
    reason: new Unavailable({ key, error, retryAtMillis: cell.nowMillis }),
  });
}

/** The end as it was written down. */
export function reauthorizationOf(
  { options: { key }, record, nowMillis }: TokenCell,
): ReauthorizationRequired {
  const { code = "invalid_grant", description, atMillis = nowMillis } = record?.ended ?? {};
  return new ReauthorizationRequired({ key, code, description, atMillis });
}

/** More scope than was granted can only be had by a login. Where the grant is the renewal, the server decides. */
export function missingScope(cell: TokenCell, { scope }: TokenOptions): SessionError | undefined {
  const grantedScope = cell.record?.scope;
  if (scope === undefined || cell.options.isAcquiring || grantedScope === undefined) {
    return undefined;
  }
  const missing = scope.filter((each) => !grantedScope.includes(each));
  if (missing.length === 0 || grantedScope.length === 0) return undefined;
  return new SessionError({ reason: new ScopeNotGranted({ key: cell.options.key, missing }) });
}
