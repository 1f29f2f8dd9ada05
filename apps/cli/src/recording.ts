/**
 * `--record FILE`: what a command's flows, sessions and requests did, as JSON lines without secrets.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as FileSystem from "effect/FileSystem";
import * as Layer from "effect/Layer";
import type { RecorderError } from "@bellhop/inspector/recording/recorder_error";
import { type CommandError, configurationError } from "./command_error.ts";
import type { Screen } from "./screen.ts";
import { Settings } from "./settings.ts";
import { warn } from "./words.ts";

/** What recording needs. */
export type RecordingServices = Settings | Screen | FileSystem.FileSystem;

/**
 * Records the command that it is provided to, if that is asked for. The end of the command waits for
 * what is not written yet.
 *
 * @param name The command's name. Its arguments are not recorded, for they may hold anything.
 */
export function layer(name: string): Layer.Layer<never, CommandError, RecordingServices> {
  return Layer.unwrap(Effect.gen(function* () {
    const { record: path } = yield* Settings;
    if (path === undefined) return Layer.empty;
    const { file } = yield* Effect.promise(load);
    const words = yield* Effect.context<Settings | Screen>();
    const onFault = ({ message }: Error) => Effect.provide(warn(message), words);
    return Layer.catch(
      file(path, { name, onFault }),
      (error) => Layer.effectDiscard(Effect.fail(unwritable(error))),
    );
  }));
}

/** Where a recording cannot be written. */
function unwritable({ message, operation }: RecorderError): CommandError {
  return configurationError(
    message,
    operation === "protect"
      ? "Remove that file, or pass another --record FILE"
      : "Pass another --record FILE",
  );
}

/** Writes a recording that is whole already. */
export const writeRecording: (
  path: string,
  text: string,
) => Effect.Effect<void, CommandError, FileSystem.FileSystem> = Effect.fnUntraced(
  function* (path: string, text: string) {
    const { open } = yield* Effect.promise(() =>
      import("@bellhop/inspector/recording/recording_file")
    );
    const opened = yield* Effect.mapError(open(path), unwritable);
    yield* Effect.mapError(
      opened.writeAll(new TextEncoder().encode(text)),
      () =>
        configurationError(`Recording cannot be written to ${path}`, "Pass another --record FILE"),
    );
  },
  Effect.scoped,
);

/** Only here, so that no other run waits for it. */
function load() {
  return import("@bellhop/inspector/recording/recorder");
}
