/**
 * Makes the words of a server fit to be kept: bounded, without control characters, and without
 * secrets.
 *
 * Two kinds of secret are replaced by `<redacted>`: those that were sent, in every form in which a
 * server may echo them, and whatever is named like a secret (`access_token`, `code`, `password` …)
 * in JSON, form-encoded, HTML or plain text, whole or cut off in the middle. A text that is a JSON
 * object or array is redacted value by value, and everything below a secret name counts as secret.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Redacted } from "effect";
 * import { make } from "@bellhop/core/protocol/redaction";
 *
 * const redact = make([Redacted.make("gX1fBat3bV")]);
 *
 * assert.equal(redact("no client with secret gX1fBat3bV"), "no client with secret <redacted>");
 * assert.equal(redact(`{"access_token":"2Yotn`), `{"access_token":"<redacted>"`);
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9700#section-4.2 | RFC 9700 section 4.2}
 * @module
 */
import * as Base64 from "effect/encoding/Base64";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import { encodeComponent } from "./form.ts";
import * as Json from "./json.ts";

/** Stands where a secret stood. */
const mark = "<redacted>";

/** Characters kept of a text unless told otherwise. */
const defaultLimit = 2_000;

/** Nothing of a text beyond this is looked at, for what is kept is far shorter. */
const workingLimit = 8_192;

/** Values of one JSON text that are looked at. */
const maxValues = 300;

const secretName = String
  .raw`[\w.-]{0,64}?(?:token|secret|password|passwd|assertion|verifier|device_?code|credentials?|private_?key|api_?key)|(?:auth(?:orization)?_?)?code`;

const wholeSecretName = new RegExp(`^(?:${secretName})$`, "i");

/** Holds nothing that an encoding for a URL, a form, JSON or HTML would change. */
const unreserved = /^[\w-]*$/;
/** Printable ASCII, all of which is visible. */
const printable = /^[ -~]*$/;
/** Neither quotes, white space, nor what stands between a name and its value. */
const bare = /^[\w.-]*$/;

/** A secret that is cut off at the end of a text is known by this many characters. */
const headLength = 6;

/** `"name": "value"`, also with single quotes, `=>`, a bare or a cut-off value, or a list. */
const quotedMember = new RegExp(
  String
    .raw`(["'])(${secretName})\1(\s*(?::|=>|=)\s*)(?:"(?:[^"\\]|\\[^])*"?|'(?:[^'\\]|\\[^])*'?|\[[^\]]*\]?|[^\s,}\]{["']+)`,
  "gi",
);
/** JSON inside a JSON string: `\"name\": \"value\"`. */
const escapedMember = new RegExp(
  String
    .raw`(?<!\\)(\\{1,15}["'])(${secretName})\\{1,15}["'](\s*:\s*)\\{1,15}["'](?:[^"'\\]|\\+[^"'\\])*`,
  "gi",
);
/** JSON inside HTML: `&quot;name&quot;:&quot;value&quot;`. */
const htmlMember = new RegExp(
  String
    .raw`(&quot;|&#0?3[49];|&#x2[27];)(${secretName})\1(\s*:\s*)\1(?:(?!\1)[^])*`,
  "gi",
);
const xmlMember = new RegExp(String.raw`<(${secretName})>[^<]*`, "gi");
const formMember = new RegExp(
  String.raw`(^|[?&#\s;,("'<>{])(${secretName})=[^&\s"'<>;,)}]*`,
  "gi",
);
/** `name: value` in running text, where the value looks made by a machine. */
const spokenMember = new RegExp(
  String.raw`(^|[\s;,(<>{])(${secretName})(\s*(?::|=>)\s*)(?=\S{0,200}\d)[\w.~+/=-]{8,}`,
  "gi",
);
const authorizationScheme = /\b(Bearer|Basic|DPoP)\s+(?=\S{0,200}\d)[\w.~+/=-]{8,}/gi;
const jsonWebToken = /\beyJ[\w-]{8,}(?:\.[\w-]*){0,4}/g;

/** ANSI colours and cursor movements. Any control character but white space counts as ESC. */
const controlSequence = /(?:[^\P{Cc}\s]\[|\u009b)[0-?]*[ -/]*[@-~]/gu;
/** ANSI titles and links, up to their terminator or the end of the line. */
const controlString = /(?:[^\P{Cc}\s][\]PX^_]|[\u0090\u009d])\P{Cc}*(?:[^\P{Cc}\s]\\?)?/gu;
const invisible = /[^\P{C}\n\t]|[\u2028\u2029]/gu;

