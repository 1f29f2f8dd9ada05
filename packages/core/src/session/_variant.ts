/** What an access token is asked for: a scope and the resources where it is to be used. */
import type { TokenRequest } from "./session_record.ts";

export type Variant = TokenRequest;

/** One name for the same scope and resources, in whatever order. */
export function variantKey({ scope = [], resource = [] }: Variant): string {
  return JSON.stringify([sorted(scope), sorted(resource)]);
}

function sorted(values: ReadonlyArray<string>): ReadonlyArray<string> {
  return values.length < 2 ? values : [...new Set(values)].toSorted();
}
