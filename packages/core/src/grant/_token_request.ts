/**
 * What the grants without a user do alike: answers become events, the chart's ends become tokens or
 * the one typed error.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Random from "effect/Random";
import * as Schema from "effect/Schema";
import type {
  TokenRequestAnswer,
  TokenRequestContext,
  TokenRequestInput,
  TokenRequestOutput,
} from "../chart/token_request.ts";
import type { Operation } from "../flow/definition.ts";
import type { Client } from "../protocol/client.ts";
import { EndpointError, type EndpointErrorReason } from "../protocol/endpoint_error.ts";
import { stripped } from "../protocol/secure_url.ts";
import type { TokenSet } from "../protocol/token_set.ts";
import {
  Cancelled,
  Malformed,
  Refused,
  TokenRequestError,
  Unreachable,
} from "./token_request_error.ts";
import type { RetryOptions, TokenRequestOptions } from "./token_request_options.ts";

const REQUEST_LIMIT_MILLIS = 10_000;
/** The chart gives up a little later than the request itself does. */
const PATIENCE_MILLIS = 5_000;
const RETRY_FOR_MILLIS = 30_000;

/** What the chart is started with. */
export function inputOf(options: TokenRequestOptions & RetryOptions): TokenRequestInput {
  const { client, requestLimitMillis, retryForMillis } = options;
  return {
    issuer: client.server.issuer,
    clientId: client.clientId,
    requestLimitMillis: (requestLimitMillis ?? REQUEST_LIMIT_MILLIS) + PATIENCE_MILLIS,
    retryForMillis: Math.max(0, retryForMillis ?? RETRY_FOR_MILLIS),
  };
}

/** Makes the chart's operation of a request that is made once. */
export function operationOf<Tokens extends TokenSet, R>(
  request: Effect.Effect<Tokens, EndpointError, R>,
): Operation<undefined, TokenRequestAnswer<Tokens>, R> {
  return {
    // Its answer is lost with the process that asked, and asking again at once would be early.
    onResume: lost,
    run: () =>
      Effect.matchEffect(request, {
        onFailure: answerTo,
        onSuccess: (tokens) => Effect.succeed({ type: "token" as const, tokens }),
      }),
  };
}

/** Turns the chart's output into tokens or the typed error. */
export function tokensOf<Tokens extends TokenSet>(
  output: TokenRequestOutput<Tokens>,
): Effect.Effect<Tokens, TokenRequestError> {
  switch (output._tag) {
    case "Granted":
      return Effect.succeed(output.tokens);
    case "Refused":
      return fail(new Refused({ error: output.error }));
    case "Malformed":
      return fail(new Malformed({ error: output.error }));
    case "Unreachable":
      return fail(new Unreachable({ error: output.error }));
    case "Cancelled":
      return fail(new Cancelled());
  }
}

/** What went wrong at the client's token endpoint. */
export function errorAt({ server }: Client, reason: EndpointErrorReason): EndpointError {
  const url = stripped(server.tokenEndpoint ?? server.issuer);
  return new EndpointError({ endpoint: "token", url, reason });
}

function lost(): Extract<TokenRequestAnswer, { type: "unreachable" }> {
  return { type: "unreachable", spread: 0.5 };
}

type Failure = Exclude<TokenRequestAnswer, { type: "token" }>;

function answerTo(error: EndpointError): Effect.Effect<Failure> {
  const { reason } = error;
  switch (reason._tag) {
    case "Unreachable":
      return spread((spread) => ({ type: "unreachable", spread, error }));
    case "Unavailable":
      return unavailable(error, reason.retryAfterMillis);
    case "Malformed":
      return Effect.succeed({ type: "malformed", error });
    case "Rejected":
      return reason.isPassing
        ? unavailable(error, reason.retryAfterMillis)
        : Effect.succeed({ type: "refused", error });
    default:
      return Effect.succeed({ type: "refused", error });
  }
}

function unavailable(
  error: EndpointError,
  retryAfterMillis: number | undefined,
): Effect.Effect<Failure> {
  return spread((spread) => ({ type: "unavailable", spread, retryAfterMillis, error }));
}

function spread(answer: (spread: number) => Failure): Effect.Effect<Failure> {
  return Effect.map(Random.next, answer);
}

function fail(reason: TokenRequestError["reason"]): Effect.Effect<never, TokenRequestError> {
  return Effect.fail(new TokenRequestError({ reason }));
}

interface ContextJson {
  readonly issuer: string;
  readonly clientId: string;
  readonly requestLimitMillis: number;
  readonly retryForMillis: number;
  readonly isPatient: boolean;
  readonly backoffMillis: number;
  readonly waitMillis: number;
}

/** The chart's context in a checkpoint. */
export const ContextJson: Schema.Codec<TokenRequestContext, ContextJson> = Schema.Struct({
  issuer: Schema.String,
  clientId: Schema.String,
  requestLimitMillis: Schema.Finite,
  retryForMillis: Schema.Finite,
  isPatient: Schema.Boolean,
  backoffMillis: Schema.Finite,
  waitMillis: Schema.Finite,
});
