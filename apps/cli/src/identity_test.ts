import { assert, describe, it } from "@effect/vitest";
import type { ServerMetadata } from "@bellhop/core/protocol/server_metadata";
import { canIdentify, idTokenAlgorithm, wantsIdentity } from "./identity.ts";
import type { Profile } from "./profile.ts";

const issuer = "https://as.example.com";
const profile: Profile = { issuer, clientId: "tv", scope: ["openid"], resource: [] };

function offering(...algorithms: ReadonlyArray<string>): ServerMetadata {
  return { issuer, idTokenSigningAlgValuesSupported: algorithms };
}

describe("idTokenAlgorithm()", () => {
  it("is RS256 unless told, or unless the server cannot", () => {
    assert.strictEqual(idTokenAlgorithm({}, { issuer }), "RS256");
    assert.strictEqual(idTokenAlgorithm({}, offering("ES256", "RS256")), "RS256");
    assert.strictEqual(idTokenAlgorithm({}, offering("none", "HS256", "ES256", "EdDSA")), "ES256");
    const told = { idTokenAlgorithm: "PS256" } as const;
    assert.strictEqual(idTokenAlgorithm(told, offering("RS256")), "PS256");
  });

  it("is never none, nor one whose key is a secret, unless that was told", () => {
    assert.strictEqual(idTokenAlgorithm({}, offering("none", "HS256", "XS1")), "RS256");
    assert.strictEqual(idTokenAlgorithm({ idTokenAlgorithm: "HS256" }, { issuer }), "HS256");
  });
});

describe("canIdentify()", () => {
  it("takes published keys, or the client's secret", () => {
    assert.isFalse(canIdentify(profile, { issuer }));
    assert.isTrue(canIdentify(profile, { issuer, jwksUri: `${issuer}/jwks` }));
    assert.isTrue(canIdentify({ ...profile, idTokenAlgorithm: "HS256" }, { issuer }));
  });
});

describe("wantsIdentity()", () => {
  it("is the scope openid", () => {
    assert.isTrue(wantsIdentity(profile));
    assert.isFalse(wantsIdentity({ ...profile, scope: ["openid2"] }));
  });
});
