/**
 * What every peer is measured by: a call of the kind a program would make.
 *
 * @module
 */

/** Asks for a token, or makes a request, once. Rejects where that fails. */
export type Call = () => Promise<unknown>;

/** A call and whose it is. */
export type NamedCall = readonly [name: string, call: Call];
