/** Times and names in the words of the page. */

/** A time of day with its milliseconds. */
export function clockTime(at: number): string {
  const date = new Date(at);
  const pad = (value: number, width = 2): string => String(value).padStart(width, "0");
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => pad(part));
  return `${time.join(":")}.${pad(date.getMilliseconds(), 3)}`;
}

/** How long something takes, in at most two units. */
export function duration(millis: number): string {
  const sign = millis < 0 ? "−" : "";
  const size = Math.abs(millis);
  if (size < 1_000) return `${sign}${Math.round(size)} ms`;
  if (size < 10_000) return `${sign}${(Math.floor(size / 100) / 10).toFixed(1)} s`;
  const seconds = Math.floor(size / 1_000);
  if (seconds < 60) return `${sign}${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${sign}${minutes} min${rest(seconds % 60, "s")}`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${sign}${hours} h${rest(minutes % 60, "min")}`;
  return `${sign}${Math.floor(hours / 24)} d`;
}

/** A time since the beginning, such as `1:05.3`. */
export function sinceStart(millis: number): string {
  const size = Math.max(0, Math.floor(millis / 100));
  const tenths = size % 10;
  const seconds = Math.floor(size / 10);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const pad = (value: number): string => String(value).padStart(2, "0");
  const head = hours > 0 ? `${hours}:${pad(minutes % 60)}` : String(minutes);
  return `${head}:${pad(seconds % 60)}.${tenths}`;
}

/** How large a file is, in at most four digits. */
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const kibibytes = bytes / 1024;
  if (kibibytes < 1024) return `${Math.round(kibibytes)} KiB`;
  return `${(kibibytes / 1024).toLocaleString("en", { maximumFractionDigits: 1 })} MiB`;
}

/** The last part of a dotted path. */
export function stateName(path: string): string {
  return path === "" ? "—" : path;
}

/** A camelCase name with spaces between its words. */
export function spaced(name: string): string {
  return name.replaceAll(/([a-z])([A-Z])/g, "$1 $2").replaceAll("_", " ").toLowerCase();
}

function rest(value: number, unit: string): string {
  return value === 0 ? "" : ` ${value} ${unit}`;
}
