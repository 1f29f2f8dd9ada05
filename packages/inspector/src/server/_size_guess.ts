/**
 * How much a value holds, by a short look at it.
 *
 * @module
 */
import * as Redacted from "effect/Redacted";

/** The largest guess that can be trusted, in characters of JSON. */
export const maxGuess = 16_384;

/** Values within one value that are looked at. */
const maxValues = 64;

/** More than any guess that can be trusted. */
const unknown = 2 * maxGuess;

let left = 0;

/**
 * Guesses how long a value's JSON is, and so how much memory it holds. More than {@linkcode maxGuess}
 * says no more than that: where there is more to look at than a few values, or where something is in
 * it that may hold anything, such as a `Map`, a buffer, an error or a function.
 */
export function guess(value: object): number {
  left = maxValues;
  try {
    return Math.min(guessedOfObject(value), unknown);
  } catch {
    // A getter or a proxy of the program may throw.
    return unknown;
  }
}

function guessed(value: unknown): number {
  switch (typeof value) {
    case "string":
      return value.length + 3;
    case "object":
      return value === null ? 5 : guessedOfObject(value);
    case "bigint":
    case "function":
      return unknown;
    default:
      return 8;
  }
}

function guessedOfObject(value: object): number {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return guessedOfMembers(value);
  if (Array.isArray(value)) return guessedOfItems(value);
  // Only a mark of it is written, but it is kept until then.
  return Redacted.isRedacted(value) ? guessed(Redacted.value(value)) + 12 : unknown;
}

function guessedOfMembers(value: object): number {
  let size = 2;
  for (const name in value) {
    if (left-- <= 0 || size > maxGuess) return unknown;
    size += name.length + 4 + guessed((value as Readonly<Record<string, unknown>>)[name]);
  }
  return size;
}

function guessedOfItems(items: ReadonlyArray<unknown>): number {
  if (items.length > left) return unknown;
  let size = 2;
  for (const item of items) {
    if (left-- <= 0 || size > maxGuess) return unknown;
    size += 1 + guessed(item);
  }
  return size;
}
