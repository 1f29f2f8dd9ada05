/**
 * Durations as people type them: `60s`, `1.5m`, `250ms`; a bare number counts seconds.
 *
 * @module
 */
import * as Flag from "effect/cli/Flag";

const unitsMillis: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** Longer than any wait that a timer can hold. */
const maxMillis = 2_147_483_647;

/** Reads a duration; nothing where the text is none. */
export function parseMillis(text: string): number | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h)?$/.exec(text.trim());
  if (match === null) return undefined;
  const millis = Math.round(Number(match[1]) * (unitsMillis[match[2] ?? "s"] ?? 1_000));
  return millis <= maxMillis ? millis : undefined;
}

/** Writes a duration for people: `9:05`, `1:02:03`, or `4 s` below a minute. */
export function formatMillis(millis: number): string {
  const seconds = Math.max(0, Math.ceil(millis / 1000));
  if (seconds < 60) return `${seconds} s`;
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts
    .slice(seconds < 3600 ? 1 : 0)
    .map((part, at) => at === 0 ? String(part) : String(part).padStart(2, "0"))
    .join(":");
}

/** A flag that takes a duration. */
export function durationFlag(name: string): Flag.Flag<number> {
  return Flag.String(name).pipe(
    Flag.withMetavar("DURATION"),
    Flag.mapTryCatch(requireMillis, () => "a duration such as 60s, 2m or 500ms"),
  );
}

function requireMillis(text: string): number {
  const millis = parseMillis(text);
  if (millis === undefined) throw new RangeError("Not a duration");
  return millis;
}
