/** Values of a recording that have names for their parts. */
export type Members = Readonly<Record<string, unknown>>;

/** Whether a value is an object, and no array. */
export function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
