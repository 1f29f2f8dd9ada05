import { assert, describe, it } from "@effect/vitest";
import { Redacted, Result } from "effect";
import { type Challenge, parse } from "./challenge.ts";
import * as IntrospectionResponse from "./introspection_response.ts";
import * as TokenResponse from "./token_response.ts";

const vectors = [
  {
    id: "wwwauth-rfc9449-multi-1",
    header: 'Bearer, DPoP algs="ES256 PS256"',
    challenges: [["bearer", {}], ["dpop", { "algs": "ES256 PS256" }]],
  },
  {
    id: "wwwauth-rfc9449-multi-2",
    header:
      'Bearer error="invalid_token", error_description="Invalid token", DPoP algs="ES256 PS256"',
    challenges: [["bearer", { "error": "invalid_token", "error_description": "Invalid token" }], [
      "dpop",
      { "algs": "ES256 PS256" },
    ]],
  },
  {
    id: "wwwauth-rfc9449-multi-3",
    header:
      'Bearer error="invalid_request", error_description="Multiple methods used to include access token", DPoP algs="ES256 PS256", error="invalid_request", error_description="Multiple methods used to include access token"',
    challenges: [["bearer", {
      "error": "invalid_request",
      "error_description": "Multiple methods used to include access token",
    }], ["dpop", {
      "algs": "ES256 PS256",
      "error": "invalid_request",
      "error_description": "Multiple methods used to include access token",
    }]],
  },
  {
    id: "wwwauth-rfc9728",
    header:
      'Bearer error="invalid_request", error_description="No access token was provided in this request", resource_metadata="https://resource.example.com/.well-known/oauth-protected-resource"',
    challenges: [["bearer", {
      "error": "invalid_request",
      "error_description": "No access token was provided in this request",
      "resource_metadata": "https://resource.example.com/.well-known/oauth-protected-resource",
    }]],
  },
  {
    id: "wwwauth-rfc6750-1",
    header: 'Bearer realm="example"',
    challenges: [["bearer", { "realm": "example" }]],
  },
  {
    id: "wwwauth-rfc6750-2",
    header:
      'Bearer realm="example", error="invalid_token", error_description="The access token expired"',
    challenges: [["bearer", {
      "realm": "example",
      "error": "invalid_token",
      "error_description": "The access token expired",
    }]],
  },
  {
    id: "wwwauth-rfc9110-mixed",
    header: 'Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""',
    challenges: [["basic", { "realm": "simple" }], ["newauth", {
      "realm": "apps",
      "type": "1",
      "title": 'Login to "apps"',
    }]],
  },
  {
    id: "wwwauth-case-and-ows",
    header: 'bEaReR  REALM = "x" ,, Scope="a b" , Negotiate abc== , DPoP',
    challenges: [["bearer", { "realm": "x", "scope": "a b" }], ["negotiate", "abc=="], [
      "dpop",
      {},
    ]],
  },
  {
    id: "wwwauth-comma-in-quotes",
    header: 'Bearer error_description="one, two, DPoP three=\\"x\\"", scope="a"',
    challenges: [["bearer", { "error_description": 'one, two, DPoP three="x"', "scope": "a" }]],
  },
  {
    id: "wwwauth-unquoted-token",
    header: "Bearer error=invalid_token,scope=read",
    challenges: [["bearer", { "error": "invalid_token", "scope": "read" }]],
  },
];

function plain({ scheme, token68, parameters }: Challenge) {
  return [scheme, token68 ?? { ...parameters }];
}

describe("vectors of challenges and answers", () => {
  for (const { id, header, challenges } of vectors) {
    it(id, () => {
      assert.deepStrictEqual(parse(header).map(plain), challenges);
    });
  }

  it("rfc7662-2.2-inactive", () => {
    const told = Result.getOrThrow(IntrospectionResponse.decode({ active: false }));
    assert.deepStrictEqual(told, { active: false });
  });

  const exchanged = [
    ["rfc8693-2.3-exchange", "urn:ietf:params:oauth:token-type:jwt", "Bearer"],
    ["rfc8693-na", "urn:ietf:params:oauth:token-type:id-jag", "N_A"],
  ] as const;
  for (const [id, issuedTokenType, tokenType] of exchanged) {
    it(id, () => {
      const body = {
        access_token: "planted-token",
        issued_token_type: issuedTokenType,
        token_type: tokenType,
      };
      const tokens = Result.getOrThrow(TokenResponse.decode(body, { obtainedAtMillis: 0 }));
      assert.strictEqual(Redacted.value(tokens.accessToken), "planted-token");
      assert.deepInclude(tokens, { issuedTokenType, tokenType });
    });
  }
});
