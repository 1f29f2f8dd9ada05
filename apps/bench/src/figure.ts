/**
 * What a benchmark finds: a figure, and how it relates to its floor.
 *
 * @module
 */

/** One figure of one subject. */
export interface Figure {
  readonly subject: string;
  readonly value: number;
  /** Such as `B` or `ns`. */
  readonly unit: string;
  /**
   * What it is in ratio to the floor.
   *
   * @default value over the first figure's
   */
  readonly ratio?: number;
  /** What else is to be said of it. */
  readonly note?: string;
}

/** A measure: its floor first, everything else beside it. */
export interface Measure {
  readonly name: string;
  /** What the figures must keep to, in words. */
  readonly aim: string;
  readonly figures: ReadonlyArray<Figure>;
  /** Whether the aim was met; a run whose aims are missed exits 1. */
  readonly isMet: boolean;
}

/** The middle of some numbers. */
export function median(values: ReadonlyArray<number>): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Writes a measure as lines: each figure and its ratio to the first. */
export function written({ name, aim, figures, isMet }: Measure): string {
  const floor = figures[0]?.value ?? Number.NaN;
  const rows = figures.map(({ subject, value, unit, ratio = value / floor, note = "" }) =>
    `  ${subject.padEnd(48)} ${value.toFixed(value < 100 ? 2 : 0).padStart(10)} ${unit.padEnd(5)} ${
      ratio.toFixed(2).padStart(8)
    }x  ${note}`.trimEnd()
  );
  return [`${name}  [${isMet ? "met" : "MISSED"}: ${aim}]`, ...rows].join("\n");
}
