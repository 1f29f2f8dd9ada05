/**
 * Token exchange as a chart: one token is given for another.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc8693#section-2 | RFC 8693 section 2}
 * @module
 */
import type { ExchangedTokens } from "../protocol/token_set.ts";
import { tokenRequest } from "./_token_request.ts";

/** Token exchange. RFC 8693 section 2. */
export const tokenExchange = tokenRequest<ExchangedTokens>({
  id: "tokenExchange",
  descriptions: {
    trying: "Exchanges one token for another (RFC 8693 section 2)",
    requesting: "Presents the subject token, and the actor token, once (RFC 8693 section 2.1)",
    granted: "The issued token is here, and its type is told (RFC 8693 section 2.2.1)",
    refused: "The server does not exchange these tokens for this target (RFC 8693 section 2.2.2)",
  },
});
