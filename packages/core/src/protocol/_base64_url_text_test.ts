import { assert, describe, it } from "@effect/vitest";
import { Base64Url } from "effect/encoding";
import { textOf } from "./_base64_url_text.ts";
import { authorizationVectorsOf } from "./testdata/authorization_vectors.ts";

describe("textOf()", () => {
  for (const { id, input, expected } of authorizationVectorsOf("base64url")) {
    it(id, () => {
      const octets = Uint8Array.from(input["octets"] as ReadonlyArray<number>);
      assert.strictEqual(textOf(octets), expected["text"]);
    });
  }

  it("writes what effect/encoding writes, at every length and for every byte", () => {
    for (let length = 0; length <= 260; length++) {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 37 + length * 11) & 255);
      assert.strictEqual(textOf(bytes), Base64Url.encode(bytes));
    }
  });
});
