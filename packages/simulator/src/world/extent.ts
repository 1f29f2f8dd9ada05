/**
 * How large a world is, for those who fill it.
 *
 * @module
 */

/** How large a world is. */
export interface Extent {
  /** How many machines there are; each runs one process at a time. */
  readonly machines: number;
  /** How long faults and errands come, in milliseconds. */
  readonly durationMillis: number;
}
