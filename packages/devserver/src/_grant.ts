import type Provider from "oidc-provider";
import { allScopes, apiScopes, scopesOf } from "./_scope.ts";

export interface Granting {
  readonly provider: Provider;
  readonly accountId: string;
  readonly clientId: string;
  /** Parameters of the request that is granted. */
  readonly params: Readonly<Record<string, unknown>>;
  /** A grant to add to. */
  readonly grantId?: string | undefined;
}

/** What was granted. */
export interface Granted {
  readonly grantId: string;
  readonly scope: string;
  readonly resources: ReadonlyArray<string>;
}

/** The user grants all that a request asks for and this server knows. */
export async function grantAll(granting: Granting): Promise<Granted> {
  const { provider, accountId, clientId, params, grantId } = granting;
  const found = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  const grant = found ?? new provider.Grant({ accountId, clientId });
  const requested = scopesOf(params["scope"]);
  const scopes = requested.filter((scope) => allScopes().includes(scope));
  const resources = [params["resource"] ?? []].flat().map(String);
  grant.addOIDCScope([...scopes]);
  for (const resource of resources) {
    grant.addResourceScope(resource, scopes.filter((scope) => apiScopes().includes(scope)));
  }
  return { grantId: await grant.save(), scope: scopes.join(" "), resources };
}
