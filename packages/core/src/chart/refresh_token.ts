/**
 * The refresh token grant as a chart: a token set is renewed without the user.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-6 | RFC 6749 section 6}
 * @module
 */
import { tokenRequest } from "./_token_request.ts";

/** Refresh token grant. RFC 6749 section 6. */
export const refreshToken = tokenRequest({
  id: "refreshToken",
  descriptions: {
    trying: "Renews a token set without the user (RFC 6749 section 6)",
    requesting: "Presents the refresh token once (RFC 6749 section 6)",
    granted: "The renewed tokens are here (RFC 6749 sections 5.1 and 6)",
    refused: "The refresh token is not taken, or the client is not (RFC 6749 section 5.2)",
  },
});
