/**
 * Keeps Node's own `fetch` as it is. Loading npm's undici puts an agent of its own where Node's
 * `fetch` looks for one, and every figure of raw `fetch` would be npm's. Import this first.
 *
 * @module
 */

const key = Symbol.for("undici.globalDispatcher.1");

// Node loads its undici, and makes its agent, when one of these globals is first asked for.
void globalThis.Response;
const own: unknown = Reflect.get(globalThis, key);

/** Node's own `fetch`, which is the floor of whatever sends a request. */
export const rawFetch = Reflect.get(globalThis, "fetch") as (
  url: string,
  init?: RequestInit,
) => Promise<Response>;

/** Gives `fetch` its own agent back. */
export function restoreFetch(): void {
  Reflect.set(globalThis, key, own);
}
