/**
 * Stands in a copy of core's flows for the reporter: has its shape, and does nothing at all. What a
 * step takes with it is what one takes in a program that nobody could watch.
 *
 * @module
 */

/** Tells nobody of anything. Loaded by `core_copy`. */
export class Reporter {
  readonly flowId = "";

  named<A>(context: A): A {
    return context;
  }

  observe(): void {}

  began(): void {}

  moved(): void {}

  operationEnded(): void {}

  ended(): void {}
}
