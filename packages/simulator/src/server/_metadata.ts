/** What the server says about itself. RFC 8414, OpenID Connect Discovery. */
import { json } from "./_answer.ts";
import type { Draft } from "./_draft.ts";
import { grants } from "./_token_endpoint.ts";
import type { ServerResponse } from "./server_message.ts";
import type { ServerSettings } from "./server_state.ts";

export function metadata({ state: { settings } }: Draft): ServerResponse {
  const { issuer, scopes, signIdToken } = settings;
  const methods = methodsOf(settings);
  return json(200, {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    device_authorization_endpoint: `${issuer}/device_authorization`,
    revocation_endpoint: `${issuer}/revoke`,
    introspection_endpoint: `${issuer}/introspect`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/jwks`,
    scopes_supported: scopes,
    response_types_supported: ["code"],
    response_modes_supported: ["query"],
    grant_types_supported: [...grants.keys()].filter((type) =>
      type !== "refresh_token" || settings.refreshTokens
    ),
    code_challenge_methods_supported: ["S256"],
    authorization_response_iss_parameter_supported: true,
    token_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_methods_supported: methods,
    introspection_endpoint_auth_methods_supported: methods,
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: signIdToken === undefined
      ? undefined
      : [settings.idTokenAlgorithm],
  });
}

export function jwks({ state }: Draft): ServerResponse {
  return json(200, state.settings.jwks);
}

function methodsOf({ clients }: ServerSettings): ReadonlyArray<string> {
  const secrets = [...clients.values()].map(({ clientSecret }) => clientSecret);
  return [
    ...(secrets.includes(undefined) ? ["none"] : []),
    ...(secrets.some((secret) => secret !== undefined)
      ? ["client_secret_basic", "client_secret_post"]
      : []),
  ];
}
