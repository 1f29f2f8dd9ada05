/**
 * Where the keys of a home are, written down in it: `store.choice.<version>`, the highest counts.
 *
 * Taking a version by `link` is what makes one choice of several: a keyring has no compare-and-swap,
 * so a key is first written into an entry of its own, with a name that nobody else has, and exists
 * for Bellhop only once a choice names that entry. An entry is never written twice.
 */
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import type { PlatformError } from "effect/PlatformError";
import * as Schema from "effect/Schema";
import { readBounded } from "./_bounded_file.ts";
import { faultOf, isNotFound, type RefusedFile } from "./_file_fault.ts";
import type { NewFileServices } from "./_new_file.ts";
import { highestVersion, pathOf, publish } from "./_version_files.ts";
import { KeySourceError } from "./key_source_error.ts";

/** Where keys are, and why there. */
export type KeyPlace =
  | { readonly store: "file"; readonly reason: string }
  | { readonly store: "keyring"; readonly account: string; readonly reason: string };

/** A place that was written down. */
export interface RecordedPlace {
  readonly place: KeyPlace;
  readonly version: number;
}

const format = 1;
const Recorded = Schema.fromJsonString(Schema.Struct({
  bellhop_store_choice: Schema.Finite,
  store: Schema.optionalKey(Schema.String),
  account: Schema.optionalKey(Schema.String),
  reason: Schema.optionalKey(Schema.String),
}));
const decodeRecorded = Schema.decodeUnknownOption(Recorded);

/** A choice takes some two hundred. */
const limitBytes = 4_096;
/** How often it may be replaced between finding and reading it. */
const readAttempts = 100;

/** Gives the place, none where nothing was chosen yet. */
export const readPlace: (
  home: string,
) => Effect.Effect<
  Option.Option<RecordedPlace>,
  KeySourceError,
  FileSystem.FileSystem | Path.Path
> = Effect.fnUntraced(function* (home: string) {
  const series = seriesIn(home);
  let location = home;
  for (let attempt = 0; attempt < readAttempts; attempt++) {
    const version = yield* Effect.mapError(
      highestVersion(series),
      (error) => fault("unreadable", error, home),
    );
    if (version === 0) return Option.none();
    location = yield* pathOf({ series, version });
    const content = yield* readBounded(location, limitBytes).pipe(
      Effect.map((bounded) => new TextDecoder().decode(bounded.content)),
      Effect.catchIf(isNotFound, () => Effect.succeed("")),
      Effect.mapError((error) => fault("unreadable", error, home)),
    );
    if (content === "") continue;
    return Option.some({ place: yield* decode(content, location), version });
  }
  return yield* malformed(location, "it is empty");
});

/** Writes a place down; `false` where another process was first. */
export const recordPlace: (
  home: string,
  recorded: RecordedPlace,
) => Effect.Effect<boolean, KeySourceError, NewFileServices> = Effect.fnUntraced(
  function* (home: string, { place, version }: RecordedPlace) {
    const json = JSON.stringify({ bellhop_store_choice: format, ...place });
    const content = new TextEncoder().encode(`${json}\n`);
    const published = yield* Effect.mapError(
      publish({ series: seriesIn(home), version }, { content }),
      (error) => fault("unwritable", error, home),
    );
    return Option.isSome(published);
  },
);

/** Path of the key file of a home. */
export const keyFileIn: (home: string) => Effect.Effect<string, never, Path.Path> = Effect
  .fnUntraced(function* (home: string) {
    return (yield* Path.Path).join(home, "store.key");
  });

function seriesIn(home: string) {
  return { directory: home, name: "store.choice" };
}

const decode = Effect.fnUntraced(function* (content: string, location: string) {
  const found = Option.getOrUndefined(decodeRecorded(content));
  if (found === undefined) return yield* malformed(location, "it is damaged");
  if (found.bellhop_store_choice > format) {
    return yield* malformed(location, "a newer Bellhop wrote it", "Update Bellhop to read it");
  }
  const { store, account, reason = "" } = found;
  if (store === "file") return { store, reason } satisfies KeyPlace;
  if (store === "keyring" && account !== undefined) {
    return { store, account, reason } satisfies KeyPlace;
  }
  return yield* malformed(location, "it is damaged");
});

function malformed(
  location: string,
  description: string,
  hint = "Restore it from a backup. It says where the sealing key is: " +
    "to start anew, move it and the sessions away and log in again",
): KeySourceError {
  return new KeySourceError({ problem: "malformed", location, description, hint });
}

function fault(
  problem: "unreadable" | "unwritable",
  error: PlatformError | RefusedFile,
  home: string,
): KeySourceError {
  return new KeySourceError({ problem, ...faultOf(error, home) });
}
