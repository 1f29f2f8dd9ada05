import { assert, describe, it } from "@effect/vitest";
import { Result } from "effect";
import { decode } from "./jwk_set.ts";

const key = { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" };

describe("jwk_set", () => {
  it("decode() leaves out what cannot be used and says why", () => {
    const planted = "planted-private-part";
    const set = Result.getOrThrow(decode({
      keys: [
        { kty: "oct", k: planted },
        { ...key, d: planted },
        key,
        { ...key, use: "enc" },
        null,
        7,
      ],
    }));
    assert.deepStrictEqual(set.keys, [{ material: key } as never]);
    assert.deepStrictEqual(set.leftOut, ["secret", "secret", "purpose", "malformed", "malformed"]);
    assert.notInclude(JSON.stringify(set), planted);
  });

  it("decode() keeps keys of one name, for a signature may be of either", () => {
    const set = Result.getOrThrow(decode({ keys: [{ ...key, kid: "1" }, { ...key, kid: "1" }] }));
    assert.strictEqual(set.keys.length, 2);
  });

  const refused: ReadonlyArray<readonly [string, Record<string, unknown>, string]> = [
    ["no keys", {}, `"keys" is missing or not a list`],
    ["keys that are no list", { keys: { 0: key } }, `"keys" is missing or not a list`],
    ["keys of the prototype", Object.create({ keys: [key] }), `"keys" is missing or not a list`],
    ["an empty set", { keys: [] }, "the key set is empty"],
    [
      "private keys only",
      { keys: [{ ...key, d: "planted" }, { kty: "RSA", n: "AQAB", e: "AQAB" }] },
      "no key of the set can be used: 1 no public key, 1 too weak",
    ],
  ];
  for (const [name, members, description] of refused) {
    it(`decode() refuses ${name}`, () => {
      assert.deepStrictEqual(decode(members), Result.fail(description));
    });
  }
});
