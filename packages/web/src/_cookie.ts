/** Cookies: read strictly, written with everything that keeps them at home. RFC 6265bis. */

/** How a cookie is written. */
export interface CookieOptions {
  /** Whether its name is prefixed and it travels by HTTPS only. */
  readonly isSecure: boolean;
  readonly sameSite: "Lax" | "None";
  /** Zero removes it. Absent: it goes with the browser's session. */
  readonly maxAgeSeconds?: number | undefined;
}

/** The name as it stands in the header. `__Host-`: of this host, of every path, set by HTTPS. */
export function nameOf(name: string, isSecure: boolean): string {
  return isSecure ? `__Host-${name}` : name;
}

/** A `Set-Cookie` line. Name and value are tokens already. */
export function write(name: string, value: string, options: CookieOptions): string {
  const { isSecure, maxAgeSeconds, sameSite } = options;
  const attributes = [
    `${nameOf(name, isSecure)}=${value}`,
    "Path=/",
    ...(maxAgeSeconds === undefined ? [] : [`Max-Age=${maxAgeSeconds}`]),
    "HttpOnly",
    ...(isSecure ? ["Secure"] : []),
    `SameSite=${sameSite}`,
  ];
  return attributes.join("; ");
}

/** The pairs of a `Cookie` header, in its order. */
export function readAll(headers: Headers): ReadonlyArray<readonly [name: string, value: string]> {
  return (headers.get("cookie") ?? "").split(";").flatMap((pair) => {
    const at = pair.indexOf("=");
    return at < 0 ? [] : [[pair.slice(0, at).trim(), pair.slice(at + 1).trim()] as const];
  });
}

/** The one cookie of this name. None where there are two: one of them would be somebody else's. */
export function read(headers: Headers, name: string): string | undefined {
  const values = readAll(headers).filter(([each]) => each === name);
  return values.length === 1 ? values[0]?.[1] : undefined;
}
