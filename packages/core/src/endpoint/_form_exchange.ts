import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import type { Client } from "../protocol/client.ts";
import { authenticate } from "../protocol/client_authentication.ts";
import { EndpointError, Unsupported } from "../protocol/endpoint_error.ts";
import type { Parameter } from "../protocol/form.ts";
import { isSecretName } from "../protocol/redaction.ts";
import { stripped } from "../protocol/secure_url.ts";
import type { ServerMetadata } from "../protocol/server_metadata.ts";
import type { Exchange } from "./_exchange.ts";

/** A parameter's value; a list is sent as a repeated parameter. */
export type FormValue = string | Redacted.Redacted | ReadonlyArray<string> | undefined;

/** The endpoints that take a form and the client's authentication. */
type FormEndpoint = "device_authorization" | "token" | "revocation" | "introspection";

const members = {
  device_authorization: "deviceAuthorizationEndpoint",
  token: "tokenEndpoint",
  revocation: "revocationEndpoint",
  introspection: "introspectionEndpoint",
} as const satisfies Record<FormEndpoint, keyof ServerMetadata>;

/** Where the client's server has an endpoint; `Unsupported` where it has none. */
export function endpointOf(
  client: Client,
  endpoint: FormEndpoint,
): Effect.Effect<string, EndpointError> {
  const { server } = client;
  const url = server[members[endpoint]];
  return url === undefined
    ? Effect.fail(
      new EndpointError({
        endpoint,
        url: stripped(server.issuer),
        reason: new Unsupported({ member: `${endpoint}_endpoint` }),
      }),
    )
    : Effect.succeed(url);
}

/** Credentials that only the client's own method may send. */
const credentialNames = ["client_secret", "client_assertion", "client_assertion_type"];

/** A POST of the client's credentials, made for this one request, and some parameters, in this order. */
export const formExchange: (
  client: Client,
  parameters: Readonly<Record<string, FormValue>>,
  target: Pick<Exchange, "endpoint" | "url" | "requestLimitMillis" | "isBodyIgnored">,
) => Effect.Effect<Exchange> = Effect.fnUntraced(function* (client, parameters, target) {
  const credentials = yield* authenticate(client);
  const own = new Set([...credentials.parameters.map(([name]) => name), ...credentialNames]);
  const added = Object.entries(parameters).filter(([name]) => !own.has(name)).flatMap(flatten);
  return {
    ...target,
    method: "POST" as const,
    authorization: credentials.authorization,
    parameters: [...credentials.parameters, ...added],
    secrets: [...credentials.secrets, ...added.flatMap(secretOf)],
  };
});

function flatten([name, value]: readonly [string, FormValue]): ReadonlyArray<Parameter> {
  return isList(value) ? value.map((item) => [name, item]) : [[name, value]];
}

function isList(value: FormValue): value is ReadonlyArray<string> {
  return Array.isArray(value);
}

function secretOf([name, value]: Parameter): ReadonlyArray<Redacted.Redacted> {
  if (Redacted.isRedacted(value)) return [value];
  return value !== undefined && isSecretName(name) ? [Redacted.make(value)] : [];
}
