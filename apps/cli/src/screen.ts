/**
 * Where words for people go: stderr, which is a terminal or not.
 *
 * @module
 */
import { isatty } from "node:tty";
import * as Context from "effect/Context";
import * as Layer from "effect/Layer";

/** What can be shown to people, and how. */
export interface Screen {
  /** Whether a line can be drawn again in its place. */
  readonly isTerminal: boolean;
  /** Whether keys can be read. */
  readonly hasKeys: boolean;
  readonly canColor: boolean;
  readonly columns: () => number;
  /** Writes to stderr as it is. */
  readonly write: (text: string) => void;
}

/** Key of the {@linkcode Screen} service. */
export const Screen: Context.Service<Screen, Screen> = Context.Service("bellhop/screen/Screen");

/** The process's own stderr, and keys from its stdin. */
export const layer: Layer.Layer<Screen> = Layer.sync(Screen, () => make(process.stderr));

/** Words on stdout, for a program that has nothing else to write there. */
export const layerStdout: Layer.Layer<Screen> = Layer.sync(Screen, () => make(process.stdout));

function make(output: NodeJS.WriteStream & { readonly fd: number }): Screen {
  const { stdin, env } = process;
  const isTerminal = isatty(output.fd) && env["TERM"] !== "dumb";
  return {
    isTerminal,
    hasKeys: isTerminal && isatty(stdin.fd),
    canColor: isTerminal && (env["NO_COLOR"] ?? "") === "",
    // A terminal that does not know its size says 0.
    columns: () => output.columns || 80,
    write: (text) => {
      output.write(text);
    },
  };
}

/** Goes to the beginning of a terminal's line, and empties it. */
export const wipeLine = "\r\u001b[2K";

/** Writes text in bold, where that shows. */
export function bold({ canColor }: Screen, text: string): string {
  return canColor ? `\u001b[1m${text}\u001b[22m` : text;
}

/** Writes text dimly, where that shows. */
export function dim({ canColor }: Screen, text: string): string {
  return canColor ? `\u001b[2m${text}\u001b[22m` : text;
}

/** Writes text in red, where that shows. */
export function red({ canColor }: Screen, text: string): string {
  return canColor ? `\u001b[31m${text}\u001b[39m` : text;
}
