/**
 * A scenario made of a team's own program.
 *
 * ```ts
 * import { Effect } from "effect";
 * import { HttpClient } from "effect/http";
 * import * as SessionClient from "@bellhop/core/http/session_client";
 * import { open } from "@bellhop/core/session/session";
 * import * as Program from "@bellhop/simulator/scenario/program";
 * import * as Simulated from "@bellhop/simulator/scenario/simulated_client";
 * import { run } from "@bellhop/simulator/simulation/simulation";
 * import { equal } from "node:assert/strict";
 *
 * const scenario = Program.make({
 *   name: "reports",
 *   signedIn: ["reports"],
 *   start: () => Effect.gen(function* () {
 *     const session = yield* open({ key: "reports", client: Simulated.publicClient });
 *     const client = yield* HttpClient.HttpClient;
 *     const api = yield* SessionClient.make(client, session, {
 *       origins: ["https://as.example.com"],
 *     });
 *     return { report: Effect.scoped(Effect.timeout(api.get(Simulated.apiUrl), 30_000)) };
 *   }),
 * });
 * equal(run({ seed: 1, scenario, processes: 3 }).violation, undefined);
 * ```
 *
 * @module
 */
import * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as Exit from "effect/Exit";
import type * as Scope from "effect/Scope";
import * as DeviceAuthorization from "@bellhop/core/grant/device_authorization";
import { fromTokens } from "@bellhop/core/session/session_record";
import { SessionVault } from "@bellhop/core/session/session_vault";
import type { ServerHost } from "../network/server_host.ts";
import type { ServerOptions } from "../server/server_options.ts";
import type { ProcessServices, Surroundings } from "../simulation/process_services.ts";
import type { Process } from "../world/process.ts";
import { drawServer } from "./draw_server.ts";
import { reasonOf } from "./_reason.ts";
import type { Failure, Scenario } from "./scenario.ts";
import { publicClient } from "./simulated_client.ts";

export { watched } from "./watched_session.ts";

/** What a program can be asked to do, by names. */
export type Errands = Readonly<Record<string, Effect.Effect<unknown, Failure, ProcessServices>>>;

/** A team's own program, and how it is used. */
export interface ProgramOptions {
  /** The scenario's name, in reports. */
  readonly name: string;
  /**
   * The program of each process, begun again after each crash. What it opens stays open until its
   * process ends. Who asks a session for a token is seen where the session is {@linkcode watched}.
   *
   * @returns What it can be asked to do. A typed failure is an answer like any other; a defect, such
   * as an assertion that does not hold, violates `noFault`.
   */
  readonly start: (
    process: Process,
  ) => Effect.Effect<Errands, Failure, ProcessServices | Scope.Scope>;
  /**
   * How the authorization server behaves.
   *
   * @default drawn from the seed by `drawServer`
   */
  readonly server?: ServerOptions | undefined;
  /** Keys of sessions for which somebody signs in at the beginning. */
  readonly signedIn?: ReadonlyArray<string> | undefined;
  /**
   * How many errands a minute there are on each machine.
   *
   * @default 6
   */
  readonly errandsPerMinute?: number | undefined;
}

/** Makes a scenario of a program. The module's example shows it. */
export function make(options: ProgramOptions): Scenario {
  const { name, signedIn = [], errandsPerMinute = 6 } = options;
  return {
    name,
    server: (draw) => options.server ?? drawServer(draw),
    errands: (draw, { machines, durationMillis }) => {
      const count = Math.ceil(machines * errandsPerMinute * durationMillis / 60_000);
      return [
        ...signedIn.map((key) => ({ atMillis: 10, machine: 0, what: `${SIGN_IN}${key}` })),
        ...Array.from({ length: count }, () => ({
          atMillis: draw.between(Math.min(30_000, durationMillis), durationMillis),
          machine: draw.below(machines),
          what: `${NEXT}${draw.below(1_000)}`,
        })),
      ].toSorted((one, other) => one.atMillis - other.atMillis);
    },
    last: [`${NEXT}0`],
    open: (process, surroundings) => openDesk(process, surroundings, options),
  };
}

const SIGN_IN = "sign in ";
/** Which of the program's errands it is turns out when the program says what it can do. */
const NEXT = "errand ";

const openDesk = Effect.fnUntraced(function* (
  process: Process,
  { server }: Surroundings,
  { start }: ProgramOptions,
) {
  const errands = Object.entries(yield* start(process));
  const errandOf = (what: string) => errands[Number(what.slice(NEXT.length)) % errands.length];
  const desk = (what: string): Effect.Effect<void, never, ProcessServices> => {
    if (what.startsWith(SIGN_IN)) return signIn(server, what.slice(SIGN_IN.length));
    const [name, errand] = errandOf(what) ?? [];
    return errand === undefined ? Effect.void : told(process, { what, name }, errand);
  };
  return Object.assign(desk, {
    nameOf: (what: string) => what.startsWith(SIGN_IN) ? what : errandOf(what)?.[0] ?? what,
  });
});

/** Does an errand, and tells the world of it by its name. A typed failure is an answer. */
function told(
  process: Process,
  { what, name = what }: { readonly what: string; readonly name: string | undefined },
  errand: Errands[string],
): Effect.Effect<void, never, ProcessServices> {
  const { world } = process;
  const same = { process: process.name, what, name };
  return Effect.suspend(() => {
    world.emit({ type: "errand.began", ...same });
    return Effect.flatMap(Effect.exit(errand), (exit) => {
      const reason = Exit.isSuccess(exit) ? {} : { reason: reasonOf(exit.cause) };
      world.emit({ type: "errand.ended", ...same, ...reason });
      return Exit.isFailure(exit) && Cause.hasDies(exit.cause)
        ? Effect.failCause(exit.cause as Cause.Cause<never>)
        : Effect.void;
    });
  });
}

/** Somebody who reads the code off the device at once. */
function signIn(
  server: ServerHost,
  key: string,
): Effect.Effect<void, never, ProcessServices> {
  return Effect.gen(function* () {
    server.people.push([{ afterMillis: 2_000, decision: "approve" }]);
    const tokens = yield* DeviceAuthorization.authorize({
      client: publicClient,
      scope: ["read", "write"],
      onUserCode: () => Effect.void,
    });
    const vault = yield* SessionVault;
    yield* vault.put(key, fromTokens(publicClient, tokens), { ifVersion: null });
  }).pipe(Effect.ignore);
}
