/**
 * The chart that the grants without a user share: one token request, asked again while no answer
 * comes and patience lasts.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-3.2 | RFC 6749 section 3.2}
 * @module
 */
import { assertEvent, assign, setup, stateIn } from "xstate";
import type { TokenSet } from "../protocol/token_set.ts";
import { operation } from "./operation.ts";
import type {
  TokenRequestAnswer,
  TokenRequestContext,
  TokenRequestEvent,
  TokenRequestInput,
  TokenRequestOutput,
} from "./token_request.ts";

/** What is said of one grant's chart. */
export interface TokenRequestWords {
  /** The machine's id. */
  readonly id: string;
  /** A sentence for each state that has the grant's own RFC section. */
  readonly descriptions: Readonly<
    Record<"trying" | "requesting" | "granted" | "refused", string>
  >;
}

type Unanswered = Extract<TokenRequestAnswer, { readonly spread: number }>;

const FIRST_BACKOFF_MILLIS = 1_000;
const MAX_BACKOFF_MILLIS = 60_000;

/**
 * The wait after no answer: half the backoff, or longer where the server asked for it, and by chance
 * up to half the backoff more, so that not everybody comes back at one instant.
 */
function waitAfter(
  { backoffMillis }: TokenRequestContext,
  event: Pick<Unanswered, "spread"> & { readonly retryAfterMillis?: number | undefined },
): number {
  const half = backoffMillis / 2;
  const asked = Math.min(MAX_BACKOFF_MILLIS, event.retryAfterMillis ?? 0);
  return Math.ceil(Math.max(half, asked) + half * event.spread);
}

/**
 * Makes the chart of one grant.
 *
 * Patience ends a wait and never a request that is under way, whose answer may be the only one to
 * hold a refresh token.
 */
// A chart is one literal, however long, and its type can only be inferred.
// oxlint-disable-next-line eslint/max-lines-per-function, typescript/explicit-module-boundary-types
export function tokenRequest<Tokens extends TokenSet = TokenSet>(
  { id, descriptions }: TokenRequestWords,
) {
  return setup({
    types: {
      input: {} as TokenRequestInput,
      context: {} as TokenRequestContext,
      events: {} as TokenRequestEvent<Tokens>,
      output: {} as TokenRequestOutput<Tokens>,
    },
    actors: { request: operation<undefined, TokenRequestAnswer<Tokens>>() },
    delays: {
      requestLimit: ({ context }) => context.requestLimitMillis,
      patience: ({ context }) => context.retryForMillis,
      backoff: ({ context }) => context.waitMillis,
    },
    guards: {
      isBackingOff: stateIn({ trying: "backingOff" }),
      isWorthWaiting: ({ context, event }) => {
        assertEvent(event, ["unreachable", "unavailable"]);
        return context.isPatient && waitAfter(context, event) < context.retryForMillis;
      },
    },
    actions: {
      losePatience: assign({ isPatient: false }),
      backOff: assign(({ context, event }) => {
        assertEvent(event, ["unreachable", "unavailable"]);
        return {
          waitMillis: waitAfter(context, event),
          backoffMillis: Math.min(MAX_BACKOFF_MILLIS, context.backoffMillis * 2),
          lastError: event.error,
        };
      }),
    },
  }).createMachine({
    id,
    version: "1",
    context: ({ input }) => ({
      issuer: input.issuer,
      clientId: input.clientId,
      requestLimitMillis: input.requestLimitMillis,
      retryForMillis: input.retryForMillis,
      isPatient: true,
      backoffMillis: FIRST_BACKOFF_MILLIS,
      waitMillis: 0,
    }),
    initial: "trying",
    states: {
      trying: {
        description: descriptions.trying,
        initial: "requesting",
        after: {
          patience: [
            { guard: "isBackingOff", target: "unreachable" },
            { actions: "losePatience" },
          ],
        },
        on: { cancel: "cancelled" },
        states: {
          requesting: {
            description: descriptions.requesting,
            invoke: { id: "request", src: "request" },
            after: { requestLimit: `#${id}.unreachable` },
            on: {
              token: `#${id}.granted`,
              refused: `#${id}.refused`,
              malformed: `#${id}.malformed`,
              unreachable: [
                { guard: "isWorthWaiting", target: "backingOff", actions: "backOff" },
                { target: `#${id}.unreachable` },
              ],
              unavailable: [
                { guard: "isWorthWaiting", target: "backingOff", actions: "backOff" },
                { target: `#${id}.unreachable` },
              ],
            },
          },
          backingOff: {
            description: "Waits, twice as long each time, or as told (RFC 9110 section 10.2.3)",
            after: { backoff: "requesting" },
          },
        },
      },
      granted: {
        description: descriptions.granted,
        type: "final",
        output: ({ event }) => {
          assertEvent(event, "token");
          return { _tag: "Granted" as const, tokens: event.tokens };
        },
      },
      refused: {
        description: descriptions.refused,
        type: "final",
        output: ({ event }) => {
          assertEvent(event, "refused");
          return { _tag: "Refused" as const, error: event.error };
        },
      },
      malformed: {
        description: "The server's answer makes no sense (RFC 6749 section 5)",
        type: "final",
        output: ({ event }) => {
          assertEvent(event, "malformed");
          return { _tag: "Malformed" as const, error: event.error };
        },
      },
      unreachable: {
        description: "Nothing but silence or server errors came in time (RFC 9110 section 15.6)",
        type: "final",
        output: ({ context, event }) => ({
          _tag: "Unreachable" as const,
          error: event.type === "unreachable" || event.type === "unavailable"
            ? event.error
            : context.lastError,
        }),
      },
      cancelled: {
        description: "Whoever ran the flow did not want it any more",
        type: "final",
        output: { _tag: "Cancelled" as const },
      },
    },
    output: ({ event }) => event.output as TokenRequestOutput<Tokens>,
  });
}
