/**
 * `application/x-www-form-urlencoded`, as OAuth sends and some servers answer.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Redacted } from "effect";
 * import { decode, encode } from "@bellhop/core/protocol/form";
 *
 * const body = encode([["grant_type", "refresh_token"], ["refresh_token", Redacted.make("tGz+v3")]]);
 *
 * assert.equal(body, "grant_type=refresh_token&refresh_token=tGz%2Bv3");
 * assert.deepEqual(decode("error=slow_down&interval="), { error: "slow_down", interval: "" });
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#appendix-B | RFC 6749 appendix B}
 * @module
 */
import * as Redacted from "effect/Redacted";

/** A parameter's name and value. One without a value is not sent. */
export type Parameter = readonly [name: string, value: string | Redacted.Redacted | undefined];

/**
 * Encodes parameters as a body. The result holds their secrets in clear: it is for the wire only.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { encode } from "@bellhop/core/protocol/form";
 *
 * assert.equal(encode([["scope", "a b"], ["audience", undefined], ["state", ""]]), "scope=a+b");
 * ```
 *
 * @param parameters In the order in which they are sent; a name may come more than once.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-3.2 | RFC 6749 section 3.2}
 */
export function encode(parameters: Iterable<Parameter>): string {
  const form = new URLSearchParams();
  for (const [name, value] of parameters) {
    const text = Redacted.isRedacted(value) ? Redacted.value(value) : value;
    if (text !== undefined && text !== "") form.append(name, text);
  }
  return form.toString();
}

/**
 * Encodes one value. `*`, `-`, `.`, `_`, letters and digits stay as they are, a space becomes `+`.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { encodeComponent } from "@bellhop/core/protocol/form";
 *
 * assert.equal(encodeComponent(" %&+£€"), "+%25%26%2B%C2%A3%E2%82%AC");
 * ```
 */
export function encodeComponent(value: string): string {
  return new URLSearchParams([["", value]]).toString().slice(1);
}

/**
 * Decodes a body.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { decode } from "@bellhop/core/protocol/form";
 *
 * assert.equal(decode("error=slow_down&error=access_denied"), undefined);
 * ```
 *
 * @returns The members; nothing where one is repeated, which RFC 6749 forbids.
 */
export function decode(text: string): Record<string, string> | undefined {
  const pairs = [...new URLSearchParams(text.replace(/^\?/, "%3F"))];
  const members = Object.fromEntries(pairs);
  return Object.keys(members).length === pairs.length ? members : undefined;
}
