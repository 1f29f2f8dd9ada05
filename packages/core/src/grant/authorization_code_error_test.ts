import { assert, describe, it } from "@effect/vitest";
import { AuthorizationResponseError, NoCode } from "../protocol/authorization_response_error.ts";
import { EndpointError, Rejected } from "../protocol/endpoint_error.ts";
import {
  AuthorizationCodeError,
  Cancelled,
  Denied,
  Expired,
  Invalid,
  Malformed,
  NotAwaited,
  Refused,
  Unreachable,
} from "./authorization_code_error.ts";

const refusal = new EndpointError({
  endpoint: "token",
  url: "https://as.example.com/token",
  reason: new Rejected({ status: 401, code: "invalid_client", body: "" }),
});
const nonsense = new AuthorizationResponseError({ reason: new NoCode({ problem: "missing" }) });

describe("AuthorizationCodeError", () => {
  it("keeps the words and the hint of what went wrong below", () => {
    for (
      const [reason, below] of [
        [new Refused({ error: refusal }), refusal],
        [new Malformed({ error: nonsense }), nonsense],
        [new Invalid({ error: refusal }), refusal],
      ] as const
    ) {
      const error = new AuthorizationCodeError({ reason });
      assert.strictEqual(error.message, below.message);
      assert.strictEqual(error.hint, below.hint);
    }
  });

  it("has words of its own where there are none below", () => {
    const reasons = [
      new Denied({ error: nonsense }),
      new Expired(),
      new Invalid({ error: undefined }),
      new Unreachable({ error: undefined }),
      new Cancelled(),
      new NotAwaited(),
    ];
    const messages = reasons.map((reason) => new AuthorizationCodeError({ reason }).message);
    assert.strictEqual(new Set(messages).size, reasons.length);
    for (const reason of reasons) assert.isAbove(reason.hint.length, 10);
  });

  it("never advises to send a code again", () => {
    assert.include(new Unreachable({ error: refusal }).hint, "start again");
  });
});
