/**
 * Sealing keys as text, in a variable, a file or a keyring: each 32 bytes as base64url, base64 or
 * hexadecimal digits, several separated by commas or line ends. The first seals, all open.
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import type * as Digest from "effect/crypto/Digest";
import * as SecureRandom from "effect/crypto/SecureRandom";
import * as Base64Url from "effect/encoding/Base64Url";
import * as Hex from "effect/encoding/Hex";
import { makeKey, type SealingKey, type SealingKeys } from "@bellhop/core/protocol/seal";
import { KeySourceError } from "./key_source_error.ts";

/** Where a text came from, for messages. */
export interface Source {
  readonly location: string;
  readonly hint: string;
}

/** A key and the text that it was read from. */
export interface TextKey {
  readonly key: SealingKey;
  readonly text: Redacted.Redacted;
}

/** At least one key, the sealing one first. */
export type TextKeys = readonly [TextKey, ...ReadonlyArray<TextKey>];

const keyBytes = 32;

/** Reads the keys of a text. Fails with `malformed`, and never shows the text. */
export const parse: (
  text: Redacted.Redacted,
  source: Source,
) => Effect.Effect<TextKeys, KeySourceError, Digest.Digest> = Effect.fnUntraced(
  function* (text: Redacted.Redacted, source: Source) {
    const keys: Array<TextKey> = [];
    for (const part of Redacted.value(text).split(/[,\n]/).map((each) => each.trim())) {
      if (part === "") continue;
      const key = yield* Effect.option(makeKey(Redacted.make(decode(part))));
      if (Option.isNone(key)) return yield* malformed(source);
      if (keys.some((known) => known.key.id === key.value.id)) continue;
      keys.push({ key: key.value, text: Redacted.make(part) });
    }
    const [first, ...rest] = keys;
    if (first === undefined) return yield* malformed(source);
    return [first, ...rest] satisfies TextKeys;
  },
);

/** The keys without their texts; those of several places, each once. */
export function sealingKeys(
  first: TextKeys,
  ...others: ReadonlyArray<TextKeys>
): SealingKeys["keys"] {
  const [{ key }, ...rest] = first;
  const behind = [...rest, ...others.flat()].map((each) => each.key);
  const ids = [key, ...behind].map(({ id }) => id);
  return [key, ...behind.filter(({ id }, at) => ids.indexOf(id) === at + 1)];
}

/** Text of a new random key: 43 characters. */
export const makeText: Effect.Effect<Redacted.Redacted, never, SecureRandom.SecureRandom> = Effect
  .gen(function* () {
    const random = yield* SecureRandom.SecureRandom;
    return Redacted.make(Base64Url.encode(yield* random.randomBytes(keyBytes)));
  });

/** One text for several keys. */
export function joinTexts(
  texts: ReadonlyArray<Redacted.Redacted>,
  separator: "," | "\n",
): Redacted.Redacted {
  return Redacted.make(texts.map((text) => Redacted.value(text)).join(separator));
}

/**
 * Gives no bytes for what is neither; the length tells. 64 hexadecimal digits are never base64 of
 * 32 bytes.
 */
function decode(text: string): Uint8Array {
  const bytes = /^[0-9a-fA-F]{64}$/.test(text)
    ? Hex.decode(text)
    : Base64Url.decode(text.replaceAll("+", "-").replaceAll("/", "_").replace(/=$/, ""));
  return Result.getOrElse(bytes, () => new Uint8Array(0));
}

function malformed({ location, hint }: Source): KeySourceError {
  return new KeySourceError({
    problem: "malformed",
    location,
    description: `it does not hold ${keyBytes} bytes as base64url, base64 or hexadecimal digits`,
    hint,
  });
}
