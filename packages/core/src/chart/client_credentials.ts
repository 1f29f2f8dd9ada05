/**
 * The client credentials grant as a chart: a program gets a token for itself.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc6749#section-4.4 | RFC 6749 section 4.4}
 * @module
 */
import { tokenRequest } from "./_token_request.ts";

/** Client credentials grant. RFC 6749 section 4.4. */
export const clientCredentials = tokenRequest({
  id: "clientCredentials",
  descriptions: {
    trying: "Gets a token for the client itself, without a user (RFC 6749 section 4.4)",
    requesting: "Presents the client's own credentials once (RFC 6749 section 4.4.2)",
    granted: "The token is here, without a refresh token (RFC 6749 section 4.4.3)",
    refused: "The client may not have such a token (RFC 6749 section 5.2)",
  },
});
