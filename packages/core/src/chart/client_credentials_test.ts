import { assert, describe, it } from "@effect/vitest";
import { clientCredentials } from "./client_credentials.ts";

describe("clientCredentials", () => {
  it("is what RFC 6749 section 4.4 describes", () => {
    const requesting = clientCredentials.states["trying"]?.states["requesting"];
    assert.strictEqual(clientCredentials.id, "clientCredentials");
    assert.match(requesting?.description ?? "", /RFC 6749 section/);
  });
});
