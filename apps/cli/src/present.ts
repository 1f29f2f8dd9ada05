/**
 * Objects without the members that are `undefined`.
 *
 * @module
 */

/** An object whose members are there or not, but never `undefined`. */
export type Present<A> = { readonly [K in keyof A]?: Exclude<A[K], undefined> };

/** Leaves out what is `undefined`. */
export function present<A extends object>(members: A): Present<A> {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Present<A>;
}
