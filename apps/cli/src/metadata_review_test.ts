import { assert, describe, it } from "@effect/vitest";
import type { ServerMetadata } from "@bellhop/core/protocol/server_metadata";
import { membersOf, problemsOf, usableOf } from "./metadata_review.ts";

const issuer = "https://as.example.com";
const sound: ServerMetadata = {
  issuer,
  authorizationEndpoint: `${issuer}/auth`,
  tokenEndpoint: `${issuer}/token`,
  deviceAuthorizationEndpoint: `${issuer}/device`,
  revocationEndpoint: `${issuer}/revoke`,
  grantTypesSupported: ["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"],
  tokenEndpointAuthMethodsSupported: ["none", "private_key_jwt"],
  codeChallengeMethodsSupported: ["S256"],
  authorizationResponseIssParameterSupported: true,
  jwksUri: `${issuer}/jwks`,
  idTokenSigningAlgValuesSupported: ["HS256", "ES256"],
};

describe("membersOf()", () => {
  it("writes wire names and leaves out what is ours", () => {
    const members = membersOf({ issuer, jwksUri: `${issuer}/jwks`, ignoredMembers: ["x"] });
    assert.deepStrictEqual(members, { issuer, jwks_uri: `${issuer}/jwks` });
  });
});

describe("usableOf()", () => {
  it("names the grants, revocation and the ways of authentication of this build", () => {
    assert.deepStrictEqual(usableOf(sound), [
      "login --grant code",
      "login --grant device",
      "ID tokens signed by ES256",
      "logout with revocation",
      "client authentication: none, private_key_jwt",
    ]);
    const userinfo = { ...sound, userinfoEndpoint: `${issuer}/userinfo` };
    assert.include(usableOf(userinfo), "whoami by userinfo");
    for (
      const refusing of [
        { codeChallengeMethodsSupported: ["plain"] },
        { responseTypesSupported: ["token"] },
        { requirePushedAuthorizationRequests: true },
      ]
    ) assert.notInclude(usableOf({ ...sound, ...refusing }), "login --grant code");
    const service = { ...sound, grantTypesSupported: ["client_credentials"] };
    assert.strictEqual(usableOf(service)[0], "login --grant client-credentials");
    assert.deepStrictEqual(usableOf({ issuer }), ["client authentication: client_secret_basic"]);
  });
});

describe("problemsOf()", () => {
  const cases: ReadonlyArray<readonly [Partial<ServerMetadata>, RegExp]> = [
    [
      { ignoredMembers: ["scopes_supported"] },
      /^scopes_supported has a value that makes no sense$/,
    ],
    [{ grantTypesSupported: ["authorization_code"] }, /lacks its grant/],
    [
      { grantTypesSupported: ["urn:ietf:params:oauth:grant-type:device_code"] },
      /lacks authorization_code/,
    ],
    [{ codeChallengeMethodsSupported: ["plain"] }, /lacks S256.*refused/],
    [{ responseTypesSupported: ["id_token"] }, /response_types_supported lacks code/],
    [{ requirePushedAuthorizationRequests: true }, /RFC 9126/],
    [{ idTokenSigningAlgValuesSupported: ["HS256"] }, /none with a public key/],
    [{ idTokenSigningAlgValuesSupported: ["none", "RS256"] }, /without a signature/],
    [{ authorizationResponseIssParameterSupported: false }, /RFC 9207/],
    [{ tokenEndpointAuthMethodsSupported: ["tls_client_auth"] }, /none that Bellhop knows/],
    [{ tokenEndpoint: "https://login.example.com/token" }, /token_endpoint is on another origin/],
  ];
  it("finds none where there is none", () => {
    assert.deepStrictEqual(problemsOf(sound), []);
  });
  for (const [change, problem] of cases) {
    it(`finds one in ${JSON.stringify(change)}`, () => {
      const problems = problemsOf({ ...sound, ...change });
      assert.strictEqual(problems.length, 1);
      assert.match(problems[0] ?? "", problem);
    });
  }

  it("finds what OpenID Connect lacks where it is spoken, and only there", () => {
    const openid = { issuer, scopesSupported: ["openid"] };
    const said = problemsOf(openid).join("\n");
    assert.match(said, /jwks_uri is missing/);
    assert.match(said, /id_token_signing_alg_values_supported is missing/);
    assert.notMatch(problemsOf({ issuer }).join("\n"), /jwks|id_token/);
  });

  it("finds what is missing", () => {
    const grants = sound.grantTypesSupported ?? [];
    const problems = problemsOf({ issuer, grantTypesSupported: grants }).join("\n");
    for (
      const member of [
        "token_endpoint",
        "device_authorization_endpoint",
        "authorization_endpoint",
        "revocation_endpoint",
      ]
    ) assert.include(problems, `${member} is missing`);
  });
});
