import { assert, describe, it } from "@effect/vitest";
import {
  AuthorizationResponseError,
  type AuthorizationResponseErrorReason,
  NoCode,
  OtherIssuer,
  OtherState,
  Rejected,
  Repeated,
} from "./authorization_response_error.ts";

const reasons: ReadonlyArray<AuthorizationResponseErrorReason> = [
  new OtherState({ problem: "missing" }),
  new OtherState({ problem: "different" }),
  new OtherState({ problem: "repeated" }),
  new OtherIssuer({ problem: "missing", expected: "https://as.example.com" }),
  new OtherIssuer({ problem: "different", expected: "https://as.example.com" }),
  new Rejected({ code: "access_denied" }),
  new Rejected({ code: "login_required", description: "not signed in" }),
  new Rejected({ code: "constructor" }),
  new Repeated({ parameter: "code" }),
  new NoCode({ problem: "missing" }),
  new NoCode({ problem: "beside an error" }),
];

describe("AuthorizationResponseError", () => {
  it("has words of its own for each reason, and a hint", () => {
    const errors = reasons.map((reason) => new AuthorizationResponseError({ reason }));
    assert.strictEqual(new Set(errors.map(({ message }) => message)).size, reasons.length);
    for (const { hint } of errors) assert.isAbove(hint.length, 10);
  });

  it("repeats the server's words where it rejected", () => {
    const reason = new Rejected({ code: "login_required", description: "not signed in" });
    assert.include(reason.message, `"login_required": not signed in`);
  });
});
