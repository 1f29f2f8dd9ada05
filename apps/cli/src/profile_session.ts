/**
 * The session of a profile, opened from what its record and its profile know: no discovery.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type * as FileSystem from "effect/FileSystem";
import type { HttpClient } from "effect/http/HttpClient";
import * as Option from "effect/Option";
import type * as Path from "effect/Path";
import type * as Scope from "effect/Scope";
import * as Stream from "effect/Stream";
import type { Digest } from "effect/crypto/Digest";
import type { Client, ClientConfigError } from "@bellhop/core/protocol/client";
import type { EndpointError } from "@bellhop/core/protocol/endpoint_error";
import type { TokenSet } from "@bellhop/core/protocol/token_set";
import type { Session, SessionOptions } from "@bellhop/core/session/session";
import type { SessionError } from "@bellhop/core/session/session_error";
import {
  serverOf,
  type SessionRecord,
  type TokenRequest,
} from "@bellhop/core/session/session_record";
import type { SessionVault } from "@bellhop/core/session/session_vault";
import type { StoreError } from "@bellhop/core/session/store_error";
import { clientAt, tokenAuthOf } from "./client.ts";
import type { CommandError } from "./command_error.ts";
import { credentialsOf } from "./credentials.ts";
import { failureOf } from "./failure.ts";
import { livingToken } from "./held_token.ts";
import * as Profile from "./profile.ts";
import type { Screen } from "./screen.ts";
import { Settings } from "./settings.ts";
import { warn } from "./words.ts";

/** Which session. */
export interface OpenOptions {
  /** Name of the profile. */
  readonly name: string;
  /** What the store holds under it. */
  readonly record: SessionRecord;
}

/** What opening needs. */
export type OpenServices =
  | SessionVault
  | Settings
  | HttpClient
  | Digest
  | FileSystem.FileSystem
  | Path.Path
  | Scope.Scope;

/** Why a session cannot be opened. */
export type OpenError = CommandError | ClientConfigError | StoreError | SessionError;

/** The shortest time for which a renewal keeps other processes out, however short its requests. */
const leastLeaseMillis = 15_000;

/** Opens it until the scope closes, which waits for a request that is out and for its write. */
export const openSession: (
  options: OpenOptions,
) => Effect.Effect<Session, OpenError, OpenServices> = Effect.fnUntraced(
  function* ({ name, record }: OpenOptions) {
    const { home, requestLimitMillis } = yield* Settings;
    const known = Option.getOrUndefined(yield* Profile.read(home, name));
    const profile = isOf(known, record) ? known : undefined;
    const client = yield* clientOf(record, profile);
    const { open } = yield* Effect.promise(() => import("@bellhop/core/session/session"));
    const [first] = record.accessTokens;
    return yield* open<HttpClient>({
      key: name,
      client,
      resource: nonEmpty(first?.resource),
      ...(yield* acquisition({ client, profile, record, requestLimitMillis })),
      patienceMillis: 0,
      requestLimitMillis,
      leaseTtlMillis: Math.max(leastLeaseMillis, 3 * requestLimitMillis),
    });
  },
);

/**
 * Opens it; where that takes something that is missing, such as the client's secret, a token that lives
 * is used as long as it does.
 *
 * @param minTtlMillis For how long the token must live at least.
 */
export function openOrHold(
  options: OpenOptions,
  minTtlMillis = 0,
): Effect.Effect<Session, OpenError, OpenServices | Screen> {
  return Effect.catchTag(
    openSession(options),
    ["CommandError", "ClientConfigError"],
    (error) =>
      Effect.gen(function* () {
        const nowMillis = yield* Clock.currentTimeMillis;
        const tokens = livingToken(options.record, { nowMillis, minTtlMillis });
        if (tokens === undefined) return yield* error;
        yield* warn(`The session cannot be renewed: ${failureOf(error).description}`);
        return heldSession(options.name, tokens);
      }),
  );
}

