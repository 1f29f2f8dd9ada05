/**
 * The authorization code grant as a chart: how it makes a request, waits for the browser to come
 * back, redeems the code once, has the tokens looked at, and ends.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.1 | RFC 6749 section 4.1}
 * @module
 */
import type { Redacted } from "effect/Redacted";
import { assertEvent, assign, emit, setup } from "xstate";
import type { CallbackParameters } from "../protocol/authorization_response.ts";
import type { TokenSet } from "../protocol/token_set.ts";
import type {
  AuthorizationCodeContext,
  AuthorizationCodeEvent,
  AuthorizationCodeInput,
  AuthorizationCodeOutput,
  AuthorizationUrl,
  CallbackAnswer,
  PreparationAnswer,
  RedemptionAnswer,
  ValidationAnswer,
} from "./authorization_code_event.ts";
import { operation } from "./operation.ts";

/** Authorization code grant with PKCE. RFC 6749 section 4.1, RFC 7636 section 1.1. */
export const authorizationCode = setup({
  types: {
    input: {} as AuthorizationCodeInput,
    context: {} as AuthorizationCodeContext,
    events: {} as AuthorizationCodeEvent,
    emitted: {} as AuthorizationUrl,
    output: {} as AuthorizationCodeOutput,
  },
  actors: {
    prepare: operation<undefined, PreparationAnswer>(),
    readCallback: operation<
      {
        readonly parameters: CallbackParameters;
        readonly state: Redacted;
        readonly nonce: Redacted;
      },
      CallbackAnswer
    >(),
    redeem: operation<
      {
        readonly code: Redacted;
        readonly redirectUri: string;
        readonly verifier: Redacted | undefined;
        readonly scope: ReadonlyArray<string>;
        readonly resource: ReadonlyArray<string>;
      },
      RedemptionAnswer
    >(),
    validate: operation<
      { readonly tokens: TokenSet; readonly context: AuthorizationCodeContext },
      ValidationAnswer
    >(),
  },
  delays: {
    lifetime: ({ context }) => context.lifetimeMillis,
    requestLimit: ({ context }) => context.requestLimitMillis,
    validationLimit: ({ context }) => context.validationLimitMillis,
  },
  actions: {
    keepRequest: assign(({ event }) => {
      assertEvent(event, "prepared");
      return { state: event.state, nonce: event.nonce, verifier: event.verifier };
    }),
    showUrl: emit(({ context, event }) => {
      assertEvent(event, "prepared");
      return {
        type: "authorization_url" as const,
        url: event.url,
        state: event.state,
        redirectUri: context.redirectUri,
        expiresInMillis: context.lifetimeMillis,
      };
    }),
  },
}).createMachine({
  id: "authorizationCode",
  version: "1",
  context: ({ input }) => ({ ...input }),
  initial: "preparing",
  states: {
    preparing: {
      description:
        "Makes state, nonce, verifier and the URL, new ones each time (RFC 7636 section 4.1)",
      invoke: { id: "prepare", src: "prepare" },
      after: { lifetime: "expired" },
      on: {
        prepared: { target: "awaitingCallback", actions: ["keepRequest", "showUrl"] },
        refused: "refused",
        cancel: "cancelled",
      },
    },
    awaitingCallback: {
      description: "The user decides in the browser (RFC 6749 section 4.1.1)",
      initial: "waiting",
      after: { lifetime: "expired" },
      on: {
        authorization_code: "redeeming",
        access_denied: "denied",
        refused: "refused",
        malformed: "malformed",
        cancel: "cancelled",
      },
      states: {
        waiting: {
          description: "Waits for a browser to come to the redirect URI (RFC 6749 section 3.1.2)",
          on: { callback: "reading" },
        },
        reading: {
          description:
            "Looks at state, then at the issuer, then at the rest (RFC 9207 section 2.4)",
          invoke: {
            id: "readCallback",
            src: "readCallback",
            input: ({ context, event }) => {
              assertEvent(event, "callback");
              return {
                parameters: event.parameters,
                state: context.state as Redacted,
                nonce: context.nonce as Redacted,
              };
            },
          },
          on: {
            callback: { target: "reading", reenter: true },
            other_state: "waiting",
          },
        },
      },
    },
    redeeming: {
      description:
        "Sends the code and the verifier to the issuer that was asked, once (RFC 6749 section 4.1.3)",
      invoke: {
        id: "redeem",
        src: "redeem",
        input: ({ context, event }) => {
          assertEvent(event, "authorization_code");
          return {
            code: event.code,
            redirectUri: context.redirectUri,
            verifier: context.verifier,
            scope: context.scope,
            resource: context.resource,
          };
        },
      },
      after: { requestLimit: "unreachable" },
      on: {
        token: "validating",
        refused: "refused",
        malformed: "malformed",
        unreachable: "unreachable",
        cancel: "cancelled",
      },
    },
    validating: {
      description:
        "Has the tokens looked at by whoever wants to, such as OpenID Connect (RFC 6749 section 5.1)",
      invoke: {
        id: "validate",
        src: "validate",
        input: ({ context, event }) => {
          assertEvent(event, "token");
          return { tokens: event.tokens, context };
        },
      },
      after: { validationLimit: "unreachable" },
      on: {
        valid: "authorized",
        invalid: "invalid",
        refused: "refused",
        malformed: "malformed",
        unreachable: "unreachable",
        cancel: "cancelled",
      },
    },
    authorized: {
      description: "The user agreed, and the tokens are here (RFC 6749 section 5.1)",
      type: "final",
      output: ({ context, event }) => {
        assertEvent(event, "valid");
        const { tokens, validated } = event;
        return { _tag: "Authorized" as const, tokens, validated, context };
      },
    },
    denied: {
      description: "The user or the server said no (RFC 6749 section 4.1.2.1, access_denied)",
      type: "final",
      output: ({ event }) => {
        assertEvent(event, "access_denied");
        return { _tag: "Denied" as const, error: event.error };
      },
    },
    expired: {
      description: "No browser came back in time (RFC 6749 section 4.1.1)",
      type: "final",
      output: { _tag: "Expired" as const },
    },
    refused: {
      description:
        "The server answered with another error, or cannot be asked for this (RFC 6749 section 5.2)",
      type: "final",
      output: ({ event }) => {
        assertEvent(event, "refused");
        return { _tag: "Refused" as const, error: event.error };
      },
    },
    malformed: {
      description:
        "The callback or the server's answer makes no sense, or is another server's (RFC 9207 section 2.4)",
      type: "final",
      output: ({ event }) => {
        assertEvent(event, "malformed");
        return { _tag: "Malformed" as const, error: event.error };
      },
    },
    invalid: {
      description: "The tokens are not what was asked for (RFC 6749 section 5.1)",
      type: "final",
      output: ({ event }) => {
        assertEvent(event, "invalid");
        return { _tag: "Invalid" as const, error: event.error };
      },
    },
    unreachable: {
      description:
        "No answer came for the code, which may be spent and is not sent again (RFC 6749 section 4.1.2)",
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
  output: ({ event }) => event.output as AuthorizationCodeOutput,
});
