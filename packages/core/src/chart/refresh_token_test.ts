import { assert, describe, it } from "@effect/vitest";
import { refreshToken } from "./refresh_token.ts";

describe("refreshToken", () => {
  it("is what RFC 6749 section 6 describes", () => {
    const requesting = refreshToken.states["trying"]?.states["requesting"];
    assert.strictEqual(refreshToken.id, "refreshToken");
    assert.match(requesting?.description ?? "", /RFC 6749 section/);
  });
});
