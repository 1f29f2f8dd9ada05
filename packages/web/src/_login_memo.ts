/** What a login remembers of its first half, sealed with the flow. */
import * as Option from "effect/Option";
import * as Schema from "effect/Schema";

/** What a login remembers. */
export interface LoginMemo {
  /** Where the user goes on to, checked. */
  readonly returnTo: string;
  /** Digest of the cookie that binds the login to its browser. */
  readonly binding: string;
  /** Key of the session that this login takes the place of. */
  readonly replaces?: string | undefined;
}

const Memo: Schema.Codec<LoginMemo, LoginMemo> = Schema.Struct({
  returnTo: Schema.String,
  binding: Schema.String,
  replaces: Schema.optional(Schema.String),
});

const MemoText = Schema.fromJsonString(Memo);
const decode = Schema.decodeUnknownOption(MemoText);

/** As it is sealed. */
export function write({ binding, replaces, returnTo }: LoginMemo): string {
  return JSON.stringify({ returnTo, binding, ...(replaces === undefined ? {} : { replaces }) });
}

/** None of a login that was not begun here. */
export function read(text: string | undefined): Option.Option<LoginMemo> {
  return text === undefined ? Option.none() : decode(text);
}
