/**
 * Reads the findings that Deno prints: `error[code]: message`, then where it is.
 *
 * @module
 */

/** One finding of `deno doc --lint` or of `deno publish`. */
export interface DenoFinding {
  readonly code: string;
  /** Path of the file, as it was printed. */
  readonly path: string;
  readonly text: string;
}

/** The findings of an output without colours. */
export function findingsOf(output: string): ReadonlyArray<DenoFinding> {
  const blocks = output.split(/^(?=(?:error|warning)(?:\[|:))/m);
  return blocks.flatMap((text) => {
    const code = /^(?:error|warning)\[([\w-]+)\]/.exec(text)?.[1];
    const path = /^\s*--> (\S+?)(?::\d+:\d+)?$/m.exec(text)?.[1];
    return code === undefined ? [] : [{ code, path: path ?? "", text: text.trim() }];
  });
}
