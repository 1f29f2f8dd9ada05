/** An errand that takes its time: for the tests of `flow/`. */
import { Effect } from "effect";
import { type Observation, Observer } from "../../protocol/observation.ts";
import { define, type FlowDefinition } from "../definition.ts";
import { errand } from "./errand.ts";

/** An errand whose operations take the given times and write down what happens to them. */
export function errandTaking(
  fetchMillis: number,
  deliverMillis: number,
  log: Array<string> = [],
): FlowDefinition<typeof errand, never> {
  return define(errand, {
    operations: {
      fetch: {
        onResume: "rerun",
        run: ({ from }) =>
          timed({
            log,
            name: `fetch from ${from}`,
            millis: fetchMillis,
            answer: { type: "fetched", what: "bread" },
          }),
      },
      deliver: {
        onResume: "never",
        run: ({ what }) =>
          timed({
            log,
            name: `deliver ${what}`,
            millis: deliverMillis,
            answer: { type: "delivered" },
          }),
      },
    },
  });
}

export interface Timed<A> {
  readonly log: Array<string>;
  readonly name: string;
  readonly millis: number;
  readonly answer: A;
}

export function timed<A>({ log, name, millis, answer }: Timed<A>): Effect.Effect<A> {
  return Effect.sync(() => log.push(`${name} began`)).pipe(
    Effect.andThen(Effect.sleep(millis)),
    Effect.as(answer),
    Effect.onInterrupt(() => Effect.sync(() => log.push(`${name} interrupted`))),
  );
}

/** An errand that fetches for ever, and takes half a second to stop once it is told to. */
export function errandSlowToStop(onStopped: () => void): FlowDefinition<typeof errand, never> {
  return define(errand, {
    operations: {
      fetch: {
        onResume: "rerun",
        run: () =>
          Effect.onInterrupt(
            Effect.never,
            () => Effect.andThen(Effect.sleep(500), Effect.sync(onStopped)),
          ),
      },
      deliver: { onResume: "never", run: () => Effect.never },
    },
  });
}

/** Writes down what an observer sees of an effect. */
export function watched<A, E, R>(
  effect: Effect.Effect<A, E, R>,
): [Effect.Effect<A, E, R>, Array<Observation>] {
  const seen: Array<Observation> = [];
  return [
    Effect.provideService(effect, Observer, { observe: (each) => seen.push(each) }),
    seen,
  ];
}
