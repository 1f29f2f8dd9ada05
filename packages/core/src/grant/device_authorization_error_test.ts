import { assert, describe, it } from "@effect/vitest";
import { EndpointError, Rejected } from "../protocol/endpoint_error.ts";
import {
  Cancelled,
  Denied,
  DeviceAuthorizationError,
  Expired,
  Refused,
  Unreachable,
} from "./device_authorization_error.ts";

const refusal = new EndpointError({
  endpoint: "token",
  url: "https://as.example.com/token",
  reason: new Rejected({ status: 401, code: "invalid_client", body: "" }),
});

describe("DeviceAuthorizationError", () => {
  it("keeps the words and the hint of what the server said", () => {
    const error = new DeviceAuthorizationError({ reason: new Refused({ error: refusal }) });
    assert.strictEqual(error.message, refusal.message);
    assert.strictEqual(error.hint, refusal.hint);
    assert.include(error.message, "invalid_client");
  });

  it("has words of its own where no server spoke", () => {
    const reasons = [
      new Denied({ error: undefined }),
      new Expired({ error: undefined }),
      new Unreachable({ error: undefined }),
      new Cancelled(),
    ];
    const messages = reasons.map((reason) => new DeviceAuthorizationError({ reason }).message);
    assert.strictEqual(new Set(messages).size, reasons.length);
    for (const reason of reasons) assert.isAbove(reason.hint.length, 10);
  });
});
