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
import { StoreError, Unreadable, Unwritable } from "@bellhop/core/session/store_error";
import type { Grant } from "./grant.ts";

/** How the client proves who it is, as `--token-auth` names it. */
export type TokenAuth = "basic" | "post" | "none";

/** Where a client secret is. */
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
}

/** A server, a client registered there, and what it asks for. */
export interface Profile {
  readonly issuer: string;
  readonly clientId: string;
  /** How it logs in, and renews where that is the same. Absent: by the device grant. */
  readonly grant?: Grant;
  /** Absent: chosen from the server's metadata. */
  readonly tokenAuth?: TokenAuth;
  /** Absent: a public client. */
  readonly clientSecret?: SecretPlace;
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
  readonly grant?: Grant;
  readonly token_auth?: TokenAuth;
  readonly client_secret?: SecretPlace;
  readonly endpoints?: HandGivenEndpoints;
  readonly scope: ReadonlyArray<string>;
  readonly resource: ReadonlyArray<string>;
  readonly audience?: string;
}

const optionalText = Schema.optionalKey(Schema.NonEmptyString);

const ProfileJson: Schema.Codec<ProfileJson> = Schema.Struct({
  format: Schema.Literal(1),
  issuer: Schema.NonEmptyString,
  client_id: Schema.NonEmptyString,
  grant: Schema.optionalKey(Schema.Literals(["device", "client-credentials"])),
  token_auth: Schema.optionalKey(Schema.Literals(["basic", "post", "none"])),
  client_secret: Schema.optionalKey(Schema.Union([
    Schema.Struct({ file: Schema.NonEmptyString }),
    Schema.Struct({ env: Schema.NonEmptyString }),
  ])),
  endpoints: Schema.optionalKey(Schema.Struct({
    authorizationEndpoint: optionalText,
    tokenEndpoint: optionalText,
    deviceAuthorizationEndpoint: optionalText,
    revocationEndpoint: optionalText,
    introspectionEndpoint: optionalText,
    userinfoEndpoint: optionalText,
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
    const { client_id, token_auth, client_secret, format: _, ...rest } = profile.value;
    return Option.some<Profile>({
      ...rest,
      clientId: client_id,
      ...(token_auth === undefined ? {} : { tokenAuth: token_auth }),
      ...(client_secret === undefined ? {} : { clientSecret: client_secret }),
    });
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
    const { clientId, tokenAuth, clientSecret, ...rest } = profile;
    const json: ProfileJson = {
      format: 1,
      ...rest,
      client_id: clientId,
      ...(tokenAuth === undefined ? {} : { token_auth: tokenAuth }),
      ...(clientSecret === undefined ? {} : { client_secret: clientSecret }),
    };
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
