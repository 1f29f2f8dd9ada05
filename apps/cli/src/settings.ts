/**
 * The flags that every command takes, and what they mean together with the environment.
 *
 * @module
 */
import * as Config from "effect/Config";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import * as Flag from "effect/cli/Flag";
import * as UserDirectories from "effect/persistence/UserDirectories";
import { type CommandError, configurationError, usageError } from "./command_error.ts";
import { durationFlag } from "./duration.ts";

/** Where sessions are kept: in memory, or in files whose key is where this says. */
export type StoreKind = "auto" | "keyring" | "file" | "memory";

/** What holds for a whole run. */
export interface Settings {
  /** Names the session. */
  readonly profile: string;
  /** Directory of everything that Bellhop keeps. */
  readonly home: string;
  readonly store: StoreKind;
  /** Limit of one request. */
  readonly requestLimitMillis: number;
  readonly isJson: boolean;
  readonly isQuiet: boolean;
  readonly isVerbose: boolean;
  /** The file that what happens is written to; absent: none. */
  readonly record?: string | undefined;
  /** Whether the live inspector shows the command. */
  readonly inspects?: boolean | undefined;
  /** Whether whoever runs the command shows its states. */
  readonly isShownElsewhere?: boolean | undefined;
}

/** Key of the {@linkcode Settings} service. */
export const Settings: Context.Service<Settings, Settings> = Context.Service(
  "bellhop/settings/Settings",
);

const requestLimitMillis = 10_000;

/** The flags, as the command line declares them. */
export const settingsFlags = {
  profile: Flag.String("profile").pipe(
    Flag.withDescription("Name of the session"),
    Flag.withMetavar("NAME"),
    Flag.withDefault("default"),
  ),
  store: Flag.Literals("store", ["auto", "keyring", "file", "memory"]).pipe(
    Flag.withDescription(
      "Where sessions are kept. Sealed files, their key in the system's keyring or in a file; auto: " +
        "the keyring where one answers; memory: gone when the command ends",
    ),
    Flag.withDefault("auto"),
  ),
  home: Flag.String("home").pipe(
    Flag.withDescription(
      "Directory of all that is kept (BELLHOP_HOME; else the user's data directory)",
    ),
    Flag.withMetavar("DIR"),
    Flag.optional,
  ),
  requestTimeout: durationFlag("request-timeout").pipe(
    Flag.withDescription("Limit of one request, such as 10s"),
    Flag.withDefault(requestLimitMillis),
  ),
  json: flag("json", "Write JSON lines to stdout, for programs"),
  quiet: flag("quiet", "Write nothing but what is asked for, and errors"),
  verbose: flag("verbose", "Say more"),
  record: Flag.String("record").pipe(
    Flag.withDescription(
      "Write what happens to this file, step by step and without secrets; of simulate the failing " +
        "run, else the last",
    ),
    Flag.withMetavar("FILE"),
    Flag.optional,
  ),
  inspect: flag(
    "inspect",
    "Show what happens in the browser while it does; of simulate the failing run, else the last, " +
      "when all have ended",
  ),
};

/** A flag that is there or not. */
export function flag(name: string, description: string): Flag.Flag<boolean> {
  return Flag.Boolean(name).pipe(
    Flag.withDescription(description),
    Flag.withDefault(false),
    Flag.withoutNegation,
  );
}

/** What {@linkcode settingsFlags} give. */
export interface SettingsInput {
  readonly profile: string;
  readonly store: StoreKind;
  readonly home: Option.Option<string>;
  readonly requestTimeout: number;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly record: Option.Option<string>;
  readonly inspect: boolean;
}

/** Resolves the flags. Fails where there is no directory to keep things in, or a name is none. */
export const resolve: (
  input: SettingsInput,
) => Effect.Effect<Settings, CommandError, Path.Path> = Effect.fnUntraced(
  function* (input: SettingsInput) {
    if (!/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/.test(input.profile)) {
      return yield* usageError(
        "The profile's name does not fit",
        "Use up to 64 letters, digits, dots, dashes, underscores and @, a letter or digit first",
      );
    }
    return {
      profile: input.profile,
      home: yield* homeOf(input.home),
      store: input.store,
      requestLimitMillis: input.requestTimeout,
      isJson: input.json,
      isQuiet: input.quiet,
      isVerbose: input.verbose,
      record: Option.getOrUndefined(input.record),
      inspects: input.inspect,
    };
  },
);

const homeOf = Effect.fnUntraced(function* (flag: Option.Option<string>) {
  const path = yield* Path.Path;
  const variable = yield* Config.option(Config.String("BELLHOP_HOME")).pipe(Effect.orDie);
  const told = Option.filter(Option.orElse(flag, () => variable), (text) => text !== "");
  if (Option.isSome(told)) return path.resolve(told.value);
  return yield* UserDirectories.make().data("bellhop").pipe(
    Effect.mapError(({ message }) =>
      configurationError(
        `There is no directory to keep sessions in: ${message}`,
        "Pass --home DIR, or set BELLHOP_HOME",
      )
    ),
  );
});
