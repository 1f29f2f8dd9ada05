import { assert, describe, it } from "@effect/vitest";
import { testUser } from "./dev_user.ts";

describe("testUser()", () => {
  it("has an address that cannot belong to anybody", () => {
    assert.match(testUser().email, /@example\.com$/);
  });
});