/** Beside the request of a renewal: for the store, and for others who hold the lease. */
const storeMillis = 5_000;

/**
 * Finishes the renewal that a due token has begun behind its user's back. Bounded, since the token
 * lives: the next command goes on where this one left off.
 */
export const finishRenewal: (
  session: Session,
) => Effect.Effect<void, never, Settings> = Effect.fnUntraced(
  function* (session: Session) {
    const { dueAtMillis, expiresAtMillis } = yield* session.state;
    const nowMillis = yield* Clock.currentTimeMillis;
    if (dueAtMillis === undefined || expiresAtMillis === undefined || nowMillis < dueAtMillis) {
      return;
    }
    // Longer than it lives: whoever wants that waits for the renewal, which all share.
    const minTtlMillis = Math.max(0, expiresAtMillis - nowMillis) + 1;
    const { requestLimitMillis } = yield* Settings;
    yield* Effect.timeoutOption(
      Effect.exit(session.token({ minTtlMillis })),
      requestLimitMillis + storeMillis,
    );
  },
);

/** The client that a record was granted to, with the credentials from where its profile says they are. */
export const clientOf: (
  record: SessionRecord,
  profile: Profile.Profile | undefined,
) => Effect.Effect<Client, CommandError | ClientConfigError, FileSystem.FileSystem> = Effect
  .fnUntraced(function* (record: SessionRecord, profile: Profile.Profile | undefined) {
    const tokenAuth = tokenAuthOf(record.authenticationMethod);
    const credentials = yield* credentialsOf(tokenAuth === "none" ? undefined : profile);
    return yield* clientAt(serverOf(record), {
      clientId: record.clientId,
      tokenAuth,
      ...credentials,
      clientAlgorithm: profile?.clientAlgorithm,
    });
  });

/** Whether a profile is of the client that a record was granted to. */
export function isOf(
  profile: Profile.Profile | undefined,
  record: Pick<SessionRecord, "issuer" | "clientId">,
): boolean {
  return profile?.issuer === record.issuer && profile.clientId === record.clientId;
}

interface AcquisitionOptions {
  readonly client: Client;
  readonly profile: Profile.Profile | undefined;
  readonly record: SessionRecord;
  readonly requestLimitMillis: number;
}

/** How the session renews where that takes no refresh token, but the grant itself. */
const acquisition = Effect.fnUntraced(
  function* ({ client, profile, record, requestLimitMillis }: AcquisitionOptions) {
    if (profile?.grant !== "client-credentials") return {};
    const { request } = yield* Effect.promise(() =>
      import("@bellhop/core/grant/client_credentials")
    );
    const acquire = (
      { scope, resource }: TokenRequest,
    ): Effect.Effect<TokenSet, EndpointError, HttpClient> =>
      request({
        client,
        scope: nonEmpty(scope),
        resource: nonEmpty(resource),
        audience: profile.audience,
        requestLimitMillis,
      });
    const scope = record.accessTokens[0]?.requestedScope ?? profile.scope;
    return { acquire, scope } satisfies Partial<SessionOptions<HttpClient>>;
  },
);

function nonEmpty(texts: ReadonlyArray<string> | undefined): ReadonlyArray<string> | undefined {
  return texts?.length === 0 ? undefined : texts;
}

/** A session that has one token and cannot get another. */
function heldSession(key: string, tokens: TokenSet): Session {
  const held = Exit.succeed(tokens);
  const state = {
    name: "fresh",
    path: "fresh",
    atMillis: tokens.obtainedAtMillis,
    version: null,
  } as const;
  return {
    key,
    token: () => held,
    replace: () => held,
    signIn: () => Effect.die(new Error("A held session stores nothing")),
    revoke: () => Effect.die(new Error("A held session revokes nothing")),
    introspect: () => Effect.die(new Error("A held session asks nothing")),
    state: Effect.succeed(state),
    changes: Stream.make(state),
  };
}
