/**
 * The authorization response: what the user's browser brings back from the authorization server.
 *
 * Anybody can send a browser to a callback, so the order of questions matters: does it answer this
 * request (`state`), does it come from the server that was asked (`iss`), and only then, what does
 * it say.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Redacted, Result } from "effect";
 * import { fromUrl, read } from "@bellhop/core/protocol/authorization_response";
 *
 * const callback = fromUrl("https://client.example.com/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=xyz");
 * const asked = { issuer: "https://as.example.com", state: Redacted.make("xyz") };
 *
 * assert.equal(Redacted.value(Result.getOrThrow(read(callback, asked))), "SplxlOBeZQQYbYS6WxSbIA");
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2 | RFC 6749 section 4.1.2}
 * @see {@link https://www.rfc-editor.org/rfc/rfc9207#section-2.4 | RFC 9207 section 2.4}
 * @module
 */
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import {
  AuthorizationResponseError,
  type AuthorizationResponseErrorReason,
  type MismatchProblem,
  NoCode,
  OtherIssuer,
  OtherState,
  Rejected,
  Repeated,
} from "./authorization_response_error.ts";
import { isSameIssuer } from "./issuer.ts";
import { decode as decodeError } from "./oauth_error_response.ts";
import * as Redaction from "./redaction.ts";
import { isSameText } from "./_same_text.ts";

/** The parameters of one callback, from a query or a posted form. They hold a code and a state. */
export type CallbackParameters = Redacted.Redacted<URLSearchParams>;

/** What was recorded when the request was sent. */
export interface AskedFor {
  /** The server that the request went to. */
  readonly issuer: string;
  /** The state that was sent. */
  readonly state: Redacted.Redacted;
  /**
   * Whether the server's metadata says that its answers carry `iss`
   * (`authorization_response_iss_parameter_supported`).
   *
   * @default false
   */
  readonly isIssuerPromised?: boolean | undefined;
  /** What else must not be shown where the server repeats it. */
  readonly secrets?: ReadonlyArray<Redacted.Redacted> | undefined;
}

/**
 * Takes the parameters out of a callback's URL.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Redacted } from "effect";
 * import { fromUrl } from "@bellhop/core/protocol/authorization_response";
 *
 * assert.equal(Redacted.value(fromUrl("/callback?state=xyz#top")).get("state"), "xyz");
 * ```
 *
 * @param url Absolute, or a path as servers see it. Only its query counts.
 */
