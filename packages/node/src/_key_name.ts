/**
 * Names of files for session keys: any string, on any file system, whether or not it knows case.
 *
 * Lower-case letters, digits, `-` and `_` stay as they are; each other UTF-16 code unit becomes `%`
 * and four hexadecimal digits. The prefix keeps clear of names that mean something (`con`, `..`).
 */
import * as Effect from "effect/Effect";
import * as Digest from "effect/crypto/Digest";

const prefix = "session-";
const hashPrefix = "session~";
/** File systems allow 255 bytes; a version and the mark of a lease follow. */
const lengthLimit = 200;

/**
 * Name for a key. Where it would be too long it is a digest, and the key stands in the file only.
 */
export const nameOf: (key: string) => Effect.Effect<string, never, Digest.Digest> = Effect
  .fnUntraced(function* (key: string) {
    const name = prefix + key.replace(/[^a-z0-9_-]/g, escape);
    if (name.length <= lengthLimit) return name;
    const digest = yield* Digest.Digest;
    const units = new TextEncoder().encode(JSON.stringify(key));
    return hashPrefix + (yield* digest.digestHex(Digest.sha256, units));
  });

/** The key that a name is for; nothing where it is a digest. */
export function keyOf(name: string): string | undefined {
  if (!name.startsWith(prefix)) return undefined;
  return name.slice(prefix.length).replace(
    /%([0-9a-f]{4})/g,
    (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

/**
 * Without the `u` flag of a regular expression a match is one code unit, so half a pair survives.
 */
function escape(unit: string): string {
  return `%${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
