/**
 * The session that a login replaces: its tokens are revoked at the server, so that nobody is left with
 * them.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import type { HttpClient } from "effect/http/HttpClient";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import type { EndpointError } from "@bellhop/core/protocol/endpoint_error";
import { expiresAtMillis, type TokenSet } from "@bellhop/core/protocol/token_set";
import type { SessionRecord } from "@bellhop/core/session/session_record";
import { type AppError, failureOf } from "./failure.ts";
import type { Profile } from "./profile.ts";
import { clientOf, isOf } from "./profile_session.ts";
import type { Screen } from "./screen.ts";
import { Settings } from "./settings.ts";
import { note, warn } from "./words.ts";

/** What was replaced, and by what. */
export interface ReplacedOptions {
  /** The record as it was. */
  readonly record: SessionRecord;
  /** The profile as it was, which knows where the client's secret is. */
  readonly profile: Profile | undefined;
  /** What was granted now. None of it is revoked, even if the server grants the same again. */
  readonly granted: TokenSet;
}

/** For as long as the server is given to hear of it. */
const limitMillis = 5_000;

/**
 * Tells the server. It is the user's wish to be logged in, so that nothing here makes the login fail:
 * where the server could not be told, that is said.
 */
export const revokeReplaced: (
  options: ReplacedOptions,
) => Effect.Effect<void, never, Settings | Screen | HttpClient | FileSystem.FileSystem> = Effect
  .fnUntraced(function* (options: ReplacedOptions) {
    const nowMillis = yield* Clock.currentTimeMillis;
    const tokens = tokensToRevoke(options, nowMillis);
    if (tokens.length === 0) return;
    const told = yield* Effect.result(tell(options, tokens)).pipe(
      Effect.timeoutOption(limitMillis),
    );
    if (Option.isNone(told)) return yield* warn(untold("it did not answer in time"));
    if (Result.isSuccess(told.value)) return;
    const { failure } = told.value;
    const words = untold(failureOf(failure).description);
    // A server that revokes nothing is no news.
    return yield* isUnsupported(failure) ? note(words) : warn(words);
  });

function untold(why: string): string {
  return `The server could not be told that the session before this one ends: ${why}. ` +
    "Its tokens live until they expire.";
}

interface Doomed {
  readonly token: Redacted.Redacted;
  readonly tokenTypeHint: "access_token" | "refresh_token";
}

/**
 * The tokens that live, the refresh token first: it takes the others of its grant with it.
 *
 * A server may give the same refresh token again for a second login of the same user, or the same
 * access token while it lives. Then both sessions are one family, and none of it is touched.
 */
export function tokensToRevoke(
  { record, granted }: Pick<ReplacedOptions, "record" | "granted">,
  nowMillis: number,
): ReadonlyArray<Doomed> {
  if (record.status !== "active") return [];
  const fresh = new Set(
    [granted.accessToken, granted.refreshToken].map((token) => token && Redacted.value(token)),
  );
  const isFresh = (token: Redacted.Redacted) => fresh.has(Redacted.value(token));
  const { refreshToken } = record;
  const living = record.accessTokens
    .map(({ tokens }) => tokens)
    .filter((tokens) => (expiresAtMillis(tokens) ?? Infinity) > nowMillis)
    .map(({ accessToken }) => accessToken);
  if ([...living, ...(refreshToken === undefined ? [] : [refreshToken])].some(isFresh)) return [];
  return [
    ...(refreshToken === undefined
      ? []
      : [{ token: refreshToken, tokenTypeHint: "refresh_token" } as const]),
    ...living.map((token) => ({ token, tokenTypeHint: "access_token" }) as const),
  ];
}

const tell: (
  options: ReplacedOptions,
  tokens: ReadonlyArray<Doomed>,
) => Effect.Effect<void, AppError, Settings | HttpClient | FileSystem.FileSystem> = Effect
  .fnUntraced(function* (
    { record, profile }: ReplacedOptions,
    tokens: ReadonlyArray<Doomed>,
  ) {
    const { requestLimitMillis } = yield* Settings;
    const client = yield* clientOf(record, isOf(profile, record) ? profile : undefined);
    const { revoke } = yield* Effect.promise(() => import("@bellhop/core/endpoint/revocation"));
    for (const { token, tokenTypeHint } of tokens) {
      yield* revoke(client, token, { tokenTypeHint, requestLimitMillis }).pipe(
        Effect.catchIf(
          (error) => tokenTypeHint === "access_token" && isOfRefreshTokensOnly(error),
          () => Effect.void,
        ),
      );
    }
  });

/** A server may revoke refresh tokens only. RFC 7009 section 2.2.1. */
function isOfRefreshTokensOnly({ reason }: EndpointError): boolean {
  return reason._tag === "Rejected" && reason.code === "unsupported_token_type";
}

function isUnsupported(error: AppError): boolean {
  return error._tag === "EndpointError" && error.reason._tag === "Unsupported";
}
