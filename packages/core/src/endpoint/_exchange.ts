/**
 * One request to an endpoint and its answer, as values.
 *
 * @module
 */
import type * as Redacted from "effect/Redacted";
import type * as Result from "effect/Result";
import type { EndpointErrorReason, EndpointName } from "../protocol/endpoint_error.ts";
import type * as Form from "../protocol/form.ts";
import type * as Redaction from "../protocol/redaction.ts";
import type * as ResponseBody from "../protocol/response_body.ts";

/** One request, as an endpoint describes it. */
export interface Exchange {
  readonly endpoint: EndpointName;
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly authorization?: Redacted.Redacted | undefined;
  readonly parameters: ReadonlyArray<Form.Parameter>;
  /** What must not be seen again in anything that is kept of the answer. */
  readonly secrets: ReadonlyArray<Redacted.Redacted>;
  /** Leaves the body of a 2xx answer unread. */
  readonly isBodyIgnored?: boolean | undefined;
  readonly requestLimitMillis?: number | undefined;
}

/** One whole answer, not yet judged. */
export interface Answer {
  readonly status: number;
  /** A 2xx answer of an endpoint that hands out secrets: nothing but its outline may be kept. */
  readonly isGrant: boolean;
  /** The body in clear: for decoding only. */
  readonly text: string;
  readonly members: Result.Result<ResponseBody.Members, ResponseBody.ResponseBodyProblem>;
  readonly retryAfterMillis: number | undefined;
  /** Clock, just before the request was sent. */
  readonly sentAtMillis: number;
  /** Clock, when the whole answer was there. */
  readonly receivedAtMillis: number;
  readonly redact: Redaction.Redactor;
}

/** What an endpoint makes of an answer. */
export type Reader<A> = (answer: Answer) => Result.Result<A, EndpointErrorReason>;
