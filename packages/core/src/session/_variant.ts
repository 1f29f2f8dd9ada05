/** What an access token is asked for: a scope and the resources where it is to be used. */
import type { TokenRequest } from "./session_record.ts";

/** With nothing left open. */
export interface Variant {
  readonly scope: ReadonlyArray<string>;
  readonly resource: ReadonlyArray<string>;
}

/** One name for the same scope and resources, in whatever order. */
export function variantKey({ scope = [], resource = [] }: TokenRequest): string {
  return JSON.stringify([sorted(scope), sorted(resource)]);
}

function sorted(values: ReadonlyArray<string>): ReadonlyArray<string> {
  return values.length < 2 ? values : [...new Set(values)].toSorted();
}
