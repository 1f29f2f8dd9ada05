/**
 * What may be kept of an answer that grants something: its structure, not its values.
 *
 * A redaction goes by names, and a grant of an unforeseen shape is just where a token sits under an
 * unforeseen name. So only the values of a few members are kept; of the others the type.
 *
 * @module
 */
import * as Result from "effect/Result";
import * as Json from "../protocol/json.ts";
import { isSecretName, type Redactor } from "../protocol/redaction.ts";
import * as ResponseBody from "../protocol/response_body.ts";

/** Levels below the top one. */
const maxDepth = 6;
const maxValues = 100;
const maxItems = 3;
const maxCharacters = 2_000;

type Fits = (value: unknown) => boolean;

/** Members whose value is kept, and what it has to look like. */
const kept: ReadonlyMap<string, Fits> = new Map<string, Fits>([
  ["error", isText(100)],
  ["error_description", isText(Number.POSITIVE_INFINITY)],
  ["error_uri", isText(500)],
  ["token_type", (value) => typeof value === "string" && /^[\w.:+-]{1,20}$/.test(value)],
  ["expires_in", isSeconds],
  ["interval", isSeconds],
  ["scope", isText(500)],
  ["user_code", isText(20)],
  ["verification_uri", isText(500)],
  ["verification_url", isText(500)],
  ["verification_uri_complete", isText(500)],
]);

interface Outlining {
  readonly redact: Redactor;
  /** Levels around the value. */
  readonly depth: number;
  /** Whether it lies below the name of a secret. */
  readonly isSecret: boolean;
  /** Shared by the whole outline. */
  readonly budget: { left: number };
}

/** The members of a grant: names, and types for values. */
export function outlineOf(
  members: ResponseBody.Members,
  redact: Redactor,
): Record<string, unknown> {
  return outlineMembers(members, begun(redact));
}

/** The body of a grant, as a text: the outline of JSON or a form, of anything else the length. */
export function outlineText(text: string, redact: Redactor): string {
  if (text === "") return "";
  const members = ResponseBody.parse(text);
  if (Result.isSuccess(members)) return bounded(outlineOf(members.success, redact));
  const json = Json.parse(text);
  return Result.isSuccess(json)
    ? bounded(outlineValue(json.success, begun(redact)))
    : `<${text.length} characters, ${members.failure.description}>`;
}

function bounded(outline: unknown): string {
  const text = JSON.stringify(outline);
  return text.length <= maxCharacters
    ? text
    : `${text.slice(0, maxCharacters).toWellFormed().replace(/\ufffd$/, "")}…`;
}

function begun(redact: Redactor): Outlining {
  return { redact, depth: 0, isSecret: false, budget: { left: maxValues } };
}

function outlineMembers(
  members: ResponseBody.Members,
  outlining: Outlining,
): Record<string, unknown> {
  // Its names are words, or say how long they are: none of them is `__proto__`.
  const outline: Record<string, unknown> = {};
  const names = Object.keys(members);
  let count = 0;
  for (const name of names) {
    if (outlining.budget.left <= 0) break;
    outlining.budget.left--;
    count++;
    const value = members[name];
    outline[nameOf(name, value, outlining)] = outlineMember(name, value, outlining);
  }
  if (count < names.length) outline["…"] = `<${names.length - count} more>`;
  return outline;
}

function outlineMember(name: string, value: unknown, outlining: Outlining): unknown {
  const { isSecret, redact } = outlining;
  if (!isSecret && kept.get(name)?.(value) === true) {
    return typeof value === "string" ? redact(value) : value;
  }
  return isSecret || !isSecretName(name)
    ? outlineValue(value, outlining)
    : outlineValue(value, { ...outlining, isSecret: true });
}

function outlineValue(value: unknown, outlining: Outlining): unknown {
  if (value === null || value === "" || typeof value === "boolean") return value;
  if (typeof value !== "object") return outlining.isSecret ? "<redacted>" : `<${typeof value}>`;
  const within = { ...outlining, depth: outlining.depth + 1 };
  if (Array.isArray(value)) {
    return within.depth > maxDepth ? "<array>" : outlineItems(value, within);
  }
  return within.depth > maxDepth
    ? "<object>"
    : outlineMembers(value as ResponseBody.Members, within);
}

function outlineItems(items: ReadonlyArray<unknown>, outlining: Outlining): ReadonlyArray<unknown> {
  const outline: Array<unknown> = [];
  for (const item of items.slice(0, maxItems)) {
    if (outlining.budget.left <= 0) break;
    outlining.budget.left--;
    outline.push(outlineValue(item, outlining));
  }
  const more = items.length - outline.length;
  return more > 0 ? [...outline, `<${more} more>`] : outline;
}

/** Names made of words: a token in padded Base64 reads like a form, with the token for a name. */
function nameOf(name: string, value: unknown, { redact }: Outlining): string {
  const isWords = /^[A-Za-z][a-z]{0,19}(?:(?:[_.-][A-Z]?|[A-Z])[a-z]{1,20}){0,5}$/.test(name);
  const isShown = isWords && (value !== "" || kept.has(name) || isSecretName(name));
  return isShown && redact(name) === name ? name : `<name of ${name.length} characters>`;
}

function isText(maxLength: number): Fits {
  return (value) => typeof value === "string" && value.length <= maxLength;
}

function isSeconds(value: unknown): boolean {
  return typeof value === "number"
    ? Number.isFinite(value) && Math.abs(value) < 1e10
    : typeof value === "string" && /^-?\d{1,10}(?:\.\d{1,3})?$/.test(value);
}
