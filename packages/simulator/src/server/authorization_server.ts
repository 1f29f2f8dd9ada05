/**
 * An authorization server as a pure function: a state and a request give the next state, the response
 * and what happened. Time is an argument, and nothing is drawn: the same requests at the same times
 * give the same bytes.
 *
 * Under the issuer are `/authorize`, `/token`, `/device_authorization`, `/device`, `/revoke`,
 * `/introspect`, `/userinfo`, `/jwks`, the protected resource `/api` with all below it, and the metadata
 * in both its places. At `/authorize` the person decides by the header `x-person: approve` or `deny`; at
 * `/device` by a form with `user_code` and `decision`.
 *
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { handle, initial } from "@bellhop/simulator/server/authorization_server";
 *
 * const state = initial({ clients: [{ clientId: "cron", clientSecret: "s3cr3t" }] });
 * const { facts, response } = handle(state, {
 *   method: "POST",
 *   url: "https://as.example.com/token",
 *   headers: { "content-type": "application/x-www-form-urlencoded" },
 *   body: "grant_type=client_credentials&client_id=cron&client_secret=s3cr3t",
 * }, 0);
 *
 * equal(response.status, 200);
 * equal(facts[0]?.type, "token.issued");
 * ```
 *
 * @module
 */
import * as HashMap from "effect/HashMap";
import * as Option from "effect/Option";
import { empty, json } from "./_answer.ts";
import { api, userinfo } from "./_api.ts";
import { authorize } from "./_authorize.ts";
import { decideDevice, startDevice } from "./_device.ts";
import { type Draft, endFamily } from "./_draft.ts";
import { jwks, metadata } from "./_metadata.ts";
import { introspect, revoke } from "./_revoke.ts";
import { token } from "./_token_endpoint.ts";
import type { ServerFact } from "./server_fact.ts";
import type { ServerRequest, ServerResponse } from "./server_message.ts";
import type { ServerState } from "./server_state.ts";

export {
  familyEnded,
  familyOfAccessToken,
  familyOfRefreshToken,
  isAlive,
  isRefreshable,
} from "./lookup.ts";
export { isPlanted, ordinalOf, PLANTED } from "./secret.ts";
export { initial, withIssuer } from "./server_state.ts";

/** What comes of a request. */
export interface Handled {
  /** The state from now on. The one before is as it was. */
  readonly state: ServerState;
  /** What the client gets. */
  readonly response: ServerResponse;
  /** What happened, in order. */
  readonly facts: ReadonlyArray<ServerFact>;
}

/** What comes of a change that nobody requested. */
export interface Changed {
  /** The state from now on. */
  readonly state: ServerState;
  /** What happened, in order. */
  readonly facts: ReadonlyArray<ServerFact>;
}

interface Endpoint {
  readonly methods: ReadonlyArray<string>;
  readonly answer: (draft: Draft) => ServerResponse;
}

const get = ["GET"];
const post = ["POST"];
const resource: Endpoint = { methods: ["GET", "POST", "PUT", "PATCH", "DELETE"], answer: api };

const endpoints: ReadonlyMap<string, Endpoint> = new Map([
  ["/.well-known/openid-configuration", { methods: get, answer: metadata }],
  ["/.well-known/oauth-authorization-server", { methods: get, answer: metadata }],
  ["/authorize", { methods: get, answer: authorize }],
  ["/device_authorization", { methods: post, answer: startDevice }],
  ["/device", { methods: post, answer: decideDevice }],
  ["/token", { methods: post, answer: token }],
  ["/revoke", { methods: post, answer: revoke }],
  ["/introspect", { methods: post, answer: introspect }],
  ["/userinfo", { methods: ["GET", "POST"], answer: userinfo }],
  ["/jwks", { methods: get, answer: jwks }],
  ["/api", resource],
]);

/**
 * Answers one request.
 *
 * @param state What the server knows before.
 * @param request Of which the origin does not matter.
 * @param nowMillis By the clock of the server.
 */
export function handle(state: ServerState, request: ServerRequest, nowMillis: number): Handled {
  const path = pathBelow(state.settings.issuer, pathOf(request.url));
  const draft: Draft = { state, request, path: path ?? "", nowMillis, facts: [] };
  const response = answerTo(draft);
  return { state: draft.state, response, facts: draft.facts };
}

function answerTo(draft: Draft): ServerResponse {
  const { path, request } = draft;
  const endpoint = path.startsWith("/api/") ? resource : endpoints.get(path);
  if (endpoint === undefined) return json(404, { error: "nothing here" });
  return endpoint.methods.includes(request.method)
    ? endpoint.answer(draft)
    : empty(405, { allow: endpoint.methods.join(", ") });
}

function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  return start < 0 ? "/" : url.slice(start).split(/[?#]/, 1)[0] ?? "/";
}

/** Below an issuer with a path, the metadata of RFC 8414 section 3.1 stand before that path. */
function pathBelow(issuer: string, path: string): string | undefined {
  const issuerPath = pathOf(issuer);
  if (issuerPath === "/") return path;
  const wellKnown = "/.well-known/oauth-authorization-server";
  if (path === `${wellKnown}${issuerPath}`) return wellKnown;
  return path.startsWith(`${issuerPath}/`) ? path.slice(issuerPath.length) : undefined;
}

/**
 * Ends a family without its client's asking, as an administrator or a person at an account page does.
 *
 * @param family Its number. One that has ended, or that there is not, changes nothing.
 * @param nowMillis By the clock of the server.
 */
export function revokeFamily(state: ServerState, family: number, nowMillis: number): Changed {
  const request: ServerRequest = { method: "", url: "", headers: {}, body: "" };
  const draft: Draft = { state, request, path: "", nowMillis, facts: [] };
  const found = Option.getOrUndefined(HashMap.get(state.families, family));
  if (found !== undefined) endFamily(draft, found, "admin");
  return { state: draft.state, facts: draft.facts };
}
