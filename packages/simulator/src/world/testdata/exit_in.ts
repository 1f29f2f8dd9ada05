/** What comes of an effect in a process, as far as the world's time lets it come. */
import { Context, type Effect, type Exit } from "effect";
import type { Process } from "../process.ts";
import { World } from "../world.ts";

/** A world with one process in it. */
export function small(seed = 1): { readonly world: World; readonly process: Process } {
  const world = new World({ seed });
  return { world, process: world.start({ machine: 0, incarnation: 0 }) };
}

/** Runs an effect in a process; `undefined` where it has not ended when the time is over. */
export function exitIn<A, E>(
  [world, process]: readonly [World, Process],
  effect: Effect.Effect<A, E>,
  forMillis = 600_000,
): Exit.Exit<A, E> | undefined {
  let exit: Exit.Exit<A, E> | undefined;
  process.run(effect, Context.empty(), (told) => {
    exit = told;
  });
  world.run(world.nowMillis + forMillis);
  return exit;
}

/** The milliseconds of a world since its first moment. */
export function sinceStart({ nowMillis, startMillis }: World): number {
  return nowMillis - startMillis;
}
