import { assert, describe, it } from "@effect/vitest";
import { tokenExchange } from "./token_exchange.ts";

describe("tokenExchange", () => {
  it("is what RFC 8693 section 2 describes", () => {
    const requesting = tokenExchange.states["trying"]?.states["requesting"];
    assert.strictEqual(tokenExchange.id, "tokenExchange");
    assert.match(requesting?.description ?? "", /RFC 8693 section/);
  });
});
