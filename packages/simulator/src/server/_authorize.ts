/** The authorization endpoint and the redemption of its codes. RFC 6749 section 4.1, RFC 7636. */
import { sha256 } from "@noble/hashes/sha2.js";
import * as Base64Url from "effect/encoding/Base64Url";
import * as HashMap from "effect/HashMap";
import * as Option from "effect/Option";
import { empty, json } from "./_answer.ts";
import { change, type Draft, endFamily, newSecret } from "./_draft.ts";
import { type Parameters, queryOf } from "./_form.ts";
import { grantedTo } from "./_granted_scope.ts";
import { beginFamily, issue } from "./_issue.ts";
import { invalidGrant, malformed } from "./_refusal.ts";
import type { TokenRequest } from "./_token_request.ts";
import { partsOf } from "./secret.ts";
import type { RefusalReason } from "./server_fact.ts";
import type { ServerResponse } from "./server_message.ts";
import type { RegisteredClient } from "./server_options.ts";
import type { AuthorizationCode } from "./server_state.ts";

/** Answers the person's browser: always at once, as the header `x-person` says. */
export function authorize(draft: Draft): ServerResponse {
  const query = queryOf(draft.request);
  const client = draft.state.settings.clients.get(query.get("client_id") ?? "");
  const redirectUri = client === undefined ? undefined : redirectUriOf(client, query);
  if (client === undefined || redirectUri === undefined) {
    draft.facts.push(refusedFact(draft, "invalid_request", false));
    return json(400, { error: "invalid_request", error_description: "client or redirect URI" });
  }
  const state = query.get("state");
  const granted = grantedTo(draft.state, client.clientId, query);
  const codeChallenge = query.get("code_challenge");
  const error = errorOf(draft, query) ?? (granted === undefined ? "invalid_scope" : undefined);
  const back = (members: Readonly<Record<string, string>>): ServerResponse =>
    redirect(redirectUri, {
      ...members,
      ...(state === undefined ? {} : { state }),
      ...issOf(draft),
    });
  if (error !== undefined || granted === undefined || codeChallenge === undefined) {
    const told = error ?? "invalid_request";
    draft.facts.push(refusedFact(draft, told, true));
    return back({ error: told });
  }
  const code = keepCode(draft, {
    ...granted,
    subject: draft.state.settings.subject,
    nonce: query.get("nonce"),
    redirectUri: query.get("redirect_uri"),
    codeChallenge,
    expiresAtMillis: draft.nowMillis + draft.state.settings.codeSeconds * 1000,
    redeemedFor: undefined,
  });
  return back({ code });
}

function keepCode(draft: Draft, code: AuthorizationCode): string {
  const { ordinal, secret } = newSecret(draft, "ac");
  change(draft, { codes: HashMap.set(draft.state.codes, ordinal, code) });
  const { clientId, codeChallenge, expiresAtMillis, scope } = code;
  draft.facts.push({
    type: "code.issued",
    atMillis: draft.nowMillis,
    code: ordinal,
    clientId,
    scope,
    codeChallenge,
    expiresAtMillis,
  });
  return secret;
}

function errorOf({ request }: Draft, query: Parameters): string | undefined {
  if (query.repeated !== undefined || query.get("state") === undefined) return "invalid_request";
  const type = query.get("response_type");
  if (type === undefined) return "invalid_request";
  if (type !== "code") return "unsupported_response_type";
  const isS256 = query.get("code_challenge_method") === "S256" &&
    /^[\w-]{43}$/.test(query.get("code_challenge") ?? "");
  if (!isS256) return "invalid_request";
  return request.headers["x-person"] === "deny" ? "access_denied" : undefined;
}

/** The registered one, which a request may leave out if there is but one. */
function redirectUriOf(
  { redirectUris = [] }: RegisteredClient,
  query: Parameters,
): string | undefined {
  const asked = query.get("redirect_uri");
  if (asked === undefined) return redirectUris.length === 1 ? redirectUris[0] : undefined;
  const isRegistered = redirectUris.some((uri) =>
    uri === asked || uri === withoutLoopbackPort(asked)
  );
  return isRegistered ? asked : undefined;
}

/** On loopback any port is as good as the registered. RFC 8252 section 7.3. */
function withoutLoopbackPort(uri: string): string {
  return uri.replace(/^(http:\/\/(?:127\.0\.0\.1|\[::1\])):\d{1,5}(?=[/?]|$)/, "$1");
}

/** RFC 9207. */
function issOf({ state }: Draft): Readonly<Record<string, string>> {
  return { iss: state.settings.issuer };
}

function redirect(uri: string, members: Readonly<Record<string, string>>): ServerResponse {
  const query = new URLSearchParams(members).toString();
  return empty(302, { location: `${uri}${uri.includes("?") ? "&" : "?"}${query}` });
}

function refusedFact({ nowMillis }: Draft, error: string, isRedirected: boolean) {
  return { type: "authorization.refused", atMillis: nowMillis, error, isRedirected } as const;
}

/** Answers a client that brings a code. RFC 6749 section 4.1.3, RFC 7636 section 4.6. */
export function redeemCode(draft: Draft, { client, form }: TokenRequest): ServerResponse {
  const grant = "authorization_code";
  const secret = form.get("code");
  if (secret === undefined) return malformed(draft, grant, `"code" is missing`);
  const parts = partsOf(secret);
  const ordinal = parts?.kind === "ac" ? parts.ordinal : 0;
  const code = Option.getOrUndefined(HashMap.get(draft.state.codes, ordinal));
  if (code === undefined) return invalidGrant(draft, { grant, reason: "unknown" });
  const reason = code.clientId === client.clientId ? refusalOf(draft, code, form) : "otherClient";
  if (reason !== undefined) {
    if (reason === "used") endWhatWasGranted(draft, code);
    return invalidGrant(draft, { grant, reason, family: code.redeemedFor });
  }
  const family = beginFamily(draft, grant, code);
  const redeemed: AuthorizationCode = { ...code, redeemedFor: family.family };
  change(draft, { codes: HashMap.set(draft.state.codes, ordinal, redeemed) });
  return issue(draft, family, {
    isRefreshable: draft.state.settings.refreshTokens,
    isLogin: true,
    redeemed: ordinal,
  }).response;
}

function refusalOf(
  { nowMillis }: Draft,
  code: AuthorizationCode,
  form: Parameters,
): RefusalReason | undefined {
  if (code.redeemedFor !== undefined) return "used";
  if (nowMillis >= code.expiresAtMillis) return "expired";
  if (form.get("redirect_uri") !== code.redirectUri) return "redirectUri";
  return isMet(code.codeChallenge, form.get("code_verifier") ?? "") ? undefined : "challenge";
}

function isMet(codeChallenge: string, verifier: string): boolean {
  if (!/^[\w.~-]{43,128}$/.test(verifier)) return false;
  return Base64Url.encode(sha256(new TextEncoder().encode(verifier))) === codeChallenge;
}

function endWhatWasGranted(draft: Draft, { redeemedFor = 0 }: AuthorizationCode): void {
  const family = Option.getOrUndefined(HashMap.get(draft.state.families, redeemedFor));
  if (family !== undefined) endFamily(draft, family, "codeReuse");
}
