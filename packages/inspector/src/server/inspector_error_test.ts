import { assert, describe, it } from "@effect/vitest";
import { InspectorError } from "./inspector_error.ts";

describe("InspectorError", () => {
  it("says where the server listens, and where it should", () => {
    const { message, hint } = new InspectorError({ address: "0.0.0.0" });
    assert.include(message, "0.0.0.0, which is not 127.0.0.1");
    assert.include(hint, "127.0.0.1");
  });
});
