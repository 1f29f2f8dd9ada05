/**
 * Makes of any value one that JSON can hold, without secrets and within bounds.
 *
 * @module
 */
import * as Redacted from "effect/Redacted";
import { isSecretName, make } from "@bellhop/core/protocol/redaction";

const MARK = "<redacted>";
const MAX_DEPTH = 12;
const MAX_VALUES = 2_000;
const MAX_CHARACTERS = 4_000;
const MAX_MESSAGE_CHARACTERS = 500;
const MAX_NAMES_KEPT = 1_000;
const MAX_NAME_CHARACTERS = 200;

/** Whatever a program put there: a chart only hands it on, so that its type says enough. */
const outlined: ReadonlySet<string> = new Set(["claims", "memo", "validated"]);

const redact = make([]);

/** What a text has in which a secret has its name before it, or is known by its looks. */
const telling = /=|eyJ|\b(?:Bearer|Basic|DPoP) /i;

/** Whether a text under this name is a secret. Found out once for each name. */
const secretNames: Map<string, boolean> = new Map();

interface Encoding {
  /** Values that may still be written. */
  left: number;
  /** The objects around the one that is written. */
  readonly around: Array<object>;
  /** Around how many of them there is the name of a secret, so that texts in them are secrets. */
  secretNames: number;
}

/**
 * Encodes a value: secrets become `<redacted>`, errors their words, numbers that JSON lacks their
 * names, and what is nested too deep or in a circle a mark.
 */
export function encode(value: unknown): unknown {
  return encodeValue(value, { left: MAX_VALUES, around: [], secretNames: 0 });
}

function encodeValue(value: unknown, encoding: Encoding): unknown {
  if (encoding.left-- <= 0) return "<more>";
  switch (typeof value) {
    case "string":
      return encoding.secretNames > 0 ? MARK : encodeText(value);
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "boolean":
      return value;
    case "bigint":
      return encoding.secretNames > 0 ? MARK : bounded(String(value), MAX_CHARACTERS);
    case "object":
      return value === null ? null : guarded(value, encoding);
    case "undefined":
      return undefined;
    default:
      return `<${typeof value}>`;
  }
}

function encodeText(text: string): string {
  return telling.test(text) ? redacted(text, MAX_CHARACTERS) : bounded(text, MAX_CHARACTERS);
}

/** The same for a text that went through it before: a replay encodes what was recorded. */
function redacted(text: string, limit: number): string {
  return redact(text, { limit }).replace(/(?:<redacted>){2,}/g, MARK);
}

/** A getter or a proxy of the program may throw. */
function guarded(value: object, encoding: Encoding): unknown {
  const depth = encoding.around.length;
  try {
    if (Redacted.isRedacted(value)) return MARK;
    if (encoding.around.includes(value)) return "<circular>";
    if (depth >= MAX_DEPTH) return Array.isArray(value) ? "<array>" : "<object>";
    encoding.around.push(value);
    return encodeObject(value, encoding);
  } catch {
    return "<unreadable>";
  } finally {
    encoding.around.length = depth;
  }
}

function encodeObject(value: object, encoding: Encoding): unknown {
  if (Array.isArray(value)) return encodeItems({ items: value, count: value.length }, encoding);
  return Object.getPrototypeOf(value) === Object.prototype
    ? encodeOwn(value, encoding)
    : encodeInstance(value, encoding);
}

function encodeInstance(value: object, encoding: Encoding): unknown {
  if (value instanceof Error) return wordsOf(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof URL) return bounded(`${value.origin}${value.pathname}`, MAX_CHARACTERS);
  if (value instanceof URLSearchParams) return "<parameters>";
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
    return `<${value.byteLength} bytes>`;
  }
  if (value instanceof Set) return encodeItems({ items: value, count: value.size }, encoding);
  if (value instanceof Map) return encodeEntries(value, encoding);
  return encodeOwn(value, encoding);
}

/** How many there are is known before they are looked at: of a million, two thousand are. */
interface Items {
  readonly items: Iterable<unknown>;
  readonly count: number;
}

function encodeItems({ items, count }: Items, encoding: Encoding): ReadonlyArray<unknown> {
  const encoded: Array<unknown> = [];
  for (const item of items) {
    if (encoding.left <= 0) {
      encoded.push(`<${count - encoded.length} more>`);
      break;
    }
    encoded.push(encodeValue(item, encoding) ?? null);
  }
  return encoded;
}

function encodeOwn(value: object, encoding: Encoding): Record<string, unknown> {
  const encoded: Record<string, unknown> = {};
  const names = Object.keys(value);
  let count = 0;
  for (const name of names) {
    const member = (value as Readonly<Record<string, unknown>>)[name];
    if (member === undefined) continue;
    if (encoding.left <= 0) {
      encoded["…"] = `<${names.length - count} more>`;
      break;
    }
    const shown = bounded(name, MAX_NAME_CHARACTERS);
    put(encoded, shown, encodeMember(shown, member, encoding));
    count++;
  }
  return encoded;
}

function encodeEntries(
  entries: ReadonlyMap<unknown, unknown>,
  encoding: Encoding,
): Record<string, unknown> {
  const encoded: Record<string, unknown> = {};
  let count = 0;
  for (const [key, value] of entries) {
    if (value === undefined) continue;
    if (encoding.left <= 0) {
      encoded["…"] = `<${entries.size - count} more>`;
      break;
    }
    const name = nameOf(key);
    put(encoded, name, encodeMember(name, value, encoding));
    count++;
  }
  return encoded;
}

/** An assignment to `__proto__` would make no member. */
function put(members: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== "__proto__") members[name] = value;
  else {
    Object.defineProperty(members, name, {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
}

function encodeMember(name: string, value: unknown, encoding: Encoding): unknown {
  if (outlined.has(name)) return value === null ? null : `<${typeof value}>`;
  if (!isSecret(name)) return encodeValue(value, encoding);
  if (typeof value === "number") return MARK;
  encoding.secretNames++;
  const encoded = encodeValue(value, encoding);
  encoding.secretNames--;
  return encoded;
}

function nameOf(key: unknown): string {
  return typeof key === "string" || typeof key === "number"
    ? bounded(String(key), MAX_NAME_CHARACTERS)
    : `<${typeof key}>`;
}

/** What an error says. Its other members may hold whatever the program was given. */
function wordsOf(error: Error): Record<string, unknown> {
  const { name, message, _tag, hint, reason } = error as Error & Record<string, unknown>;
  const tag = textOf(_tag);
  const reasonTag = textOf((reason as { readonly _tag?: unknown } | undefined)?._tag);
  const words = textOf(hint);
  return {
    name: textOf(name) ?? "Error",
    ...(tag === undefined ? {} : { tag }),
    ...(reasonTag === undefined ? {} : { reason: reasonTag }),
    message: textOf(message) ?? "",
    ...(words === undefined ? {} : { hint: words }),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? redacted(value, MAX_MESSAGE_CHARACTERS) : undefined;
}

function isSecret(name: string): boolean {
  const known = secretNames.get(name);
  if (known !== undefined) return known;
  const is = isSecretName(name);
  if (secretNames.size < MAX_NAMES_KEPT) secretNames.set(name, is);
  return is;
}

function bounded(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit).toWellFormed()}…`;
}
