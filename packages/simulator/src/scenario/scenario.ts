/**
 * A scenario: what runs in each process, and what it is asked to do when.
 *
 * @module
 */
import type * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { Draw } from "../seed.ts";
import type { ServerOptions } from "../server/server_options.ts";
import type { ProcessServices, Surroundings } from "../simulation/process_services.ts";
import type { Extent } from "../world/extent.ts";
import type { Process } from "../world/process.ts";

/** Something that a process is asked to do. */
export interface Errand {
  /** When, in milliseconds since the world's first moment. */
  readonly atMillis: number;
  /** The machine whose process is asked. */
  readonly machine: number;
  /** What, in the scenario's own words. */
  readonly what: string;
}

/** How a program fails: with an error that programs can match on. */
export interface Failure {
  /** Tells it from others. */
  readonly _tag: string;
}

/** What a process does with its errands. It never fails. */
export interface Desk {
  (what: string): Effect.Effect<void, never, ProcessServices>;
  /**
   * The program's own name for an errand, in reports.
   *
   * @default what the scenario calls it
   */
  readonly nameOf?: ((what: string) => string) | undefined;
}

/** What runs in a world. */
export interface Scenario {
  /** Its name, on command lines and in reports. */
  readonly name: string;
  /** How the authorization server behaves. */
  readonly server: (draw: Draw) => ServerOptions;
  /** What is to be done when. */
  readonly errands: (draw: Draw, extent: Extent) => ReadonlyArray<Errand>;
  /** What every process is asked at the end, when nothing has gone wrong for a while. */
  readonly last: ReadonlyArray<string>;
  /**
   * The program of a process. Its scope closes when the process is told to end; a crash closes
   * nothing. Where it fails, the process ends and is started again.
   */
  readonly open: (
    process: Process,
    surroundings: Surroundings,
  ) => Effect.Effect<Desk, Failure, ProcessServices | Scope.Scope>;
}
