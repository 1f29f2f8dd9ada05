/**
 * The body of an answer as members, whatever its content type claims.
 *
 * Servers label JSON as `text/html`, form-encoded bodies as JSON, and GitHub answers in a form
 * unless asked otherwise. So the text itself decides.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Result } from "effect";
 * import { parse } from "@bellhop/core/protocol/response_body";
 *
 * const members = { error: "authorization_pending" };
 *
 * assert.deepEqual(Result.getOrThrow(parse(`{"error":"authorization_pending"}`)), members);
 * assert.deepEqual(Result.getOrThrow(parse("error=authorization_pending")), members);
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-5.1 | RFC 6749 section 5.1}
 * @module
 */
import * as Result from "effect/Result";
import * as Form from "./form.ts";
import * as Json from "./json.ts";

/** The members of an answer. */
export type Members = Readonly<Record<string, unknown>>;

/** Why a body has no members. */
export class ResponseBodyProblem {
  /** What is wrong with the body. */
  readonly problem: "notJson" | "tooDeep" | "unexpectedShape";
  /** Our own words, nothing of the body. */
  readonly description: string;

  /** Says what is wrong in a code and in our own words. */
  constructor(problem: ResponseBodyProblem["problem"], description: string) {
    this.problem = problem;
    this.description = description;
  }
}

/**
 * Reads the members of a body.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Result } from "effect";
 * import { parse } from "@bellhop/core/protocol/response_body";
 *
 * const { problem } = parse("<html>").pipe(Result.flip, Result.getOrThrow);
 * assert.equal(problem, "notJson");
 * ```
 *
 * @param text The whole body, decoded from UTF-8.
 * @returns The members of a JSON object or a form, or why there are none.
 */
export function parse(text: string): Result.Result<Members, ResponseBodyProblem> {
  const body = text.replace(/^\ufeff/, "").trim();
  if (body === "") return refuse("notJson", "the body is empty");
  if (body.startsWith("<")) return refuse("notJson", "the body is HTML or XML");
  if (isForm(body)) return parseForm(body);
  const json = Json.parse(body);
  if (Result.isFailure(json)) {
    return json.failure === "tooDeep"
      ? refuse("tooDeep", "the JSON is nested deeper than 64 levels")
      : refuse("notJson", isCutOff(body) ? "the JSON breaks off" : "the body is not JSON");
  }
  return isMembers(json.success)
    ? Result.succeed(json.success)
    : refuse("unexpectedShape", "the JSON is not an object");
}

function parseForm(body: string): Result.Result<Members, ResponseBodyProblem> {
  const members = Form.decode(body);
  return members === undefined
    ? refuse("unexpectedShape", "a parameter is repeated")
    : Result.succeed(members);
}

/** Pairs without white space, the first of which begins with an ordinary name. */
function isForm(body: string): boolean {
  return /^[\w.~*%+-]+=[^\s<>{}"]*$/.test(body);
}

function isCutOff(body: string): boolean {
  return body.startsWith("{") && !body.endsWith("}");
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refuse(
  problem: ResponseBodyProblem["problem"],
  description: string,
): Result.Result<never, ResponseBodyProblem> {
  return Result.fail(new ResponseBodyProblem(problem, description));
}