export function fromUrl(url: string | URL): CallbackParameters {
  const text = typeof url === "string" ? url.trim() : url.href;
  const query = /^[^?#]*\?([^#]*)/.exec(text)?.[1] ?? "";
  return Redacted.make(new URLSearchParams(query));
}

/**
 * Takes the parameters out of a form that the browser posted (`response_mode=form_post`).
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Redacted } from "effect";
 * import { fromForm } from "@bellhop/core/protocol/authorization_response";
 *
 * assert.equal(Redacted.value(fromForm("code=a+b&state=xyz")).get("code"), "a b");
 * ```
 *
 * @param body `application/x-www-form-urlencoded`.
 */
export function fromForm(body: string): CallbackParameters {
  return Redacted.make(new URLSearchParams(body.replace(/^\?/, "%3F")));
}

/**
 * The state of a callback, by which its request is found. Nothing where it has none or several.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { fromUrl, stateOf } from "@bellhop/core/protocol/authorization_response";
 *
 * assert.equal(stateOf(fromUrl("/callback?state=a&state=b")), undefined);
 * ```
 */
export function stateOf(callback: CallbackParameters): Redacted.Redacted | undefined {
  const state = single(Redacted.value(callback), "state");
  return state === undefined || state === REPEATED ? undefined : Redacted.make(state);
}

/**
 * Whether a callback answers the request that was sent with this state. The comparison takes as
 * long for a wrong state as for a right one.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Redacted } from "effect";
 * import { fromUrl, isAnswerTo } from "@bellhop/core/protocol/authorization_response";
 *
 * assert.ok(!isAnswerTo(fromUrl("/callback?state=abc"), Redacted.make("xyz")));
 * ```
 */
export function isAnswerTo(callback: CallbackParameters, state: Redacted.Redacted): boolean {
  return stateProblem(Redacted.value(callback), state) === undefined;
}

/**
 * Reads a callback.
 *
 * A parameter without a value counts as absent, unknown ones are ignored, and a known one that comes
 * twice is an error.
 *
 * | the server promises `iss` | the callback has `iss` | what follows                    |
 * | ------------------------- | ---------------------- | ------------------------------- |
 * | yes                       | yes                    | compared, refused if different  |
 * | yes                       | no                     | refused                         |
 * | no                        | yes                    | compared, refused if different  |
 * | no                        | no                     | taken                           |
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Redacted, Result } from "effect";
 * import { fromUrl, read } from "@bellhop/core/protocol/authorization_response";
 *
 * const asked = { issuer: "https://as.example.com", state: Redacted.make("xyz") };
 * const forged = fromUrl("/cb?error=access_denied&state=xyz&iss=https%3A%2F%2Fevil.example.com");
 *
 * const error = Result.getOrThrow(Result.flip(read(forged, asked)));
 * assert.equal(error.reason._tag, "OtherIssuer");
 * ```
 *
 * @returns The code, to be redeemed once and at that issuer only; or why there is none.
 */
export function read(
  callback: CallbackParameters,
  asked: AskedFor,
): Result.Result<Redacted.Redacted, AuthorizationResponseError> {
  const parameters = Redacted.value(callback);
  const problem = stateProblem(parameters, asked.state);
  if (problem !== undefined) return refuse(new OtherState({ problem }));
  const mixUp = issuerProblem(parameters, asked);
  if (mixUp !== undefined) {
    return refuse(new OtherIssuer({ problem: mixUp, expected: asked.issuer }));
  }
  const repeated = known.find((name) => single(parameters, name) === REPEATED);
  if (repeated !== undefined) return refuse(new Repeated({ parameter: repeated }));
  const code = single(parameters, "code");
  const rejected = rejectionIn(parameters, asked);
  if (rejected !== undefined) {
    return refuse(code === undefined ? rejected : new NoCode({ problem: "beside an error" }));
  }
  return code === undefined || code === REPEATED
    ? refuse(new NoCode({ problem: "missing" }))
    : Result.succeed(Redacted.make(code));
}

const REPEATED: unique symbol = Symbol("repeated");

const known: ReadonlyArray<string> = ["code", "error", "error_description", "error_uri"];

/** RFC 6749 section 3.1: no value, no parameter; never twice. */
function single(
  parameters: URLSearchParams,
  name: string,
): string | undefined | typeof REPEATED {
  const values = parameters.getAll(name);
  return values.length > 1 ? REPEATED : values[0] === "" ? undefined : values[0];
}

function stateProblem(
  parameters: URLSearchParams,
  expected: Redacted.Redacted,
): MismatchProblem | undefined {
  const state = single(parameters, "state");
  if (state === undefined) return "missing";
  if (state === REPEATED) return "repeated";
  return isSameText(state, Redacted.value(expected)) ? undefined : "different";
}

function issuerProblem(
  parameters: URLSearchParams,
  { isIssuerPromised = false, issuer }: AskedFor,
): MismatchProblem | undefined {
  const iss = single(parameters, "iss");
  if (iss === REPEATED) return "repeated";
  if (iss === undefined) return isIssuerPromised ? "missing" : undefined;
  return isSameIssuer(issuer, iss) ? undefined : "different";
}

function rejectionIn(
  parameters: URLSearchParams,
  { secrets = [], state }: AskedFor,
): Rejected | undefined {
  const code = parameters.get("code");
  const redact = Redaction.make([
    ...secrets,
    state,
    ...(code === null || code === "" ? [] : [Redacted.make(code)]),
  ]);
  const error = decodeError(Object.fromEntries(parameters), redact);
  return error === undefined ? undefined : new Rejected(error);
}

function refuse(
  reason: AuthorizationResponseErrorReason,
): Result.Result<never, AuthorizationResponseError> {
  return Result.fail(new AuthorizationResponseError({ reason }));
}
