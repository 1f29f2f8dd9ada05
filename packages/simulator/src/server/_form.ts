/** The parameters of a request. */
import type { ServerRequest } from "./server_message.ts";

/** Parameters by their names, without those that have no value. */
export interface Parameters {
  readonly get: (name: string) => string | undefined;
  /** All values of a parameter that may come more than once. */
  readonly all: (name: string) => ReadonlyArray<string>;
  /** A parameter that came more than once though it must not. RFC 6749 section 3.2. */
  readonly repeated: string | undefined;
}

/** RFC 8707 section 2, RFC 8693 section 2.1. */
const repeatable: ReadonlySet<string> = new Set(["resource", "audience"]);

function parametersOf(text: string): Parameters {
  const values = new Map<string, Array<string>>();
  let repeated: string | undefined;
  for (const [name, value] of new URLSearchParams(text)) {
    if (value === "") continue;
    const before = values.get(name);
    if (before === undefined) values.set(name, [value]);
    else if (repeatable.has(name)) before.push(value);
    else repeated ??= name;
  }
  return {
    get: (name) => values.get(name)?.[0],
    all: (name) => values.get(name) ?? [],
    repeated,
  };
}

/** The parameters of the query. */
export function queryOf({ url }: ServerRequest): Parameters {
  const start = url.indexOf("?");
  const end = url.indexOf("#");
  return parametersOf(start < 0 ? "" : url.slice(start + 1, end < 0 ? undefined : end));
}

/** The parameters of a form; `undefined` if the body is none. */
export function formOf({ body, headers }: ServerRequest): Parameters | undefined {
  const type = headers["content-type"] ?? "";
  return type.toLowerCase().startsWith("application/x-www-form-urlencoded")
    ? parametersOf(body)
    : undefined;
}

/** Scopes as they are written: separated by spaces, each once. */
export function scopeOf(text: string | undefined): ReadonlyArray<string> | undefined {
  if (text === undefined) return undefined;
  const named = text.split(" ").filter((scope) => scope !== "");
  return named.length === 0 ? undefined : [...new Set(named)];
}

/** Whether two scopes are the same set. */
export function isSameScope(one: ReadonlyArray<string>, other: ReadonlyArray<string>): boolean {
  return one.length === other.length && one.every((scope) => other.includes(scope));
}
