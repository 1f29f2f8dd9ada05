/** What a first request is granted. RFC 6749 section 3.3. */
import { type Parameters, scopeOf } from "./_form.ts";
import type { Grant, ServerState } from "./server_state.ts";

/** Scope and resources of a request; `undefined` if it names a scope that there is not. */
export function grantedTo(
  state: ServerState,
  clientId: string,
  form: Parameters,
): Grant | undefined {
  const { defaultScopes, scopes } = state.settings;
  const named = scopeOf(form.get("scope"));
  const scope = named ?? defaultScopes;
  if (!scope.every((one) => scopes.includes(one))) return undefined;
  return {
    clientId,
    scope,
    isScopeNamed: named !== undefined,
    resource: form.all("resource"),
    subject: undefined,
    nonce: undefined,
  };
}
