/** What a failed file operation says to a person: why, and what to do about it. */
import * as Data from "effect/Data";
import type { PlatformError } from "effect/PlatformError";

/** A fault of the file system. */
export interface FileFault {
  readonly location: string;
  readonly description: string;
  readonly hint: string;
}

/** A file that we would not read or write, though the system might. */
export class RefusedFile extends Data.Error<FileFault> {
  override readonly name = "RefusedFile";
  readonly _tag = "RefusedFile";
  override readonly message: string = `"${this.location}" is refused: ${this.description}`;
}

type Words = readonly [description: string, hint: string];

const access: Words = [
  "permission denied",
  "Check who owns the file and its directory, or choose another directory",
];
const noLinks: Words = [
  "the file system has no hard links",
  "Choose a directory on another file system",
];
const full: Words = ["no space is left", "Free some space and try again"];

const words: Readonly<Record<string, Words>> = {
  EACCES: access,
  EPERM: access,
  ENOSPC: full,
  EDQUOT: full,
  EFBIG: ["it is larger than this process may write", "Raise its limit (ulimit -f) and try again"],
  EROFS: ["the file system is read-only", "Choose a directory that can be written"],
  ENOENT: ["it does not exist", "Check the path"],
  ENOTDIR: ["a part of the path is no directory", "Choose another directory"],
  EEXIST: ["something else is there", "Choose another directory"],
  EISDIR: ["it is a directory", "Choose another path"],
  EMFILE: ["too many files are open", "Raise the limit of open files and try again"],
  ENFILE: ["too many files are open", "Raise the limit of open files and try again"],
  EIO: ["the device reports an error", "Check the disk"],
};

const withoutLinks: ReadonlySet<string> = new Set(["EPERM", "ENOSYS", "ENOTSUP", "EOPNOTSUPP"]);

/** Words for an error, which are our own: an engine's differ from one to the next. */
export function faultOf(error: PlatformError | RefusedFile, location: string): FileFault {
  if (error._tag === "RefusedFile") {
    return { location: error.location, description: error.description, hint: error.hint };
  }
  const code = codeOf(error);
  const isLink = error.reason.method === "link" && withoutLinks.has(code);
  const [description, hint] = isLink ? noLinks : words[code] ?? unknown(error, code);
  return { location, description: code === "" ? description : `${description} (${code})`, hint };
}

/** Tells whether a file is missing. */
export function isNotFound(error: PlatformError | RefusedFile): boolean {
  return error._tag === "PlatformError" && error.reason._tag === "NotFound";
}

function codeOf(error: PlatformError): string {
  const { cause } = error;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : "";
  return typeof code === "string" ? code : "";
}

function unknown(error: PlatformError, code: string): Words {
  const { method, _tag } = error.reason;
  return [
    `${method} failed${code === "" ? ` with ${_tag}` : ""}`,
    "Check the path and the disk it is on",
  ];
}
