/** The token endpoint. RFC 6749 section 3.2. */
import * as Result from "effect/Result";
import { clientCredentials, jwtBearer, tokenExchange } from "./_assertion.ts";
import { redeemCode } from "./_authorize.ts";
import { authenticate } from "./_client.ts";
import { pollDevice } from "./_device.ts";
import type { Draft } from "./_draft.ts";
import { formOf } from "./_form.ts";
import { refresh } from "./_refresh.ts";
import { refuse } from "./_refusal.ts";
import type { TokenRequest } from "./_token_request.ts";
import type { ServerResponse } from "./server_message.ts";

type Grant = (draft: Draft, request: TokenRequest) => ServerResponse;

/** What answers each `grant_type`. */
export const grants: ReadonlyMap<string, Grant> = new Map([
  ["authorization_code", redeemCode],
  ["refresh_token", refresh],
  ["client_credentials", clientCredentials],
  ["urn:ietf:params:oauth:grant-type:device_code", pollDevice],
  ["urn:ietf:params:oauth:grant-type:token-exchange", tokenExchange],
  ["urn:ietf:params:oauth:grant-type:jwt-bearer", jwtBearer],
]);

/** Answers a token request. */
export function token(draft: Draft): ServerResponse {
  const form = formOf(draft.request);
  const type = form?.get("grant_type");
  if (form === undefined || form.repeated !== undefined || type === undefined) {
    const description = form === undefined
      ? "the body is not a form"
      : `"${form.repeated ?? "grant_type"}" has to come once`;
    return refuse(draft, { error: "invalid_request", reason: "malformed", description });
  }
  const answer = grants.get(type);
  const grant = answer === undefined ? undefined : type;
  const client = authenticate(draft.state, draft.request, form);
  if (Result.isFailure(client)) {
    return refuse(draft, { ...client.failure, reason: "client", grant });
  }
  if (answer === undefined) {
    const description = "the server does not know this grant type";
    return refuse(draft, { error: "unsupported_grant_type", reason: "unsupported", description });
  }
  return answer(draft, { client: client.success, form });
}
