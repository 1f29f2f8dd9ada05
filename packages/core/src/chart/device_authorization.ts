/**
 * The device authorization grant as a chart: how it asks for a code, waits for the user, polls,
 * backs off, and ends.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8628#section-3 | RFC 8628 section 3}
 * @module
 */
import type { Redacted } from "effect/Redacted";
import { assertEvent, assign, emit, setup } from "xstate";
import type { DeviceAuthorizationResponse } from "../protocol/device_authorization_response.ts";
import type { EndpointError } from "../protocol/endpoint_error.ts";
import type { TokenSet } from "../protocol/token_set.ts";
import { operation } from "./operation.ts";

/** What may answer the device authorization request. RFC 8628 section 3.2. */
export type DeviceCodeAnswer =
  | { readonly type: "device_code"; readonly response: DeviceAuthorizationResponse }
  | { readonly type: "refused"; readonly error: EndpointError }
  | { readonly type: "malformed"; readonly error: EndpointError }
  | { readonly type: "unreachable"; readonly error: EndpointError };

/** What may answer one poll. RFC 8628 section 3.5; `retryAfterMillis` is RFC 9110 section 10.2.3. */
export type PollAnswer =
  | { readonly type: "token"; readonly tokens: TokenSet }
  | { readonly type: "authorization_pending"; readonly retryAfterMillis?: number | undefined }
  | { readonly type: "slow_down"; readonly retryAfterMillis?: number | undefined }
  | { readonly type: "access_denied"; readonly error?: EndpointError | undefined }
  | { readonly type: "expired_token"; readonly error?: EndpointError | undefined }
  | { readonly type: "refused"; readonly error: EndpointError }
  | { readonly type: "malformed"; readonly error: EndpointError }
  /** No answer came: a connection failed or timed out, or its outcome is not known. */
  | { readonly type: "unreachable"; readonly error?: EndpointError | undefined }
  /** 5xx, or 429 without an OAuth error. */
  | {
    readonly type: "unavailable";
    readonly retryAfterMillis?: number | undefined;
    readonly error?: EndpointError | undefined;
  };

/** Everything that can happen to the flow. */
export type DeviceAuthorizationEvent =
  | DeviceCodeAnswer
  | PollAnswer
  /** Whoever runs the flow does not want it any more. */
  | { readonly type: "cancel" };

/** What the user must be shown. RFC 8628 section 3.3. */
export interface UserCode {
  readonly type: "user_code";
  /** The code that the user enters. */
  readonly userCode: string;
  /** Where the user enters the code. */
  readonly verificationUri: string;
  /** The same with the code in it, for a QR code; not every server gives it. */
  readonly verificationUriComplete: string | undefined;
  /** Lifetime of the code, in milliseconds from now. */
  readonly expiresInMillis: number;
  /** What the server asks to be waited between polls, in milliseconds. */
  readonly intervalMillis: number;
}

/** How the flow ended. */
export type DeviceAuthorizationOutput =
  | { readonly _tag: "Authorized"; readonly tokens: TokenSet }
  | { readonly _tag: "Denied"; readonly error: EndpointError | undefined }
  | { readonly _tag: "Expired"; readonly error: EndpointError | undefined }
  | { readonly _tag: "Refused"; readonly error: EndpointError }
  | { readonly _tag: "Malformed"; readonly error: EndpointError }
  | { readonly _tag: "Unreachable"; readonly error: EndpointError | undefined }
  | { readonly _tag: "Cancelled" };

/** What a flow is started with. */
export interface DeviceAuthorizationInput {
  /** Issuer of the server that the flow belongs to. */
  readonly issuer: string;
  /** As registered at the server. */
  readonly clientId: string;
  /** Scopes to ask for; none leaves the choice to the server. */
  readonly scope: ReadonlyArray<string>;
  /** After this long without any answer the first request is given up, in milliseconds. */
  readonly requestLimitMillis: number;
}

