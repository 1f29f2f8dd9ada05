/** The device authorization grant: the device's two endpoints and the person's. RFC 8628. */
import * as HashMap from "effect/HashMap";
import * as Option from "effect/Option";
import * as Result from "effect/Result";
import { json, oauthError } from "./_answer.ts";
import { authenticate } from "./_client.ts";
import { change, type Draft, newSecret } from "./_draft.ts";
import { formOf } from "./_form.ts";
import { grantedTo } from "./_granted_scope.ts";
import { beginFamily, issue } from "./_issue.ts";
import { invalidGrant, malformed } from "./_refusal.ts";
import type { TokenRequest } from "./_token_request.ts";
import { partsOf, userCodeOf } from "./secret.ts";
import type { PollVerdict } from "./server_fact.ts";
import type { ServerResponse } from "./server_message.ts";
import type { DeviceCode } from "./server_state.ts";

/** What an answer without `interval` means. RFC 8628 section 3.2. */
const defaultIntervalSeconds = 5;
/** What `slow_down` adds. RFC 8628 section 3.5. */
const slowDownMillis = 5000;

/** Answers a device that wants to begin. RFC 8628 section 3.2. */
export function startDevice(draft: Draft): ServerResponse {
  const form = formOf(draft.request);
  if (form === undefined || form.repeated !== undefined) {
    return oauthError({ error: "invalid_request", description: "the body is not a good form" });
  }
  const client = authenticate(draft.state, draft.request, form);
  if (Result.isFailure(client)) return oauthError(client.failure);
  const { clientId } = client.success;
  const granted = grantedTo(draft.state, clientId, form);
  if (granted === undefined) {
    return oauthError({ error: "invalid_scope", description: "the scope is unknown" });
  }
  const { deviceCodeSeconds, intervalSeconds, issuer } = draft.state.settings;
  const { ordinal, secret } = newSecret(draft, "dc");
  const device: DeviceCode = {
    ...granted,
    userCode: userCodeOf(ordinal),
    expiresAtMillis: draft.nowMillis + deviceCodeSeconds * 1000,
    intervalMillis: (intervalSeconds ?? defaultIntervalSeconds) * 1000,
    polledAtMillis: undefined,
    decision: undefined,
    redeemedFor: undefined,
  };
  keep(draft, ordinal, device);
  change(draft, { userCodes: HashMap.set(draft.state.userCodes, device.userCode, ordinal) });
  draft.facts.push({
    type: "device.started",
    atMillis: draft.nowMillis,
    deviceCode: ordinal,
    clientId,
    scope: device.scope,
    intervalMillis: device.intervalMillis,
    expiresAtMillis: device.expiresAtMillis,
  });
  return json(200, {
    device_code: secret,
    user_code: device.userCode,
    verification_uri: `${issuer}/device`,
    verification_uri_complete: `${issuer}/device?user_code=${device.userCode}`,
    expires_in: deviceCodeSeconds,
    interval: intervalSeconds,
  });
}

const descriptions: Record<Exclude<PollVerdict, "token">, string> = {
  authorization_pending: "the person has not decided yet",
  slow_down: "the interval was not over; it is 5 seconds longer now",
  access_denied: "the person denied it",
  expired_token: "the device code is expired",
  invalid_grant: "the device code was used before",
};

/** Answers a device that asks whether the person decided. RFC 8628 sections 3.4 and 3.5. */
export function pollDevice(draft: Draft, { client, form }: TokenRequest): ServerResponse {
  const grant = "device_code";
  const secret = form.get("device_code");
  if (secret === undefined) return malformed(draft, grant, `"device_code" is missing`);
  const parts = partsOf(secret);
  const ordinal = parts?.kind === "dc" ? parts.ordinal : 0;
  const device = Option.getOrUndefined(HashMap.get(draft.state.deviceCodes, ordinal));
  if (device === undefined) return invalidGrant(draft, { grant, reason: "unknown" });
  if (device.clientId !== client.clientId) {
    return invalidGrant(draft, { grant, reason: "otherClient" });
  }
  const verdict = verdictOf(draft, device);
  const { intervalMillis, polledAtMillis } = device;
  draft.facts.push({
    type: "device.polled",
    atMillis: draft.nowMillis,
    deviceCode: ordinal,
    gapMillis: polledAtMillis === undefined ? undefined : draft.nowMillis - polledAtMillis,
    intervalMillis,
    verdict,
  });
  const polled: DeviceCode = {
    ...device,
    polledAtMillis: draft.nowMillis,
    intervalMillis: intervalMillis + (verdict === "slow_down" ? slowDownMillis : 0),
  };
  if (verdict === "token") return redeem(draft, ordinal, polled);
  keep(draft, ordinal, polled);
  return oauthError({ error: verdict, description: descriptions[verdict] });
}

function verdictOf({ nowMillis, state }: Draft, device: DeviceCode): PollVerdict {
  const { decision, expiresAtMillis, intervalMillis, polledAtMillis, redeemedFor } = device;
  if (redeemedFor !== undefined) return "invalid_grant";
  if (nowMillis >= expiresAtMillis) return "expired_token";
  const isEarly = polledAtMillis !== undefined && nowMillis - polledAtMillis < intervalMillis;
  if (isEarly && state.settings.slowDown === "measured") return "slow_down";
  if (decision === "deny") return "access_denied";
  return decision === "approve" ? "token" : "authorization_pending";
}

function redeem(draft: Draft, ordinal: number, device: DeviceCode): ServerResponse {
  const { refreshTokens, subject } = draft.state.settings;
  const family = beginFamily(draft, "device_code", { ...device, subject });
  keep(draft, ordinal, { ...device, redeemedFor: family.family });
  const options = { isRefreshable: refreshTokens, isLogin: true, redeemed: ordinal };
  return issue(draft, family, options).response;
}

/** Answers the person who typed a user code, and decided. */
export function decideDevice(draft: Draft): ServerResponse {
  const form = formOf(draft.request);
  const decision = form?.get("decision");
  if (decision !== "approve" && decision !== "deny") {
    return json(400, { error: "decide: approve or deny" });
  }
  const typed = (form?.get("user_code") ?? "").toUpperCase().replaceAll(/[^A-Z]/g, "");
  const userCode = `${typed.slice(0, 4)}-${typed.slice(4)}`;
  const ordinal = Option.getOrElse(HashMap.get(draft.state.userCodes, userCode), () => 0);
  const device = Option.getOrUndefined(HashMap.get(draft.state.deviceCodes, ordinal));
  if (device === undefined) return json(404, { error: "no such code" });
  if (device.decision !== undefined) return json(409, { error: "decided already" });
  if (draft.nowMillis >= device.expiresAtMillis) return json(410, { error: "expired" });
  keep(draft, ordinal, { ...device, decision });
  draft.facts.push({
    type: "device.decided",
    atMillis: draft.nowMillis,
    deviceCode: ordinal,
    decision,
  });
  return json(200, { decision });
}

function keep(draft: Draft, ordinal: number, device: DeviceCode): void {
  change(draft, { deviceCodes: HashMap.set(draft.state.deviceCodes, ordinal, device) });
}
