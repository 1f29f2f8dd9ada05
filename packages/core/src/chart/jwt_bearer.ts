/**
 * The JWT bearer grant as a chart: a signed assertion becomes a token.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc7523#section-2.1 | RFC 7523 section 2.1}
 * @module
 */
import { tokenRequest } from "./_token_request.ts";

/** JWT bearer grant. RFC 7523 section 2.1. */
export const jwtBearer = tokenRequest({
  id: "jwtBearer",
  descriptions: {
    trying: "Gets a token for a signed assertion (RFC 7523 section 2.1)",
    requesting: "Makes an assertion and presents it once (RFC 7523 sections 2.1 and 3)",
    granted: "The token is here (RFC 7521 section 4.1)",
    refused: "The assertion is not taken, or the client is not (RFC 7523 section 3.1)",
  },
});
