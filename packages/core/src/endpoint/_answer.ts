import * as Result from "effect/Result";
import {
  type EndpointErrorReason,
  Malformed,
  Rejected,
  Unavailable,
} from "../protocol/endpoint_error.ts";
import * as OAuthErrorResponse from "../protocol/oauth_error_response.ts";
import type { Members, ResponseBodyProblem } from "../protocol/response_body.ts";
import type { Answer } from "./_exchange.ts";
import { outlineText } from "./_outline.ts";

/** Answers of a device login that say what they mean even where a gateway made the status a 5xx. */
const pollingCodes: ReadonlySet<string> = new Set([
  "authorization_pending",
  "slow_down",
  "access_denied",
  "expired_token",
]);

/** The members of an answer that grants something, or the reason why it grants nothing. */
export function membersOf(answer: Answer): Result.Result<Members, EndpointErrorReason> {
  const refusal = refusalOf(answer);
  if (refusal !== undefined) return Result.fail(refusal);
  return Result.mapError(answer.members, (problem) => malformedBody(answer, problem));
}

/** The reason why an answer grants nothing; nothing where it is a 2xx without an OAuth error. */
export function refusalOf(answer: Answer): EndpointErrorReason | undefined {
  const { status } = answer;
  const error = Result.isSuccess(answer.members)
    ? OAuthErrorResponse.decode(answer.members.success, answer.redact)
    : undefined;
  const isServerFault = status >= 500;
  if (error !== undefined && (!isServerFault || pollingCodes.has(error.code))) {
    return rejected(answer, error);
  }
  if (isServerFault || status === 429) return unavailable(answer);
  if (status >= 200 && status < 300) return undefined;
  return Result.isFailure(answer.members)
    ? malformedBody(answer, answer.members.failure)
    : malformed(answer, "unexpectedStatus", "no OAuth error in the body");
}

/** An answer whose members do not make sense here. */
export function unexpectedShape(answer: Answer, description: string): Malformed {
  return malformed(answer, "unexpectedShape", description);
}

/** The server cannot answer now. */
export function unavailable(answer: Answer): Unavailable {
  const { retryAfterMillis, status } = answer;
  return new Unavailable({ status, retryAfterMillis, body: bodyOf(answer) });
}

/** An answer that makes no sense, with its status and the start of its body. */
export function malformed(
  answer: Answer,
  problem: Malformed["problem"],
  description: string,
): Malformed {
  const { status } = answer;
  return new Malformed({
    problem,
    status,
    description: `status ${status}, ${description}`,
    body: bodyOf(answer),
  });
}

/** What is kept of a body: of a grant its outline, of any other its words without the secrets. */
export function bodyOf(answer: Pick<Answer, "isGrant" | "redact" | "text">): string {
  const { isGrant, redact, text } = answer;
  return isGrant ? outlineText(text, redact) : redact(text);
}

/** An answer whose body has no members. */
export function malformedBody(answer: Answer, problem: ResponseBodyProblem): Malformed {
  return malformed(answer, problem.problem, problem.description);
}

function rejected(answer: Answer, error: OAuthErrorResponse.OAuthErrorResponse): Rejected {
  const { retryAfterMillis, status } = answer;
  return new Rejected({ ...error, status, retryAfterMillis, body: bodyOf(answer) });
}
