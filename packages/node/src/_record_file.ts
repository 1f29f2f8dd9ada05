/** Content of a record's file: one line of JSON that says whose it is, then the sealed bytes. */
import * as Option from "effect/Option";
import * as Schema from "effect/Schema";

const format = 1;

/** What a file turned out to be. */
export type RecordFile =
  | { readonly _tag: "Record"; readonly key: string; readonly bytes: Uint8Array }
  | { readonly _tag: "Tombstone"; readonly key: string }
  /** A newer Bellhop's. */
  | { readonly _tag: "Newer"; readonly format: number }
  /** Nobody's we know: damaged, or put there by somebody. */
  | { readonly _tag: "Foreign"; readonly bytes: Uint8Array };

const Header = Schema.Struct({
  bellhop_session_file: Schema.Finite,
  key: Schema.optionalKey(Schema.String),
  removed: Schema.optionalKey(Schema.Boolean),
});
const decodeHeader = Schema.decodeUnknownOption(Schema.fromJsonString(Header));

/** Content for a record. */
export function encodeRecord(key: string, bytes: Uint8Array): Uint8Array {
  const header = encodeLine({ bellhop_session_file: format, key });
  const content = new Uint8Array(header.length + bytes.length);
  content.set(header);
  content.set(bytes, header.length);
  return content;
}

/** Content for what stays of a record that was removed. */
export function encodeTombstone(key: string): Uint8Array {
  return encodeLine({ bellhop_session_file: format, key, removed: true });
}

/** Reads a file's content. */
export function decode(content: Uint8Array): RecordFile {
  const end = content.indexOf(0x0a);
  const line = new TextDecoder().decode(content.subarray(0, Math.max(0, end)));
  const header = Option.getOrUndefined(decodeHeader(line));
  if (header === undefined) return { _tag: "Foreign", bytes: content };
  const { bellhop_session_file: found, key, removed } = header;
  if (found > format) return { _tag: "Newer", format: found };
  if (found !== format || key === undefined) return { _tag: "Foreign", bytes: content };
  if (removed === true) return { _tag: "Tombstone", key };
  return { _tag: "Record", key, bytes: content.slice(end + 1) };
}

/** JSON writes half a surrogate pair as an escape, so that any key survives UTF-8. */
function encodeLine(header: typeof Header.Type): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(header)}\n`);
}
