/**
 * What `--json` writes to stdout: one JSON object a line, and nothing else.
 *
 * @module
 */
import * as Console from "effect/Console";
import type * as Effect from "effect/Effect";
import type { UserCode } from "@bellhop/core/chart/device_authorization";
import type { Failure } from "./bad_end.ts";
import type { ProgressLine, SimulatedLine, ViolationLine } from "./simulation_lines.ts";

/** The user must open this page. The one place where the login's state and nonce are written. */
export interface AuthorizationUrlLine {
  readonly type: "authorization_url";
  readonly url: string;
}

/** The user must enter a code at the server. Times in seconds. RFC 8628 section 3.2. */
export interface UserCodeLine {
  readonly type: "user_code";
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete: string | null;
  readonly expires_in: number;
  readonly interval: number;
}

/** A flow entered a state. */
export interface StateLine {
  readonly type: "state";
  /** Names the run; the same for all of its lines. */
  readonly flow: string;
  /** Dotted path of the state. */
  readonly path: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** A login ended well. */
export interface AuthorizedLine {
  readonly type: "authorized";
  readonly profile: string;
  /** What was granted, separated by spaces. */
  readonly scope: string;
  /** Epoch seconds; `null` where the lifetime is unknown. */
  readonly expires_at: number | null;
}

/** A session was forgotten. */
export interface LoggedOutLine {
  readonly type: "logged_out";
  readonly profile: string;
  /** Whether the server was told, and agreed. */
  readonly revoked: boolean;
  /** Why the server was not told; `null` where it was. */
  readonly description: string | null;
}

/** A command ended badly. */
export interface ErrorLine {
  readonly type: "error";
  readonly error: string;
  readonly description: string;
  readonly hint: string | null;
}

/** What `discover` found. */
export interface MetadataLine {
  readonly type: "metadata";
  readonly issuer: string;
  /** Members that Bellhop knows, by their wire names. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** What Bellhop can use of it. */
  readonly usable: ReadonlyArray<string>;
  /** What looks wrong. */
  readonly problems: ReadonlyArray<string>;
}

/** A development server answers. */
export interface ServingLine {
  readonly type: "serving";
  readonly issuer: string;
  readonly api: string;
  readonly clients: ReadonlyArray<{
    readonly client_id: string;
    readonly token_endpoint_auth_method: string;
    readonly grant_types: ReadonlyArray<string>;
  }>;
}

/** A chart that can be drawn. */
export interface ChartLine {
  readonly type: "chart";
  readonly name: string;
  readonly title: string;
}

/** A chart, drawn. */
export interface DiagramLine {
  readonly type: "diagram";
  readonly name: string;
  readonly format: string;
  /** The whole drawing. */
  readonly text: string;
}

/** The live inspector listens. Whoever has the URL sees all that it shows. */
export interface InspectorLine {
  readonly type: "inspector";
  readonly url: string;
}

/** Any line. */
export type JsonLine =
  | AuthorizationUrlLine
  | UserCodeLine
  | StateLine
  | AuthorizedLine
  | LoggedOutLine
  | ErrorLine
  | MetadataLine
  | ServingLine
  | InspectorLine
  | ChartLine
  | DiagramLine
  | ProgressLine
  | ViolationLine
  | SimulatedLine;

/** Writes a line. */
export function writeLine(line: JsonLine): Effect.Effect<void> {
  return Console.log(encodeJson(line));
}

/** JSON in one line, in which no character can act on a terminal. */
export function encodeJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** What the user must be shown, as a line. */
export function userCodeLine(code: UserCode): UserCodeLine {
  return {
    type: "user_code",
    user_code: code.userCode,
    verification_uri: code.verificationUri,
    verification_uri_complete: code.verificationUriComplete ?? null,
    expires_in: Math.round(code.expiresInMillis / 1000),
    interval: code.intervalMillis / 1000,
  };
}

/** A bad end, as a line. */
export function errorLine({ error, description, hint }: Failure): ErrorLine {
  return { type: "error", error, description, hint: hint ?? null };
}
