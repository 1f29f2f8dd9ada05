/**
 * When crowds come: on the strike of every twenty seconds, so that trouble can be drawn to come in the
 * middle of what they set off.
 *
 * @module
 */

/** Crowds come at multiples of this. */
const STRIKE_MILLIS = 20_000;

/**
 * The last strike before a moment.
 *
 * @param atMillis In milliseconds since the world's first moment.
 */
export function strikeBefore(atMillis: number): number {
  return atMillis - atMillis % STRIKE_MILLIS;
}
