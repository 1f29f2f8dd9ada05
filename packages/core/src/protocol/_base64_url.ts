import * as Base64Url from "effect/encoding/Base64Url";
import * as Result from "effect/Result";

/**
 * Bytes of base64url as RFC 7515 section 2 has it: no padding, no line breaks, and no bits left over
 * at the end, so that one value has one spelling. Nothing where the text is anything else.
 */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[\w-]*$/.test(text) || text.endsWith("\n")) return undefined;
  const decoded = Base64Url.decode(text);
  if (Result.isFailure(decoded) || Base64Url.encode(decoded.success) !== text) return undefined;
  return Uint8Array.from(decoded.success);
}
