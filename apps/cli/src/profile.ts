/**
 * Profiles: what must be known to log in again, by name.
 *
 * They lie beside the sealed sessions as plain JSON, one file each, for three reasons: nothing in them is
 * secret (of a client secret they say *where* it is); they must outlive their session, so that `login`
 * works after `logout`; and `status` can name the server of a session that does not open.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import type { PlatformError } from "effect/PlatformError";
import * as Result from "effect/Result";
import * as Schema from "effect/Schema";
import * as Json from "@bellhop/core/protocol/json";
import type { AnyClientOptions } from "@bellhop/core/protocol/client";
import type { JwsAlgorithm } from "@bellhop/core/protocol/jws_algorithm";
import { StoreError, Unreadable, Unwritable } from "@bellhop/core/session/store_error";
import { grants, type GrantWish } from "./grant.ts";
import { jwsAlgorithms } from "./jws_algorithms.ts";
import { present } from "./present.ts";

/** How the client proves who it is, as `--token-auth` names it. */
export type TokenAuth = "basic" | "post" | "none" | "private-key-jwt" | "client-secret-jwt";

/** Every way, by its name. */
export const tokenAuths: readonly [TokenAuth, ...ReadonlyArray<TokenAuth>] = [
  "basic",
  "post",
  "none",
  "private-key-jwt",
  "client-secret-jwt",
];

/** How a client signs its assertions, as it is registered. */
export type ClientAlgorithm = NonNullable<AnyClientOptions["algorithm"]>;

/** Where a client's secret or key is. */
export type SecretPlace =
  | { readonly file: string }
  | { readonly env: string };

/** Endpoints that were given by hand, instead of discovery. */
export interface HandGivenEndpoints {
  readonly authorizationEndpoint?: string;
  readonly tokenEndpoint?: string;
  readonly deviceAuthorizationEndpoint?: string;
  readonly revocationEndpoint?: string;
  readonly introspectionEndpoint?: string;
  readonly userinfoEndpoint?: string;
  readonly jwksUri?: string;
}

/** Where the browser comes back to, as it is registered. */
export interface RedirectPlace {
  /** Absent: `/callback` on 127.0.0.1. */
  readonly uri?: string;
  /** Absent: the one of `uri`, else any that is free. */
  readonly port?: number;
}

/** A server, a client registered there, and what it asks for. */
export interface Profile {
  readonly issuer: string;
  readonly clientId: string;
  /** How it logs in, and renews where that is the same. Absent: by the device grant. */
  readonly grant?: GrantWish;
  /** Absent: chosen from the server's metadata. */
  readonly tokenAuth?: TokenAuth;
  /** Absent: a public client. */
  readonly clientSecret?: SecretPlace;
  /** Absent: a client that signs nothing with a key. */
  readonly clientKey?: SecretPlace;
  /** Absent: by the key, or what the server's metadata says. */
  readonly clientAlgorithm?: ClientAlgorithm;
  /** How the server signs this client's ID tokens. Absent: by its metadata. */
  readonly idTokenAlgorithm?: JwsAlgorithm;
  /** Absent: any free port. */
  readonly redirect?: RedirectPlace;
  /** Absent: found by discovery. */
  readonly endpoints?: HandGivenEndpoints;
  readonly scope: ReadonlyArray<string>;
  readonly resource: ReadonlyArray<string>;
  readonly audience?: string;
}

interface ProfileJson {
  readonly format: 1;
  readonly issuer: string;
  readonly client_id: string;
  readonly grant?: GrantWish;
  readonly token_auth?: TokenAuth;
  readonly client_secret?: SecretPlace;
  readonly client_key?: SecretPlace;
  readonly client_key_alg?: ClientAlgorithm;
  readonly id_token_alg?: JwsAlgorithm;
  readonly redirect?: RedirectPlace;
  readonly endpoints?: HandGivenEndpoints;
  readonly scope: ReadonlyArray<string>;
  readonly resource: ReadonlyArray<string>;
  readonly audience?: string;
}

const optionalText = Schema.optionalKey(Schema.NonEmptyString);

const SecretPlace: Schema.Codec<SecretPlace> = Schema.Union([
  Schema.Struct({ file: Schema.NonEmptyString }),
  Schema.Struct({ env: Schema.NonEmptyString }),
]);

const Algorithm: Schema.Codec<JwsAlgorithm> = Schema.Literals(jwsAlgorithms);

const ProfileJson: Schema.Codec<ProfileJson> = Schema.Struct({
  format: Schema.Literal(1),
  issuer: Schema.NonEmptyString,
  client_id: Schema.NonEmptyString,
  grant: Schema.optionalKey(Schema.Literals(grants)),
  token_auth: Schema.optionalKey(Schema.Literals(tokenAuths)),
  client_secret: Schema.optionalKey(SecretPlace),
  client_key: Schema.optionalKey(SecretPlace),
  client_key_alg: Schema.optionalKey(Algorithm),
  id_token_alg: Schema.optionalKey(Algorithm),
  redirect: Schema.optionalKey(Schema.Struct({
    uri: optionalText,
    port: Schema.optionalKey(Schema.Finite),
  })),
  endpoints: Schema.optionalKey(Schema.Struct({
    authorizationEndpoint: optionalText,
    tokenEndpoint: optionalText,
    deviceAuthorizationEndpoint: optionalText,
    revocationEndpoint: optionalText,
    introspectionEndpoint: optionalText,
    userinfoEndpoint: optionalText,
    jwksUri: optionalText,
  })),
  scope: Schema.Array(Schema.String),
  resource: Schema.Array(Schema.String),
  audience: optionalText,
});

const decodeProfile = Schema.decodeUnknownOption(ProfileJson);

