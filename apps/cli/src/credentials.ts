/**
 * What a client proves itself with: a secret or a private key, read from where its profile says it is.
 *
 * @module
 */
import * as Config from "effect/Config";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import { type CommandError, configurationError } from "./command_error.ts";
import type { Profile, SecretPlace } from "./profile.ts";

/** What was found. */
export interface Credentials {
  /** `undefined`: a client that is public, or has a key. */
  readonly clientSecret: Redacted.Redacted | undefined;
  /** A private JSON Web Key, as text. `undefined`: a client that is public, or has a secret. */
  readonly clientKey: Redacted.Redacted | undefined;
}

/** Reads what a profile says where it is. */
export const credentialsOf: (
  profile: Pick<Profile, "clientSecret" | "clientKey"> | undefined,
) => Effect.Effect<Credentials, CommandError, FileSystem.FileSystem> = Effect.fnUntraced(
  function* (profile: Pick<Profile, "clientSecret" | "clientKey"> | undefined) {
    const { clientSecret, clientKey } = profile ?? {};
    return {
      clientSecret: yield* read(clientSecret, secretWords),
      clientKey: yield* read(clientKey, keyWords),
    };
  },
);

/** Environment variables that hold a credential: they are no business of other programs. */
export function secretVariables(
  { clientSecret, clientKey }: Pick<Profile, "clientSecret" | "clientKey">,
): ReadonlyArray<string> {
  return [clientSecret, clientKey].flatMap((place) =>
    place !== undefined && "env" in place ? [place.env] : []
  );
}

interface Words {
  readonly name: string;
  readonly flag: string;
}

const secretWords: Words = { name: "client secret", flag: "--client-secret" };
const keyWords: Words = { name: "client key", flag: "--client-key" };

function read(
  place: SecretPlace | undefined,
  words: Words,
): Effect.Effect<Redacted.Redacted | undefined, CommandError, FileSystem.FileSystem> {
  if (place === undefined) return Effect.succeed(undefined);
  return "env" in place ? fromVariable(place.env, words) : fromFile(place.file, words);
}

const fromVariable = Effect.fnUntraced(function* (variable: string, { name, flag }: Words) {
  const value = yield* Effect.orDie(Config.option(Config.Redacted(variable)));
  if (Option.isNone(value) || Redacted.value(value.value) === "") {
    return yield* configurationError(
      `The environment variable "${variable}" holds no ${name}`,
      `Set it, or pass ${flag}-env or ${flag}-file for another place`,
    );
  }
  return value.value;
});

const fromFile = Effect.fnUntraced(function* (file: string, { name, flag }: Words) {
  const fs = yield* FileSystem.FileSystem;
  const text = yield* fs.readFileString(file).pipe(
    Effect.mapError(({ reason }) =>
      configurationError(
        `The ${name} cannot be read from "${file}" (${reason._tag})`,
        `Check the path and who may read it, or pass ${flag}-file for another place`,
      )
    ),
  );
  const secret = text.replace(/\r?\n$/, "");
  if (secret === "") {
    return yield* configurationError(
      `The file "${file}" holds no ${name}`,
      `Write it there, or pass ${flag}-file for another place`,
    );
  }
  return Redacted.make(secret);
});
