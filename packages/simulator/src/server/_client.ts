/** Who asks. RFC 6749 section 2.3. */
import * as Base64 from "effect/encoding/Base64";
import * as Result from "effect/Result";
import type { OAuthError } from "./_answer.ts";
import type { Parameters } from "./_form.ts";
import type { ServerRequest } from "./server_message.ts";
import type { RegisteredClient } from "./server_options.ts";
import type { ServerState } from "./server_state.ts";

interface Claimed {
  readonly clientId: string;
  readonly clientSecret: string | undefined;
}

/** The client, or why it is refused. */
export function authenticate(
  state: ServerState,
  request: ServerRequest,
  form: Parameters,
): Result.Result<RegisteredClient, OAuthError> {
  const { authorization } = request.headers;
  const claimed = authorization === undefined ? inForm(form) : basic(authorization, form);
  if (Result.isFailure(claimed)) return Result.fail(claimed.failure);
  const { clientId, clientSecret } = claimed.success;
  const client = state.settings.clients.get(clientId);
  if (client === undefined || client.clientSecret !== clientSecret) {
    return Result.fail(invalidClient(authorization !== undefined));
  }
  return Result.succeed(client);
}

function inForm(form: Parameters): Result.Result<Claimed, OAuthError> {
  const clientId = form.get("client_id");
  return clientId === undefined
    ? Result.fail(invalidClient(false))
    : Result.succeed({ clientId, clientSecret: form.get("client_secret") });
}

function basic(authorization: string, form: Parameters): Result.Result<Claimed, OAuthError> {
  if (form.get("client_secret") !== undefined) {
    return Result.fail({ error: "invalid_request", description: "two ways to authenticate" });
  }
  const [scheme = "", credentials = ""] = authorization.split(" ", 2);
  const decoded = Result.getOrElse(Base64.decodeString(credentials), () => "");
  const colon = decoded.indexOf(":");
  const clientId = componentOf(decoded.slice(0, Math.max(colon, 0)));
  const clientSecret = componentOf(decoded.slice(colon + 1));
  const isMeant = (form.get("client_id") ?? clientId) === clientId;
  if (scheme.toLowerCase() !== "basic" || colon < 0 || clientId === undefined || !isMeant) {
    return Result.fail(invalidClient(true));
  }
  return Result.succeed({ clientId, clientSecret });
}

/** Each half is form-encoded for itself. RFC 6749 section 2.3.1. */
function componentOf(text: string): string | undefined {
  return new URLSearchParams(`v=${text.replaceAll("&", "%26")}`).get("v") ?? undefined;
}

function invalidClient(isByHeader: boolean): OAuthError {
  return {
    error: "invalid_client",
    description: "unknown client, or not authenticated",
    status: 401,
    ...(isByHeader
      ? { headers: { "www-authenticate": `Basic realm="authorization server"` } }
      : {}),
  };
}
