/**
 * The device authorization grant: a login for terminals, televisions and everything else that has no
 * browser of its own.
 *
 * ```ts
 * import { Console, Effect } from "effect";
 * import { FetchHttpClient } from "effect/http";
 * import * as Discovery from "@bellhop/core/endpoint/discovery";
 * import * as DeviceAuthorization from "@bellhop/core/grant/device_authorization";
 * import * as Client from "@bellhop/core/protocol/client";
 *
 * const login = Effect.gen(function* () {
 *   const server = yield* Discovery.discover("https://as.example.com");
 *   const client = yield* Client.make(server, { clientId: "my-terminal" });
 *   return yield* DeviceAuthorization.authorize({
 *     client,
 *     scope: ["openid", "offline_access"],
 *     onUserCode: ({ verificationUri, userCode }) =>
 *       Console.log(`Open ${verificationUri} and enter ${userCode}`),
 *   });
 * });
 *
 * export const main = login.pipe(Effect.provide(FetchHttpClient.layer));
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8628#section-3 | RFC 8628 section 3}
 * @module
 */
import * as Effect from "effect/Effect";
import type * as HttpClient from "effect/http/HttpClient";
import * as Schema from "effect/Schema";
import type * as Scope from "effect/Scope";
import {
  deviceAuthorization,
  type DeviceAuthorizationContext,
  type DeviceAuthorizationInput,
  type DeviceAuthorizationOutput,
  type DeviceCodeAnswer,
  type PollAnswer,
  type UserCode,
} from "../chart/device_authorization.ts";
import * as DeviceAuthorizationEndpoint from "../endpoint/device_authorization.ts";
import * as TokenEndpoint from "../endpoint/token.ts";
import { check, type Checkpoint } from "../flow/checkpoint.ts";
import { CheckpointError, OtherClient } from "../flow/checkpoint_error.ts";
import { define, type FlowDefinition } from "../flow/definition.ts";
import * as Flow from "../flow/flow.ts";
import type { Client } from "../protocol/client.ts";
import type { EndpointError } from "../protocol/endpoint_error.ts";
import type { TokenSet } from "../protocol/token_set.ts";
import {
  Cancelled,
  Denied,
  DeviceAuthorizationError,
  Expired,
  Malformed,
  Refused,
  Unreachable,
} from "./device_authorization_error.ts";

/** The chart's own type. */
export type DeviceAuthorizationChart = typeof deviceAuthorization;

/** The flow of one client, as {@linkcode flow} makes it. */
export type DeviceAuthorizationFlow = FlowDefinition<
  DeviceAuthorizationChart,
  HttpClient.HttpClient
>;

/** For whom, and for what, to ask. */
export interface DeviceAuthorizationOptions {
  /** Who asks, and at which server. */
  readonly client: Client;
  /**
   * Scopes to ask for.
   *
   * @default none: the server decides
   */
  readonly scope?: ReadonlyArray<string> | undefined;
  /** Where the token will be used. RFC 8707 section 2. */
  readonly resource?: ReadonlyArray<string> | undefined;
  /** The same in the words of servers that know no `resource`. */
  readonly audience?: string | undefined;
  /**
   * Limit of one request, in milliseconds.
   *
   * @default 10_000
   */
  readonly requestLimitMillis?: number | undefined;
}

/** What {@linkcode authorize} needs. */
export interface AuthorizeOptions<R = never> extends DeviceAuthorizationOptions {
  /**
   * Shows the code to the user. It runs beside the polling, and is interrupted when the flow ends
   * before it does.
   */
  readonly onUserCode: (code: UserCode) => Effect.Effect<void, never, R>;
}

const REQUEST_LIMIT_MILLIS = 10_000;
/** The chart gives up a little later than the request itself does. */
const PATIENCE_MILLIS = 5_000;
const GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code";

/**
 * Logs a user in by the device authorization grant.
 *
 * Nothing is retried but the poll itself; nothing is stored. Interruption ends the polling at once.
 *
 * @returns The tokens. Fails with the way it ended: `Denied`, `Expired`, `Refused`, `Malformed`,
 * `Unreachable` or `Cancelled`.
 */
export function authorize<R = never>(
  options: AuthorizeOptions<R>,
): Effect.Effect<TokenSet, DeviceAuthorizationError, HttpClient.HttpClient | R> {
  const running = Flow.run(flow(options), {
    input: inputOf(options),
    onEmit: options.onUserCode,
  });
  return Effect.flatMap(running, tokensOf);
}

/** Starts the same flow and hands it over while it runs: to watch, cancel or checkpoint it. */
export function start(
  options: DeviceAuthorizationOptions,
): Effect.Effect<
  Flow.Flow<DeviceAuthorizationChart>,
  never,
  HttpClient.HttpClient | Scope.Scope
> {
  return Flow.start(flow(options), { input: inputOf(options) });
}

/**
 * Goes on with a flow that waits for its user, perhaps in another process.
 *
 * @returns The running flow. Fails when the checkpoint is of another chart version, client or server.
 */
export function resume(
  options: DeviceAuthorizationOptions,
  checkpoint: Checkpoint<DeviceAuthorizationContext>,
): Effect.Effect<
  Flow.Flow<DeviceAuthorizationChart>,
  CheckpointError,
  HttpClient.HttpClient | Scope.Scope
