/**
 * Which of the flags that `effect/cli` brings a command line of ours has.
 *
 * @module
 */
import type * as Layer from "effect/Layer";
import * as CliConfig from "effect/cli/CliConfig";
import * as GlobalFlag from "effect/cli/GlobalFlag";

/** Help, version and completions; no wizard, and no log to set a level of. */
export const layerConfig: Layer.Layer<never> = CliConfig.layer({
  builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions],
});