/** Settings of one redaction. */
export interface RedactOptions {
  /**
   * Characters to keep; what is cut off leaves an ellipsis.
   *
   * @default 2_000
   */
  readonly limit?: number | undefined;
  /**
   * Puts everything on one line.
   *
   * @default false
   */
  readonly isLine?: boolean | undefined;
}

/** Replaces the secrets of a text. */
export type Redactor = (text: string, options?: RedactOptions) => string;

/**
 * Makes a redactor that knows the secrets which were sent.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { make } from "@bellhop/core/protocol/redaction";
 *
 * const redact = make([]);
 *
 * assert.equal(redact("\u001b[31mfailed\u001b[0m"), "failed");
 * assert.equal(redact("too long", { limit: 3 }), "too…");
 * ```
 *
 * @param secrets What the request held; also found when encoded for a URL, a form, JSON, HTML or
 * in Base64.
 */
export function make(secrets: ReadonlyArray<Redacted.Redacted>): Redactor {
  const known = new Known(secrets);
  const redactor: Redactor = (text, options = {}) => {
    const limit = options.limit ?? defaultLimit;
    if (bare.test(text) && text.length <= workingLimit) {
      return bounded(withoutNamed(known.removedFrom(text)), limit);
    }
    const redacted = isLikeJson(text)
      ? redactJson(known.removedFrom(text), redactor) ?? redactText(text, known)
      : redactText(text, known);
    const line = options.isLine === true ? redacted.replace(/\s+/g, " ").trim() : redacted;
    return bounded(line, limit);
  };
  return redactor;
}

/**
 * Whether a parameter or member of this name holds a secret.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { isSecretName } from "@bellhop/core/protocol/redaction";
 *
 * assert.ok(isSecretName("refresh_token"));
 * assert.ok(!isSecretName("token_type"));
 * ```
 */
export function isSecretName(name: string): boolean {
  return wholeSecretName.test(name);
}

/**
 * Replaces the secrets among the members of an answer, nested ones too. Of more than 300 values the
 * rest is counted, not shown.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { make, redactMembers } from "@bellhop/core/protocol/redaction";
 *
 * assert.deepEqual(
 *   redactMembers({ access_token: "2YotnFZFEjr1zCsicMWpAA", expires_in: 60 }, make([])),
 *   { access_token: "<redacted>", expires_in: 60 },
 * );
 * ```
 *
 * @param members Plain JSON values, not nested deeper than the JSON limit.
 * @param redact Applied to every text.
 */
export function redactMembers(
  members: Readonly<Record<string, unknown>>,
  redact: Redactor,
): Record<string, unknown> {
  return redactEntries(members, { redact, left: maxValues });
}

/**
 * Text without control characters, ANSI escapes and invisible characters; line feeds and tabs stay.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { visible } from "@bellhop/core/protocol/redaction";
 *
 * assert.equal(visible("a\u0007b\u202ec\n"), "abc\n");
 * ```
 */
export function visible(text: string): string {
  if (printable.test(text)) return text;
  return text.replace(controlSequence, "").replace(controlString, "").replace(invisible, "");
}

/** One redaction of JSON: how, and how many values more. */
interface Redaction {
  readonly redact: Redactor;
  left: number;
}

