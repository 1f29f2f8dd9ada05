import { assert, describe, it } from "@effect/vitest";
import { Result } from "effect";
import { decode } from "./userinfo_response.ts";

describe("userinfo_response", () => {
  it("decode() keeps the claims of the user", () => {
    const members = { sub: "ada", email: "ada@example.com" };
    assert.deepStrictEqual(
      decode(members, { subject: "ada" }),
      Result.succeed({ subject: "ada", members }),
    );
  });

  for (const sub of [undefined, null, "", 7, ["ada"], "Ada", "ada ", "grace"]) {
    it(`decode() refuses sub ${JSON.stringify(sub)} and quotes nobody`, () => {
      const description = Result.getOrThrow(Result.flip(decode({ sub }, { subject: "ada" })));
      assert.notInclude(description, "ada");
      assert.notInclude(description, "grace");
    });
  }

  it("decode() does not read members of the prototype", () => {
    assert.isTrue(Result.isFailure(decode(Object.create({ sub: "ada" }), { subject: "ada" })));
  });
});
