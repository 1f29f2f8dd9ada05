import type { TokenOptions } from "../session/session.ts";

/** Settings of whatever carries a session. The rest says which token is wanted. */
export interface Options extends TokenOptions {
  /**
   * Where the token may go: scheme, host and port, such as `https://api.example.com`. Plain http is
   * for loopback only. At least one.
   */
  readonly origins: ReadonlyArray<string>;
}

/** The part that says which token is wanted, if it says anything. */
export function tokenOptionsOf(options: Options): TokenOptions | undefined {
  const { scope, resource, minTtlMillis } = options;
  return scope === undefined && resource === undefined && minTtlMillis === undefined
    ? undefined
    : { scope, resource, minTtlMillis };
}
