/** Whether a request is what it should be: by its Fetch Metadata and its Origin. */

/**
 * Whether a request that changes something comes from a page of this origin. `Sec-Fetch-Site` says
 * so; where a browser sends none, `Origin` has to. With neither it is not believed.
 *
 * A page that hides its address (`Referrer-Policy: no-referrer`) posts `Origin: null`.
 */
export function isFromOwnPage(headers: Headers, origin: string): boolean {
  const site = headers.get("sec-fetch-site");
  const from = headers.get("origin");
  if (site === null) return from === origin;
  return site === "same-origin" && (from === null || from === "null" || from === origin);
}

/** Whether a user opens a page. Browsers that do not tell are believed: nothing is granted by it. */
export function isNavigation(headers: Headers): boolean {
  return [
    ["sec-fetch-mode", "navigate"],
    ["sec-fetch-dest", "document"],
  ].every(([name = "", expected]) => [null, expected].includes(headers.get(name))) &&
    !/prefetch|prerender/.test(headers.get("sec-purpose") ?? headers.get("purpose") ?? "");
}
