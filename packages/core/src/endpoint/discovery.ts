/**
 * Discovery: asks a server for its metadata, by its issuer alone.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect } from "effect";
 * import { HttpClient, HttpClientResponse } from "effect/http";
 * import { discover } from "@bellhop/core/endpoint/discovery";
 *
 * const answering = HttpClient.make((request) =>
 *   Effect.succeed(HttpClientResponse.fromWeb(
 *     request,
 *     Response.json({
 *       issuer: "https://as.example.com",
 *       token_endpoint: "https://as.example.com/token",
 *     }),
 *   ))
 * );
 * const server = await Effect.runPromise(
 *   discover("https://as.example.com").pipe(
 *     Effect.provideService(HttpClient.HttpClient, answering),
 *   ),
 * );
 *
 * assert.equal(server.tokenEndpoint, "https://as.example.com/token");
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-3 | RFC 8414 section 3}
 * @module
 */
import * as Effect from "effect/Effect";
import type * as HttpClient from "effect/http/HttpClient";
import * as Result from "effect/Result";
import {
  EndpointError,
  type EndpointErrorReason,
  Insecure,
  InvalidUrl,
  Malformed,
} from "../protocol/endpoint_error.ts";
import {
  isSameIssuer,
  issuerOfWellKnown,
  type WellKnownForm,
  wellKnownUrls,
} from "../protocol/issuer.ts";
import type { Members } from "../protocol/response_body.ts";
import { parse, stripped } from "../protocol/secure_url.ts";
import { fromDocument, type ServerMetadata } from "../protocol/server_metadata.ts";
import { visible } from "../protocol/redaction.ts";
import { bodyOf, malformed, malformedBody, unavailable } from "./_answer.ts";
import type { Answer } from "./_exchange.ts";
import { exchange } from "./_transport.ts";

/** Settings of one discovery. */
export interface DiscoverOptions {
  /**
   * Where to look, in this order.
   *
   * @default ["oauthInserted", "openidAppended", "openidInserted"]
   */
  readonly forms?: ReadonlyArray<WellKnownForm> | undefined;
  /**
   * Time within which each answer has to come.
   *
   * @default 10_000
   */
  readonly requestLimitMillis?: number | undefined;
}

/**
 * Finds the metadata of an issuer in one of the two or three places where it may lie.
 *
 * Goes on to the next place only where an answer says that there is none here (a 4xx, a redirect,
 * no JSON object with an issuer). Stops at a network failure, a 5xx or a 429, and at a document of
 * another issuer, which is compared code point by code point.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect } from "effect";
 * import { FetchHttpClient } from "effect/http";
 * import { discover } from "@bellhop/core/endpoint/discovery";
 *
 * const hint = discover("https://as.example.com/.well-known/openid-configuration").pipe(
 *   Effect.flip,
 *   Effect.map((error) => error.hint),
 *   Effect.provide(FetchHttpClient.layer),
 * );
 *
 * assert.equal(await Effect.runPromise(hint), `Pass "https://as.example.com" instead`);
 * ```
 *
 * @param issuer The issuer, exactly as the server names itself; not the document's URL.
 * @param options Where to look, and the limit of each request.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-3.3 | RFC 8414 section 3.3}
 */
export const discover: (
  issuer: string,
  options?: DiscoverOptions,
) => Effect.Effect<ServerMetadata, EndpointError, HttpClient.HttpClient> = Effect.fn(
  "MetadataEndpoint.discover",
)(function* (issuer: string, options: DiscoverOptions = {}) {
  const refusal = refusalOf(issuer);
  if (refusal !== undefined) return yield* errorAt(issuer, refusal);
  const misses: Array<EndpointError> = [];
  for (const url of wellKnownUrls(issuer, options.forms)) {
    const found = yield* Effect.result(fetchDocument(issuer, url, options));
    if (Result.isSuccess(found)) return found.success;
    if (!isElsewhere(found.failure)) return yield* found.failure;
    misses.push(found.failure);
  }
  return yield* mostTelling(misses, issuer);
});

function fetchDocument(
  issuer: string,
  url: string,
  options: DiscoverOptions,
): Effect.Effect<ServerMetadata, EndpointError, HttpClient.HttpClient> {
  const { requestLimitMillis } = options;
  return exchange(
    { endpoint: "metadata", method: "GET", url, parameters: [], secrets: [], requestLimitMillis },
    (answer) => read(answer, issuer),
  );
}

function read(answer: Answer, issuer: string): Result.Result<ServerMetadata, EndpointErrorReason> {
  const { members, status } = answer;
  if (status >= 500 || status === 429) return Result.fail(unavailable(answer));
  if (status < 200 || status >= 300) {
    return Result.fail(malformed(answer, "unexpectedStatus", "no metadata here"));
  }
  if (Result.isFailure(members)) return Result.fail(malformedBody(answer, members.failure));
  return readDocument(answer, members.success, issuer);
}

function readDocument(
  answer: Answer,
  document: Members,
  issuer: string,
): Result.Result<ServerMetadata, EndpointErrorReason> {
  const named = document["issuer"];
  if (typeof named !== "string" || named === "") {
    return Result.fail(malformed(answer, "unexpectedShape", `"issuer" is missing`));
  }
  if (!isSameIssuer(issuer, named)) return Result.fail(mismatch(answer, issuer, named));
  return Result.mapError(
    fromDocument(document),
    (error) => malformed(answer, "insecureEndpoint", error.message),
  );
}

function mismatch(answer: Answer, issuer: string, named: string): Malformed {
  const suggestion = visible(named).slice(0, 500);
  return new Malformed({
    problem: "issuerMismatch",
    status: answer.status,
    description: `the document is of issuer "${suggestion}", not of "${stripped(issuer)}"`,
    suggestion,
    body: bodyOf(answer),
  });
}

/** Whether the metadata may still lie in another place. */
function isElsewhere({ reason }: EndpointError): boolean {
  return reason._tag === "Malformed" &&
    ["unexpectedStatus", "redirect", "notJson", "unexpectedShape"].includes(reason.problem);
}

/** Of several places without metadata, the one that tells more than a 404. */
function mostTelling(misses: ReadonlyArray<EndpointError>, issuer: string): EndpointError {
  const isTelling = ({ reason }: EndpointError) =>
    reason._tag === "Malformed" && reason.problem !== "unexpectedStatus";
  return misses.find(isTelling) ?? misses[0] ?? errorAt(
    issuer,
    new Malformed({
      problem: "unexpectedStatus",
      description: "there is no place to look for metadata",
      body: "",
    }),
  );
}

function refusalOf(issuer: string): EndpointErrorReason | undefined {
  const parsed = parse(issuer);
  const url = stripped(issuer);
  if (Result.isFailure(parsed)) {
    const { problem } = parsed.failure;
    return problem === "notSecure" ? new Insecure({ url }) : new InvalidUrl({ url, problem });
  }
  const suggestion = issuerOfWellKnown(url);
  if (suggestion !== undefined) return new InvalidUrl({ url, problem: "wellKnown", suggestion });
  return issuer.includes("?")
    ? new InvalidUrl({ url, problem: "query", suggestion: url })
    : undefined;
}

function errorAt(issuer: string, reason: EndpointErrorReason): EndpointError {
  return new EndpointError({ endpoint: "metadata", url: stripped(issuer), reason });
}
