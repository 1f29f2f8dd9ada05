import { Effect, Exit, Redacted, Stream } from "effect";
import type { TokenSet } from "../../protocol/token_set.ts";
import { Session, type TokenOptions } from "../../session/session.ts";
import { ReauthorizationRequired, SessionError } from "../../session/session_error.ts";
import type { SessionState } from "../../session/session_state.ts";

/** A token set as a session hands it out. */
export function tokenSet(accessToken: string, tokenType = "Bearer"): TokenSet {
  return { accessToken: Redacted.make(accessToken), tokenType, obtainedAtMillis: 0, scope: [] };
}

/** What a session that has ended says. */
export const ended = new SessionError({
  reason: new ReauthorizationRequired({ key: "work", code: "invalid_grant", atMillis: 0 }),
});

/** How a scripted session answers. */
export interface Script {
  /** @default a token "first" that is in hand */
  readonly token?: Effect.Effect<TokenSet, SessionError>;
  /** @default "second" */
  readonly replace?: Effect.Effect<TokenSet, SessionError>;
}

/** A session that answers by a script and keeps what it was asked. */
export function scriptedSession(script: Script = {}): {
  readonly session: Session;
  readonly asked: Array<TokenOptions | undefined>;
  readonly replaced: Array<readonly [string, TokenOptions | undefined]>;
} {
  const asked: Array<TokenOptions | undefined> = [];
  const replaced: Array<readonly [string, TokenOptions | undefined]> = [];
  const token = script.token ?? Exit.succeed(tokenSet("first"));
  const replace = script.replace ?? Effect.yieldNow.pipe(Effect.as(tokenSet("second")));
  const state: SessionState = { name: "fresh", path: "fresh", atMillis: 0, version: 1 };
  const session = Session.of({
    key: "work",
    token: (options) => {
      asked.push(options);
      return token;
    },
    replace: (rejected, options) =>
      Effect.suspend(() => {
        replaced.push([Redacted.value(rejected), options]);
        return replace;
      }),
    signIn: () => Effect.void,
    revoke: () => Effect.succeed({ untold: [] }),
    introspect: () => Effect.succeed({ active: true }),
    state: Effect.succeed(state),
    changes: Stream.make(state),
  });
  return { session, asked, replaced };
}