/** What reading and writing profiles needs. */
export type ProfileServices = FileSystem.FileSystem | Path.Path;

/** Reads a profile; none where there is no such file. */
export const read: (
  home: string,
  name: string,
) => Effect.Effect<Option.Option<Profile>, StoreError, ProfileServices> = Effect.fnUntraced(
  function* (home: string, name: string) {
    const fs = yield* FileSystem.FileSystem;
    const location = yield* pathOf(home, name);
    const text = yield* fs.readFileString(location).pipe(
      Effect.asSome,
      Effect.catchIf(isNotFound, () => Effect.succeedNone),
      Effect.mapError((error) => unreadable(error, location)),
    );
    if (Option.isNone(text)) return Option.none<Profile>();
    const json = Result.getOrUndefined(Json.parse(text.value));
    const profile = decodeProfile(json);
    if (Option.isNone(profile)) {
      return yield* new StoreError({
        reason: new Unreadable({
          location,
          description: "it is not a profile that this version knows",
          hint: "Correct or remove the file, then log in with --issuer and --client-id",
        }),
      });
    }
    return Option.some(fromJson(profile.value));
  },
);

/** Writes a profile: whole, or not at all. */
export const write: (
  home: string,
  name: string,
  profile: Profile,
) => Effect.Effect<void, StoreError, ProfileServices> = Effect.fnUntraced(
  function* (home: string, name: string, profile: Profile) {
    const fs = yield* FileSystem.FileSystem;
    const path = yield* Path.Path;
    const location = yield* pathOf(home, name);
    const json = toJson(profile);
    yield* Effect.gen(function* () {
      const directory = path.dirname(location);
      yield* fs.makeDirectory(directory, { recursive: true, mode: 0o700 });
      const whole = yield* fs.makeTempDirectoryScoped({ directory, prefix: ".new-" });
      const draft = path.join(whole, "profile.json");
      yield* fs.writeFileString(draft, `${JSON.stringify(json, null, 2)}\n`, { mode: 0o600 });
      yield* fs.rename(draft, location);
    }).pipe(Effect.scoped, Effect.mapError((error) => unwritable(error, location)));
  },
);

/** Removes a profile. Gives whether there was one. */
export const remove: (
  home: string,
  name: string,
) => Effect.Effect<boolean, StoreError, ProfileServices> = Effect.fnUntraced(
  function* (home: string, name: string) {
    const fs = yield* FileSystem.FileSystem;
    const location = yield* pathOf(home, name);
    return yield* fs.remove(location).pipe(
      Effect.as(true),
      Effect.catchIf(isNotFound, () => Effect.succeed(false)),
      Effect.mapError((error) => unwritable(error, location)),
    );
  },
);

/** Names of all profiles, sorted. */
export const list: (
  home: string,
) => Effect.Effect<ReadonlyArray<string>, StoreError, ProfileServices> = Effect.fnUntraced(
  function* (home: string) {
    const fs = yield* FileSystem.FileSystem;
    const path = yield* Path.Path;
    const directory = path.join(home, "profiles");
    const files = yield* fs.readDirectory(directory).pipe(
      Effect.catchIf(isNotFound, () => Effect.succeed<Array<string>>([])),
      Effect.mapError((error) => unreadable(error, directory)),
    );
    return files.flatMap(nameOfFile).toSorted();
  },
);

function fromJson(json: ProfileJson): Profile {
  const { client_id, token_auth, client_secret, client_key, client_key_alg, id_token_alg } = json;
  const { issuer, grant, redirect, endpoints, scope, resource, audience } = json;
  const optional = {
    grant,
    tokenAuth: token_auth,
    clientSecret: client_secret,
    clientKey: client_key,
    clientAlgorithm: client_key_alg,
    idTokenAlgorithm: id_token_alg,
    redirect,
    endpoints,
    audience,
  };
  return { issuer, clientId: client_id, scope, resource, ...present(optional) };
}

function toJson(profile: Profile): ProfileJson {
  const { issuer, clientId, scope, resource } = profile;
  const optional = {
    grant: profile.grant,
    token_auth: profile.tokenAuth,
    client_secret: profile.clientSecret,
    client_key: profile.clientKey,
    client_key_alg: profile.clientAlgorithm,
    id_token_alg: profile.idTokenAlgorithm,
    redirect: profile.redirect,
    endpoints: profile.endpoints,
    audience: profile.audience,
  };
  return { format: 1, issuer, client_id: clientId, ...present(optional), scope, resource };
}

/** Capitals are marked, since `Work` and `work` are one file on some systems. */
const pathOf = Effect.fnUntraced(function* (home: string, name: string) {
  const path = yield* Path.Path;
  const file = name.replace(/[A-Z]/g, (letter) => `~${letter.toLowerCase()}`);
  return path.join(home, "profiles", `profile-${file}.json`);
});

function nameOfFile(file: string): ReadonlyArray<string> {
  const name = /^profile-(.+)\.json$/.exec(file)?.[1];
  return name === undefined
    ? []
    : [name.replace(/~([a-z])/g, (_, letter: string) => letter.toUpperCase())];
}

function isNotFound(error: PlatformError): boolean {
  return error.reason._tag === "NotFound";
}

function unreadable(error: PlatformError, location: string): StoreError {
  return new StoreError({ reason: new Unreadable(wordsOf(error, location)) });
}

function unwritable(error: PlatformError, location: string): StoreError {
  return new StoreError({ reason: new Unwritable(wordsOf(error, location)) });
}

function wordsOf({ reason }: PlatformError, location: string) {
  const { _tag: tag } = reason;
  return {
    location,
    description: tag === "PermissionDenied" ? "permission denied" : `the system says ${tag}`,
    hint: "Check the directory's owner and mode, or pass another one as --home DIR",
  };
}