> {
  const definition = flow(options);
  return Effect.flatMap(check(definition, checkpoint), () => {
    const { issuer, clientId } = inputOf(options);
    const { context } = checkpoint;
    if (context.issuer === issuer && context.clientId === clientId) {
      return Flow.resume(definition, checkpoint);
    }
    const [expected, found] = [nameOf({ issuer, clientId }), nameOf(context)];
    return Effect.fail(new CheckpointError({ reason: new OtherClient({ expected, found }) }));
  });
}

/** Turns the flow's output into tokens or the typed error. */
export function tokensOf(
  output: DeviceAuthorizationOutput,
): Effect.Effect<TokenSet, DeviceAuthorizationError> {
  switch (output._tag) {
    case "Authorized":
      return Effect.succeed(output.tokens);
    case "Denied":
      return fail(new Denied({ error: output.error }));
    case "Expired":
      return fail(new Expired({ error: output.error }));
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

/** The flow of one client: the chart, its operations bound to the client's endpoints. */
export function flow(options: DeviceAuthorizationOptions): DeviceAuthorizationFlow {
  const { client, resource, audience } = options;
  const requestLimitMillis = requestLimitOf(options);
  return define(deviceAuthorization, {
    context: ContextJson,
    operations: {
      requestDeviceCode: {
        onResume: "rerun",
        run: ({ scope }) =>
          DeviceAuthorizationEndpoint.request(client, {
            scope,
            resource,
            audience,
            requestLimitMillis,
          }).pipe(Effect.match({ onFailure: deviceCodeFailure, onSuccess: deviceCode })),
      },
      poll: {
        // Its answer is lost with the process that asked, and asking again at once would be early.
        onResume: lost,
        run: ({ deviceCode: device_code, scope }) =>
          TokenEndpoint.request(client, { grant_type: GRANT_TYPE, device_code }, {
            scope,
            requestLimitMillis,
          }).pipe(Effect.match({ onFailure: pollFailure, onSuccess: token })),
      },
    },
  });
}

function deviceCode(
  response: Extract<DeviceCodeAnswer, { type: "device_code" }>["response"],
): DeviceCodeAnswer {
  return { type: "device_code", response };
}

function deviceCodeFailure(error: EndpointError): DeviceCodeAnswer {
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

function lost(): PollAnswer {
  return { type: "unreachable" };
}

function token(tokens: TokenSet): PollAnswer {
  return { type: "token", tokens };
}

function pollFailure(error: EndpointError): PollAnswer {
  const { reason } = error;
  switch (reason._tag) {
    case "Unreachable":
      return { type: "unreachable", error };
    case "Unavailable":
      return { type: "unavailable", retryAfterMillis: reason.retryAfterMillis, error };
    case "Malformed":
      return { type: "malformed", error };
    case "Rejected":
      return rejected(error, reason.code, reason.retryAfterMillis);
    default:
      return { type: "refused", error };
  }
}

/** The four codes of RFC 8628 section 3.5; any other ends the polling. */
function rejected(
  error: EndpointError,
  code: string,
  retryAfterMillis: number | undefined,
): PollAnswer {
  switch (code) {
    case "authorization_pending":
    case "slow_down":
      return { type: code, retryAfterMillis };
    case "access_denied":
    case "expired_token":
      return { type: code, error };
    default:
      return { type: "refused", error };
  }
}

function fail(
  reason: DeviceAuthorizationError["reason"],
): Effect.Effect<never, DeviceAuthorizationError> {
  return Effect.fail(new DeviceAuthorizationError({ reason }));
}

function inputOf(options: DeviceAuthorizationOptions): DeviceAuthorizationInput {
  return {
    issuer: options.client.server.issuer,
    clientId: options.client.clientId,
    scope: options.scope ?? [],
    requestLimitMillis: requestLimitOf(options) + PATIENCE_MILLIS,
  };
}

/** The same for the requests and for the chart, which waits for them. */
function requestLimitOf(options: DeviceAuthorizationOptions): number {
  return options.requestLimitMillis ?? REQUEST_LIMIT_MILLIS;
}

function nameOf(
  { issuer, clientId }: { readonly issuer: string; readonly clientId: string },
): string {
  return `client "${clientId}" at "${issuer}"`;
}

interface ContextJson {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: ReadonlyArray<string>;
  readonly requestLimitMillis: number;
  readonly deviceCode?: string | undefined;
  readonly userCode: string;
  readonly verificationUri: string;
  readonly verificationUriComplete?: string | undefined;
  readonly lifetimeMillis: number;
  readonly intervalMillis: number;
  readonly waitMillis: number;
}

const ContextJson: Schema.Codec<DeviceAuthorizationContext, ContextJson> = Schema.Struct({
  issuer: Schema.String,
  clientId: Schema.String,
  scope: Schema.Array(Schema.String),
  requestLimitMillis: Schema.Finite,
  deviceCode: Schema.optional(Schema.RedactedFromValue(Schema.String)),
  userCode: Schema.String,
  verificationUri: Schema.String,
  verificationUriComplete: Schema.optional(Schema.String),
  lifetimeMillis: Schema.Finite,
  intervalMillis: Schema.Finite,
  waitMillis: Schema.Finite,
});

export type { UserCode };