/** What the flow remembers. */
export interface DeviceAuthorizationContext extends DeviceAuthorizationInput {
  /** Absent until the server gave one. */
  readonly deviceCode?: Redacted | undefined;
  /** The code that the user enters. Empty until the server gave one. */
  readonly userCode: string;
  /** Where the user enters it. */
  readonly verificationUri: string;
  /** The same with the code in it. */
  readonly verificationUriComplete?: string | undefined;
  /** Lifetime of the codes, in milliseconds. */
  readonly lifetimeMillis: number;
  /** Interval between polls as it stands, in milliseconds: `slow_down` makes it longer. */
  readonly intervalMillis: number;
  /** How long to wait before the next poll. */
  readonly waitMillis: number;
  /** Why the last poll got no answer; absent where it got one. Not part of a checkpoint. */
  readonly lastError?: EndpointError | undefined;
}

const SLOW_DOWN_MILLIS = 5_000;
const MAX_BACKOFF_MILLIS = 60_000;
const MIN_MARGIN_MILLIS = 100;

/**
 * How long to wait for an interval: a little longer, since clocks drift, and more so in virtual
 * machines.
 */
function patient(intervalMillis: number): number {
  return intervalMillis + Math.max(MIN_MARGIN_MILLIS, Math.ceil(intervalMillis / 20));
}

/** The wait after an answer: the interval, or longer when the server asks for it. */
function waitFor(intervalMillis: number, retryAfterMillis: number | undefined): number {
  return Math.max(patient(intervalMillis), Math.min(MAX_BACKOFF_MILLIS, retryAfterMillis ?? 0));
}

/** The wait after no answer: twice the last one within bounds, and never less than the interval. */
function backOffFrom(
  { waitMillis, intervalMillis }: DeviceAuthorizationContext,
  retryAfterMillis: number | undefined,
): number {
  const longer = Math.max(waitMillis * 2, retryAfterMillis ?? 0);
  return Math.max(patient(intervalMillis), Math.min(MAX_BACKOFF_MILLIS, longer));
}

