import { assert, describe, it } from "@effect/vitest";
import { EndpointError, Rejected } from "../protocol/endpoint_error.ts";
import {
  Cancelled,
  Malformed,
  Refused,
  TokenRequestError,
  Unreachable,
} from "./token_request_error.ts";

const refusal = new EndpointError({
  endpoint: "token",
  url: "https://as.example.com/token",
  reason: new Rejected({ status: 400, code: "invalid_grant", body: "" }),
});

describe("TokenRequestError", () => {
  for (const Reason of [Refused, Malformed, Unreachable]) {
    it(`keeps as ${Reason.name} the words and the hint of what happened at the endpoint`, () => {
      const error = new TokenRequestError({ reason: new Reason({ error: refusal }) });
      assert.strictEqual(error.message, refusal.message);
      assert.strictEqual(error.hint, refusal.hint);
      assert.strictEqual(error.reason._tag, error.reason.name);
    });
  }

  it("has words of its own where no server spoke", () => {
    const reasons = [new Unreachable({ error: undefined }), new Cancelled()];
    for (const reason of reasons) {
      const { hint, message } = new TokenRequestError({ reason });
      for (const words of [hint, message]) assert.match(words, /^[A-Z][^\n]{10,}[^.]$/);
    }
  });
});
