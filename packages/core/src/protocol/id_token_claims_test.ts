import { assert, describe, it } from "@effect/vitest";
import { Result } from "effect";
import { decode } from "./id_token_claims.ts";

const members = { iss: "https://op.example.com", sub: "ada", aud: "app", exp: 60, iat: 0 };

describe("id_token_claims", () => {
  it("decode() reads every claim that is known, and keeps all", () => {
    const all = {
      ...members,
      aud: ["app", "api"],
      azp: "app",
      nbf: 1.5,
      auth_time: 2,
      nonce: "n",
      acr: "1",
      amr: ["pwd", "otp"],
      sid: "s",
      name: "Ada",
    };
    assert.deepStrictEqual(Result.getOrThrow(decode(all)), {
      issuer: "https://op.example.com",
      subject: "ada",
      audience: ["app", "api"],
      authorizedParty: "app",
      expiresAtMillis: 60_000,
      issuedAtMillis: 0,
      notBeforeMillis: 1_500,
      authTimeMillis: 2_000,
      nonce: "n",
      acr: "1",
      amr: ["pwd", "otp"],
      sessionId: "s",
      members: all,
    });
  });

  it("decode() leaves out what is not there, or of a type that decides nothing", () => {
    const claims = Result.getOrThrow(decode({ ...members, amr: "pwd", sid: 7, acr: 1 }));
    assert.hasAllKeys(claims, [
      "issuer",
      "subject",
      "audience",
      "expiresAtMillis",
      "issuedAtMillis",
      "members",
    ]);
  });

  const refused: ReadonlyArray<readonly [string, unknown, string]> = [
    ["iss", undefined, "issuer"],
    ["iss", "", "issuer"],
    ["iss", ["https://op.example.com"], "issuer"],
    ["sub", undefined, "subject"],
    ["sub", "", "subject"],
    ["sub", 7, "subject"],
    ["sub", "s".repeat(256), "subject"],
    ["aud", undefined, "audience"],
    ["aud", [], "audience"],
    ["aud", ["app", 7], "audience"],
    ["aud", { app: true }, "audience"],
    ["exp", undefined, "expiry"],
    ["exp", "60", "expiry"],
    ["exp", -1, "expiry"],
    ["exp", 1e300, "expiry"],
    ["exp", null, "expiry"],
    ["iat", undefined, "issuedAt"],
    ["iat", "0", "issuedAt"],
    ["nbf", "0", "notBefore"],
    ["nbf", null, "notBefore"],
    ["auth_time", "0", "authTime"],
    ["azp", ["app"], "authorizedParty"],
    ["azp", null, "authorizedParty"],
    ["nonce", 7, "nonce"],
    ["nonce", null, "nonce"],
  ];
  for (const [name, value, problem] of refused) {
    it(`decode() refuses ${name} ${JSON.stringify(value)?.slice(0, 30)}`, () => {
      const error = Result.getOrThrow(Result.flip(decode({ ...members, [name]: value })));
      assert.strictEqual(error.problem, problem);
      assert.notInclude(error.message, "ada");
    });
  }

  it("decode() takes a sub of 255 characters", () => {
    assert.isTrue(Result.isSuccess(decode({ ...members, sub: "s".repeat(255) })));
  });

  it("decode() does not read members of the prototype", () => {
    assert.isTrue(Result.isFailure(decode(Object.create(members))));
  });
});