function isLikeJson(text: string): boolean {
  return /^\s{0,32}[{[]/.test(text);
}

/** A JSON object or array, redacted; nothing where the text is none. */
function redactJson(text: string, redact: Redactor): string | undefined {
  const json = Json.parse(text);
  return Result.isSuccess(json)
    ? JSON.stringify(redactValue(json.success, { redact, left: maxValues }))
    : undefined;
}

function redactText(text: string, known: Known): string {
  return withoutNamed(known.removedFrom(visible(text.slice(0, workingLimit))));
}

function redactEntries(
  members: Readonly<Record<string, unknown>>,
  redaction: Redaction,
): Record<string, unknown> {
  const redacted: Array<readonly [string, unknown]> = [];
  const entries = Object.entries(members);
  for (const [name, value] of entries) {
    if (redaction.left-- <= 0) break;
    redacted.push([
      redaction.redact(name, { limit: 100, isLine: true }),
      isSecretName(visible(name)) && value !== null ? mark : redactValue(value, redaction),
    ]);
  }
  const more = entries.length - redacted.length;
  return Object.fromEntries(more > 0 ? [...redacted, ["…", `${more} more`]] : redacted);
}

function redactItems(items: ReadonlyArray<unknown>, redaction: Redaction): ReadonlyArray<unknown> {
  const redacted: Array<unknown> = [];
  for (const item of items) {
    if (redaction.left-- <= 0) break;
    redacted.push(redactValue(item, redaction));
  }
  const more = items.length - redacted.length;
  return more > 0 ? [...redacted, `${more} more`] : redacted;
}

function redactValue(value: unknown, redaction: Redaction): unknown {
  if (typeof value === "string") return redaction.redact(value);
  if (typeof value === "number") {
    return redaction.redact(String(value)) === String(value) ? value : mark;
  }
  if (Array.isArray(value)) return redactItems(value, redaction);
  return typeof value === "object" && value !== null
    ? redactEntries(value as Record<string, unknown>, redaction)
    : value;
}

function withoutNamed(text: string): string {
  if (bare.test(text)) return text.replace(jsonWebToken, mark);
  return text
    .replace(quotedMember, `$1$2$1$3"${mark}"`)
    .replace(escapedMember, `$1$2$1$3$1${mark}`)
    .replace(htmlMember, `$1$2$1$3$1${mark}`)
    .replace(xmlMember, `<$1>${mark}`)
    .replace(formMember, `$1$2=${mark}`)
    .replace(spokenMember, `$1$2$3${mark}`)
    .replace(authorizationScheme, `$1 ${mark}`)
    .replace(jsonWebToken, mark);
}

/**
 * What was sent. Most texts hold nothing that any form of it begins with, and of such a beginning less
 * is to be made than of all forms.
 */
class Known {
  readonly #secrets: ReadonlyArray<Redacted.Redacted>;
  #heads: ReadonlyArray<string> | undefined;
  #variants: ReadonlyArray<string> | undefined;

  constructor(secrets: ReadonlyArray<Redacted.Redacted>) {
    this.#secrets = secrets;
  }

  removedFrom(text: string): string {
    this.#heads ??= headsOf(this.#secrets);
    for (const head of this.#heads) {
      if (text.includes(head)) {
        return withoutKnown(text, this.#variants ??= variantsOf(this.#secrets));
      }
    }
    return text;
  }
}

function withoutKnown(text: string, variants: ReadonlyArray<string>): string {
  const replaced = variants.reduce((rest, variant) => rest.replaceAll(variant, mark), text);
  const cut = Math.max(0, ...variants.map((variant) => partialLength(replaced, variant)));
  return cut === 0 ? replaced : replaced.slice(0, -cut) + mark;
}

/** How much of a secret the text ends with, where it was cut off within one. */
function partialLength(text: string, variant: string): number {
  for (let length = Math.min(variant.length - 1, text.length); length >= headLength; length--) {
    if (text.endsWith(variant.slice(0, length))) return length;
  }
  return 0;
}

/**
 * What the variants begin with, the short ones whole. Of printable ASCII every encoding goes character
 * by character (Base64 three by three), so that the beginning of a secret tells that of its variants.
 */
function headsOf(secrets: ReadonlyArray<Redacted.Redacted>): ReadonlyArray<string> {
  const heads: Array<string> = [];
  for (const redacted of secrets) {
    const secret = Redacted.value(redacted);
    const beginning = printable.test(secret) ? secret.slice(0, headLength) : secret;
    for (const variant of encodingsOf(beginning)) {
      const head = variant.slice(0, headLength);
      if (head !== "" && !heads.includes(head)) heads.push(head);
    }
  }
  return heads;
}

function variantsOf(secrets: ReadonlyArray<Redacted.Redacted>): ReadonlyArray<string> {
  const variants = new Set(secrets.map(Redacted.value).flatMap(encodingsOf));
  variants.delete("");
  return [...variants].toSorted((a, b) => b.length - a.length);
}

function encodingsOf(secret: string): ReadonlyArray<string> {
  // Of ASCII, what every platform has built in gives the same, and much sooner.
  const base64 = printable.test(secret) ? btoa(secret) : Base64.encode(secret);
  const base64Url = /[+/=]/.test(base64)
    ? base64.replace(/=+$/, "").replaceAll("+", "-").replaceAll("/", "_")
    : base64;
  if (unreserved.test(secret)) return [secret, base64, base64Url];
  const url = encodeURIComponent(secret.toWellFormed());
  const form = encodeComponent(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  return [
    visible(secret),
    url,
    lowerHex(url),
    form,
    lowerHex(form),
    json,
    json.replaceAll("/", String.raw`\/`),
    htmlOf(secret),
    base64,
    base64Url,
  ];
}

function lowerHex(encoded: string): string {
  return encoded.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase());
}

function htmlOf(secret: string): string {
  return secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

function bounded(text: string, limit: number): string {
  return text.length <= limit
    ? text
    : `${text.slice(0, limit).toWellFormed().replace(/\ufffd$/, "")}…`;
}