/** Device authorization grant. RFC 8628 section 3. */
export const deviceAuthorization = setup({
  types: {
    input: {} as DeviceAuthorizationInput,
    context: {} as DeviceAuthorizationContext,
    events: {} as DeviceAuthorizationEvent,
    emitted: {} as UserCode,
    output: {} as DeviceAuthorizationOutput,
  },
  actors: {
    requestDeviceCode: operation<
      { readonly scope: ReadonlyArray<string> },
      DeviceCodeAnswer
    >(),
    poll: operation<
      { readonly deviceCode: Redacted; readonly scope: ReadonlyArray<string> },
      PollAnswer
    >(),
  },
  delays: {
    requestLimit: ({ context }) => context.requestLimitMillis,
    lifetime: ({ context }) => context.lifetimeMillis,
    interval: ({ context }) => context.waitMillis,
    backoff: ({ context }) => context.waitMillis,
  },
  actions: {
    keepDeviceCode: assign(({ event }) => {
      assertEvent(event, "device_code");
      const { expiresInMillis, ...response } = event.response;
      return {
        deviceCode: response.deviceCode,
        userCode: response.userCode,
        verificationUri: response.verificationUri,
        verificationUriComplete: response.verificationUriComplete,
        lifetimeMillis: expiresInMillis,
        intervalMillis: response.intervalMillis,
        waitMillis: waitFor(response.intervalMillis, undefined),
      };
    }),
    showUserCode: emit(({ context }) => ({
      type: "user_code" as const,
      userCode: context.userCode,
      verificationUri: context.verificationUri,
      verificationUriComplete: context.verificationUriComplete,
      expiresInMillis: context.lifetimeMillis,
      intervalMillis: context.intervalMillis,
    })),
    keepInterval: assign(({ context, event }) => {
      assertEvent(event, "authorization_pending");
      const waitMillis = waitFor(context.intervalMillis, event.retryAfterMillis);
      return { waitMillis, lastError: undefined };
    }),
    slowDown: assign(({ context, event }) => {
      assertEvent(event, "slow_down");
      const intervalMillis = context.intervalMillis + SLOW_DOWN_MILLIS;
      const waitMillis = waitFor(intervalMillis, event.retryAfterMillis);
      return { intervalMillis, waitMillis, lastError: undefined };
    }),
    backOff: assign(({ context, event }) => {
      assertEvent(event, ["unreachable", "unavailable"]);
      const retryAfterMillis = event.type === "unavailable" ? event.retryAfterMillis : undefined;
      return { waitMillis: backOffFrom(context, retryAfterMillis), lastError: event.error };
    }),
  },
}).createMachine({
  id: "deviceAuthorization",
  version: "1",
  context: ({ input }) => ({
    issuer: input.issuer,
    clientId: input.clientId,
    scope: input.scope,
    requestLimitMillis: input.requestLimitMillis,
    userCode: "",
    verificationUri: "",
    lifetimeMillis: 0,
    intervalMillis: 0,
    waitMillis: 0,
  }),
  initial: "requestingDeviceCode",
  states: {
    requestingDeviceCode: {
      description: "Asks the server for a device code and a user code (RFC 8628 section 3.1)",
      invoke: {
        id: "requestDeviceCode",
        src: "requestDeviceCode",
        input: ({ context }) => ({ scope: context.scope }),
      },
      after: { requestLimit: "unreachable" },
      on: {
        device_code: { target: "awaitingUser", actions: ["keepDeviceCode", "showUserCode"] },
        refused: "refused",
        malformed: "malformed",
        unreachable: "unreachable",
        cancel: "cancelled",
      },
    },
    awaitingUser: {
      description: "The user enters the code on a second device (RFC 8628 section 3.3)",
      initial: "waiting",
      after: { lifetime: "expired" },
      on: { cancel: "cancelled" },
      states: {
        waiting: {
          description: "Waits for the interval, before the first poll too (RFC 8628 section 3.5)",
          after: { interval: "polling" },
        },
        polling: {
          description: "Asks once whether the user has decided (RFC 8628 sections 3.4 and 3.5)",
          invoke: {
            id: "poll",
            src: "poll",
            input: ({ context }) => ({
              deviceCode: context.deviceCode as Redacted,
              scope: context.scope,
            }),
          },
          on: {
            token: "#deviceAuthorization.authorized",
            authorization_pending: { target: "waiting", actions: "keepInterval" },
            slow_down: { target: "waiting", actions: "slowDown" },
            access_denied: "#deviceAuthorization.denied",
            expired_token: "#deviceAuthorization.expired",
            refused: "#deviceAuthorization.refused",
            malformed: "#deviceAuthorization.malformed",
            unreachable: { target: "backingOff", actions: "backOff" },
            unavailable: { target: "backingOff", actions: "backOff" },
          },
        },
        backingOff: {
          description:
            "Waits twice as long after each poll without an answer (RFC 8628 section 3.5)",
          after: { backoff: "polling" },
        },
      },
    },
    authorized: {
      description: "The user agreed, and the tokens are here (RFC 6749 section 5.1)",
      type: "final",
      output: ({ event }) => {
        assertEvent(event, "token");
        return { _tag: "Authorized" as const, tokens: event.tokens };
      },
    },
    denied: {
      description: "The user said no (RFC 8628 section 3.5, access_denied)",
      type: "final",
      output: ({ event }) => ({
        _tag: "Denied" as const,
        error: event.type === "access_denied" ? event.error : undefined,
      }),
    },
    expired: {
      description:
        "The code's lifetime is over, by our clock or the server's (RFC 8628 section 3.5)",
      type: "final",
      output: ({ context, event }) => ({
        _tag: "Expired" as const,
        error: event.type === "expired_token" ? event.error : context.lastError,
      }),
    },
    refused: {
      description: "The server answered with another error (RFC 6749 section 5.2)",
      type: "final",
      output: ({ event }) => {
        assertEvent(event, "refused");
        return { _tag: "Refused" as const, error: event.error };
      },
    },
    malformed: {
      description: "The server's answer makes no sense",
      type: "final",
      output: ({ event }) => {
        assertEvent(event, "malformed");
        return { _tag: "Malformed" as const, error: event.error };
      },
    },
    unreachable: {
      description: "The server could not be reached to begin with",
      type: "final",
      output: ({ event }) => ({
        _tag: "Unreachable" as const,
        error: event.type === "unreachable" ? event.error : undefined,
      }),
    },
    cancelled: {
      description: "Whoever ran the flow did not want it any more",
      type: "final",
      output: { _tag: "Cancelled" as const },
    },
  },
  output: ({ event }) => event.output as DeviceAuthorizationOutput,
});
