/**
 * The flow of the authorization code grant: its chart, its operations bound to a client's endpoints,
 * what it is started with and how its checkpoints are written.
 */
import * as Effect from "effect/Effect";
import type * as HttpClient from "effect/http/HttpClient";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import type * as Digest from "effect/crypto/Digest";
import * as SecureRandom from "effect/crypto/SecureRandom";
import * as Base64Url from "effect/encoding/Base64Url";
import { authorizationCode } from "../chart/authorization_code.ts";
import type {
  AuthorizationCodeContext,
  AuthorizationCodeInput,
  CallbackAnswer,
  PreparationAnswer,
  RedemptionAnswer,
  ValidationAnswer,
} from "../chart/authorization_code_event.ts";
import * as TokenEndpoint from "../endpoint/token.ts";
import { define, type FlowDefinition } from "../flow/definition.ts";
import * as AuthorizationRequest from "../protocol/authorization_request.ts";
import {
  type AskedFor,
  type CallbackParameters,
  read,
} from "../protocol/authorization_response.ts";
import type { AuthorizationResponseError } from "../protocol/authorization_response_error.ts";
import { EndpointError } from "../protocol/endpoint_error.ts";
import * as Pkce from "../protocol/pkce.ts";
import type { TokenSet } from "../protocol/token_set.ts";
import type { AuthorizationCodeOptions } from "./authorization_code_options.ts";

/** The chart's own type. */
export type AuthorizationCodeChart = typeof authorizationCode;

/** What the flow's operations need, beside what `validate` needs. */
export type AuthorizationCodeServices =
  | HttpClient.HttpClient
  | Digest.Digest
  | SecureRandom.SecureRandom;

/** The flow of one client. */
export type AuthorizationCodeFlow<R = never> = FlowDefinition<
  AuthorizationCodeChart,
  AuthorizationCodeServices | R
>;

const LIFETIME_MILLIS = 600_000;
const REQUEST_LIMIT_MILLIS = 10_000;
const VALIDATION_LIMIT_MILLIS = 30_000;
/** The chart gives up a little later than the request itself does. */
const PATIENCE_MILLIS = 5_000;
/** Of state and nonce, and of the verifier. */
const ENTROPY_BYTES = 32;

/** The flow of one client: the chart, its operations bound to the client's endpoints. */
export function flow<A, E, R>(
  options: AuthorizationCodeOptions<A, E, R>,
): AuthorizationCodeFlow<R> {
  const { client, requestLimitMillis = REQUEST_LIMIT_MILLIS } = options;
  return define(authorizationCode, {
    context: ContextJson,
    operations: {
      prepare: { onResume: "rerun", run: () => prepare(options) },
      readCallback: {
        // It takes no time, and a callback is no part of a checkpoint.
        onResume: "never",
        run: ({ nonce, parameters, state }) =>
          Effect.sync(() =>
            answerIn(parameters, {
              issuer: client.server.issuer,
              isIssuerPromised: client.server.authorizationResponseIssParameterSupported,
              state,
              secrets: [nonce],
            })
          ),
      },
      redeem: {
        // A code is for single use: sent twice, it may cost the tokens of the first time.
        onResume: "never",
        run: ({ code, redirectUri: redirect_uri, resource, scope, verifier: code_verifier }) =>
          TokenEndpoint.request(client, {
            grant_type: "authorization_code",
            code,
            redirect_uri,
            code_verifier,
            resource,
          }, { scope, requestLimitMillis }).pipe(
            Effect.match({ onFailure: endpointFailure, onSuccess: token }),
          ),
      },
      validate: {
        // The tokens are no part of a checkpoint.
        onResume: "never",
        run: ({ context, tokens }) => validate(options, tokens, context),
      },
    },
  });
}

/** What the chart is started with. */
export function inputOf<A, E, R>(
  options: AuthorizationCodeOptions<A, E, R>,
): AuthorizationCodeInput {
  return {
    issuer: options.client.server.issuer,
    clientId: options.client.clientId,
    redirectUri: options.redirectUri,
    scope: options.scope ?? [],
    resource: options.resource ?? [],
    acrValues: options.acrValues,
    maxAgeSeconds: options.maxAgeSeconds,
    memo: options.memo,
    lifetimeMillis: options.lifetimeMillis ?? LIFETIME_MILLIS,
    requestLimitMillis: (options.requestLimitMillis ?? REQUEST_LIMIT_MILLIS) + PATIENCE_MILLIS,
    validationLimitMillis: options.validationLimitMillis ?? VALIDATION_LIMIT_MILLIS,
  };
}

/** What a request is made of, whatever is done with its tokens. */
interface RequestOptions extends AuthorizationRequest.AuthorizationRequestOptions {
  readonly validate?: unknown;
}

