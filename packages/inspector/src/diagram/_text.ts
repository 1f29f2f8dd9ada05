/** How wide a text is, without a font at hand: the advance widths of Arial and what is as wide. */

/** How a text is set. */
export interface TextStyle {
  /** Of its letters, in pixels. */
  readonly size: number;
  /** Whether it is bold. */
  readonly isBold: boolean;
}

/** In thousandths of the size, from the space to the tilde. */
// deno-fmt-ignore
const regular: ReadonlyArray<number> = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
  556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
  611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
  667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
  222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
// deno-fmt-ignore
const bold: ReadonlyArray<number> = [
  278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
  556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667,
  611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
  667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556,
  278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
];
/** Of every other letter: no narrower than nearly all. */
const OTHER = 1_000;
const FIRST = 32;

/** The width in pixels, rounded up. */
export function widthOf(text: string, { size, isBold }: TextStyle): number {
  const table = isBold ? bold : regular;
  let thousandths = 0;
  for (const letter of text) thousandths += table[(letter.codePointAt(0) ?? 0) - FIRST] ?? OTHER;
  return Math.ceil(thousandths * size / 1_000);
}

/**
 * Breaks a text between words into lines that are no wider, unless one word alone is. A number stays
 * with the word before it, and what an arrow points at with the arrow.
 */
export function wrap(text: string, style: TextStyle, maxWidth: number): ReadonlyArray<string> {
  const lines: Array<string> = [];
  for (const word of text.split(/(?<!→) +(?![0-9])/).filter((part) => part !== "")) {
    const last = lines.at(-1);
    const longer = `${last} ${word}`;
    if (last === undefined || widthOf(longer, style) > maxWidth) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
