/** A member with text in it. A parameter without a value counts as absent: RFC 6749 section 3.2. */
export function textOf(body: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = Object.hasOwn(body, name) ? body[name] : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A positive, finite number of seconds, written as a number or as decimal digits. */
export function secondsOf(
  body: Readonly<Record<string, unknown>>,
  name: string,
): number | undefined {
  const value = Object.hasOwn(body, name) ? body[name] : undefined;
  const seconds = typeof value === "string" && /^\s*\d+(\.\d+)?\s*$/.test(value)
    ? Number(value)
    : value;
  return typeof seconds === "number" && Number.isFinite(seconds) && seconds > 0
    ? seconds
    : undefined;
}