const prepare: (
  options: RequestOptions,
) => Effect.Effect<PreparationAnswer, never, Digest.Digest | SecureRandom.SecureRandom> = Effect
  .fnUntraced(function* (options: RequestOptions) {
    const prepared = AuthorizationRequest.prepare(options);
    if (Result.isFailure(prepared)) return { type: "refused", error: prepared.failure };
    const random = yield* SecureRandom.SecureRandom;
    const bytes = yield* random.randomBytes(3 * ENTROPY_BYTES);
    const state = text(bytes.subarray(0, ENTROPY_BYTES));
    const nonce = text(bytes.subarray(ENTROPY_BYTES, 2 * ENTROPY_BYTES));
    // Whatever else an untyped caller may write, it does not turn it off.
    const pkce = options.pkce === "off-because-the-server-refuses-it"
      ? undefined
      : yield* Pkce.fromBytes(bytes.subarray(2 * ENTROPY_BYTES));
    const url = AuthorizationRequest.urlOf(prepared.success, {
      state,
      nonce: isNonceOfUse(options) ? nonce : undefined,
      challenge: pkce?.challenge,
    });
    return { type: "prepared", url, state, nonce, verifier: pkce?.verifier };
  });

/** A nonce is repeated in an ID token; where none will come, the server need not be bothered. */
function isNonceOfUse(options: RequestOptions): boolean {
  return options.validate !== undefined || options.scope?.includes("openid") === true;
}

function text(bytes: Uint8Array): Redacted.Redacted {
  return Redacted.make(Base64Url.encode(bytes));
}

function answerIn(parameters: CallbackParameters, asked: AskedFor): CallbackAnswer {
  return Result.match(read(parameters, asked), {
    onSuccess: (code) => ({ type: "authorization_code", code }),
    onFailure: callbackFailure,
  });
}

function callbackFailure(error: AuthorizationResponseError): CallbackAnswer {
  const { reason } = error;
  switch (reason._tag) {
    case "OtherState":
      return { type: "other_state" };
    case "Rejected":
      return { type: reason.code === "access_denied" ? "access_denied" : "refused", error };
    default:
      return { type: "malformed", error };
  }
}

function token(tokens: TokenSet): RedemptionAnswer {
  return { type: "token", tokens };
}

type EndpointFailure = Exclude<RedemptionAnswer, { readonly type: "token" }>;

function endpointFailure(error: EndpointError): EndpointFailure {
  switch (error.reason._tag) {
    case "Unreachable":
    case "Unavailable":
      return { type: "unreachable", error };
    case "Malformed":
      return { type: "malformed", error };
    default:
      return { type: "refused", error };
  }
}

function validate<A, E, R>(
  options: AuthorizationCodeOptions<A, E, R>,
  tokens: TokenSet,
  context: AuthorizationCodeContext,
): Effect.Effect<ValidationAnswer, never, R> {
  if (options.validate === undefined) {
    return Effect.succeed({ type: "valid", tokens, validated: undefined });
  }
  const { acrValues, maxAgeSeconds, nonce } = context;
  const expected = {
    client: options.client,
    nonce: nonce as Redacted.Redacted,
    maxAgeSeconds,
    acrValues,
  };
  return Effect.match(options.validate(tokens, expected), {
    onSuccess: (validated): ValidationAnswer => ({ type: "valid", tokens, validated }),
    onFailure: (error): ValidationAnswer =>
      error instanceof EndpointError ? endpointFailure(error) : { type: "invalid", error },
  });
}

interface ContextJson {
  readonly issuer: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scope: ReadonlyArray<string>;
  readonly resource: ReadonlyArray<string>;
  readonly acrValues?: ReadonlyArray<string> | undefined;
  readonly maxAgeSeconds?: number | undefined;
  readonly memo?: string | undefined;
  readonly lifetimeMillis: number;
  readonly requestLimitMillis: number;
  readonly validationLimitMillis: number;
  readonly state?: string | undefined;
  readonly nonce?: string | undefined;
  readonly verifier?: string | undefined;
}

const Secret = Schema.RedactedFromValue(Schema.String);

const ContextJson: Schema.Codec<AuthorizationCodeContext, ContextJson> = Schema.Struct({
  issuer: Schema.String,
  clientId: Schema.String,
  redirectUri: Schema.String,
  scope: Schema.Array(Schema.String),
  resource: Schema.Array(Schema.String),
  acrValues: Schema.optional(Schema.Array(Schema.String)),
  maxAgeSeconds: Schema.optional(Schema.Finite),
  memo: Schema.optional(Schema.String),
  lifetimeMillis: Schema.Finite,
  requestLimitMillis: Schema.Finite,
  validationLimitMillis: Schema.Finite,
  state: Schema.optional(Secret),
  nonce: Schema.optional(Secret),
  verifier: Schema.optional(Secret),
});
