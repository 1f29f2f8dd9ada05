import { assert, describe, it } from "@effect/vitest";
import { jwtBearer } from "./jwt_bearer.ts";

describe("jwtBearer", () => {
  it("is what RFC 7523 section 2.1 describes", () => {
    const requesting = jwtBearer.states["trying"]?.states["requesting"];
    assert.strictEqual(jwtBearer.id, "jwtBearer");
    assert.match(requesting?.description ?? "", /RFC 7523 sections?/);
  });
});
