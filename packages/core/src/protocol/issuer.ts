/**
 * An authorization server's name, and where its metadata may lie.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { wellKnownUrl } from "@bellhop/core/protocol/issuer";
 *
 * const issuer = "https://example.com/issuer1";
 *
 * assert.equal(
 *   wellKnownUrl(issuer, "oauthInserted"),
 *   "https://example.com/.well-known/oauth-authorization-server/issuer1",
 * );
 * assert.equal(
 *   wellKnownUrl(issuer, "openidAppended"),
 *   "https://example.com/issuer1/.well-known/openid-configuration",
 * );
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-3.1 | RFC 8414 section 3.1}
 * @module
 */

/** Where the well-known part goes, and which one it is. */
export type WellKnownForm = "oauthInserted" | "openidInserted" | "openidAppended";

const oauthPart = "/.well-known/oauth-authorization-server";
const openidPart = "/.well-known/openid-configuration";

/**
 * Where an issuer's metadata lies, in one of the forms that are in use.
 *
 * A slash at the end of the issuer is dropped first.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { wellKnownUrl } from "@bellhop/core/protocol/issuer";
 *
 * assert.equal(
 *   wellKnownUrl("https://example.com/", "openidInserted"),
 *   "https://example.com/.well-known/openid-configuration",
 * );
 * ```
 *
 * @param issuer An absolute URL without query and fragment.
 * @param form `oauthInserted` is RFC 8414, `openidAppended` OpenID Connect Discovery,
 * `openidInserted` what RFC 8414 makes of the latter.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-5 | RFC 8414 section 5}
 */
export function wellKnownUrl(issuer: string, form: WellKnownForm): string {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, "");
  switch (form) {
    case "oauthInserted":
      return origin + oauthPart + path;
    case "openidInserted":
      return origin + openidPart + path;
    case "openidAppended":
      return origin + path + openidPart;
  }
}

/**
 * Where to look for an issuer's metadata, in this order.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { wellKnownUrls } from "@bellhop/core/protocol/issuer";
 *
 * assert.deepEqual(wellKnownUrls("https://example.com"), [
 *   "https://example.com/.well-known/oauth-authorization-server",
 *   "https://example.com/.well-known/openid-configuration",
 * ]);
 * ```
 *
 * @param issuer An absolute URL without query and fragment.
 * @param forms The forms to try. Unless told, RFC 8414 first, then the forms of OpenID Connect with
 * the one that is more common in the field before the other.
 * @returns Three URLs, or two where the issuer has no path.
 */
export function wellKnownUrls(
  issuer: string,
  forms: ReadonlyArray<WellKnownForm> = ["oauthInserted", "openidAppended", "openidInserted"],
): ReadonlyArray<string> {
  return [...new Set(forms.map((form) => wellKnownUrl(issuer, form)))];
}

/**
 * Whether two issuers are the same: identical code point by code point, nothing normalised.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { isSameIssuer } from "@bellhop/core/protocol/issuer";
 *
 * assert.ok(!isSameIssuer("https://as.example.com", "https://as.example.com/"));
 * ```
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8414#section-4 | RFC 8414 section 4}
 */
export function isSameIssuer(recorded: string, received: string): boolean {
  return recorded === received;
}

/**
 * Recognises the URL of a metadata document, which people paste where an issuer is asked for.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { issuerOfWellKnown } from "@bellhop/core/protocol/issuer";
 *
 * assert.equal(
 *   issuerOfWellKnown("https://example.com/a/.well-known/openid-configuration"),
 *   "https://example.com/a",
 * );
 * assert.equal(issuerOfWellKnown("https://example.com/a"), undefined);
 * ```
 *
 * @param url An absolute URL.
 * @returns The issuer that was probably meant, or nothing where the URL is no metadata document's.
 */
export function issuerOfWellKnown(url: string): string | undefined {
  const { origin, pathname } = new URL(url);
  const match = /^(.*)\/\.well-known\/(?:oauth-authorization-server|openid-configuration)(\/.*)?$/
    .exec(pathname);
  return match === null ? undefined : origin + match[1] + (match[2] ?? "").replace(/\/$/, "");
}
