import { assert, describe, it } from "@effect/vitest";
import { Effect, Result } from "effect";
import { fromDocument, make } from "./server_metadata.ts";

const issuer = "https://as.example.com";

describe("server_metadata", () => {
  it("fromDocument() reads every member it knows and ignores the others", () => {
    const metadata = Result.getOrThrow(fromDocument({
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      device_authorization_endpoint: `${issuer}/device`,
      revocation_endpoint: `${issuer}/revoke`,
      introspection_endpoint: `${issuer}/introspect`,
      userinfo_endpoint: `${issuer}/userinfo`,
      end_session_endpoint: `${issuer}/logout`,
      registration_endpoint: `${issuer}/register`,
      pushed_authorization_request_endpoint: `${issuer}/par`,
      jwks_uri: `${issuer}/jwks?v=1`,
      grant_types_supported: ["refresh_token"],
      token_endpoint_auth_methods_supported: ["none"],
      code_challenge_methods_supported: ["S256"],
      authorization_response_iss_parameter_supported: true,
      claims_supported: ["sub"],
      service_documentation: "http://docs.example.com",
    }));
    assert.deepStrictEqual(metadata, {
      issuer,
      authorizationEndpoint: `${issuer}/authorize`,
      tokenEndpoint: `${issuer}/token`,
      deviceAuthorizationEndpoint: `${issuer}/device`,
      revocationEndpoint: `${issuer}/revoke`,
      introspectionEndpoint: `${issuer}/introspect`,
      userinfoEndpoint: `${issuer}/userinfo`,
      endSessionEndpoint: `${issuer}/logout`,
      registrationEndpoint: `${issuer}/register`,
      pushedAuthorizationRequestEndpoint: `${issuer}/par`,
      jwksUri: `${issuer}/jwks?v=1`,
      grantTypesSupported: ["refresh_token"],
      tokenEndpointAuthMethodsSupported: ["none"],
      codeChallengeMethodsSupported: ["S256"],
      authorizationResponseIssParameterSupported: true,
    });
  });

  it("fromDocument() drops what makes no sense and says so", () => {
    const metadata = Result.getOrThrow(fromDocument({
      issuer,
      token_endpoint: 5,
      end_session_endpoint: "",
      scopes_supported: "openid",
      grant_types_supported: [1],
      jwks_uri: null,
      require_pushed_authorization_requests: "true",
    }));
    assert.deepStrictEqual(metadata, {
      issuer,
      ignoredMembers: [
        "token_endpoint",
        "end_session_endpoint",
        "grant_types_supported",
        "scopes_supported",
        "require_pushed_authorization_requests",
      ],
    });
  });

  for (const value of [undefined, "", 5, null]) {
    it(`fromDocument() refuses issuer ${JSON.stringify(value)}`, () => {
      const error = Result.getOrThrow(Result.flip(fromDocument({ issuer: value })));
      assert.strictEqual(error.problem, "issuer");
    });
  }

  const insecure: ReadonlyArray<readonly [string, string]> = [
    ["token_endpoint", "http://as.example.com/token"],
    ["jwks_uri", "http://as.example.com/jwks"],
    ["revocation_endpoint", "https://u:p@as.example.com/"],
    ["userinfo_endpoint", "https://as.example.com/#me"],
    ["registration_endpoint", "ftp://as.example.com/"],
  ];
  for (const [member, url] of insecure) {
    it(`fromDocument() refuses ${member} ${url}`, () => {
      const error = Result.getOrThrow(Result.flip(fromDocument({ issuer, [member]: url })));
      assert.strictEqual(error.problem, "endpoint");
      assert.strictEqual(error.member, member);
    });
  }

  for (const url of ["http://127.0.0.1:6379/t", "http://[::1]:1/t", "http://localhost/t"]) {
    it(`fromDocument() refuses ${url} of an issuer elsewhere, and keeps its query to itself`, () => {
      const document = { issuer, token_endpoint: `${url}?planted` };
      const error = Result.getOrThrow(Result.flip(fromDocument(document)));
      assert.strictEqual(error.problem, "endpoint");
      assert.strictEqual(error.member, "token_endpoint");
      assert.strictEqual(
        error.description,
        `"${url}" is on the loopback interface, its issuer is not`,
      );
    });

    for (const local of ["http://127.0.0.1:1", "https://localhost"]) {
      it(`fromDocument() takes ${url} of issuer ${local}`, () => {
        const metadata = fromDocument({ issuer: local, token_endpoint: url });
        assert.strictEqual(Result.getOrThrow(metadata).tokenEndpoint, url);
      });
    }
  }

  it.effect("make() takes loopback over http, whatever the issuer", () =>
    Effect.gen(function* () {
      const metadata = { issuer, tokenEndpoint: "http://127.0.0.1:1/token" };
      assert.strictEqual(yield* make(metadata), metadata);
    }));

  it.effect("make() takes loopback over http", () =>
    Effect.gen(function* () {
      const metadata = { issuer: "http://localhost:1", tokenEndpoint: "http://[::1]:1/token" };
      assert.strictEqual(yield* make(metadata), metadata);
    }));

  for (const bad of ["http://as.example.com", "https://as.example.com?x=1", "as.example.com"]) {
    it.effect(`make() refuses issuer ${bad}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(make({ issuer: bad }));
        assert.strictEqual(error.problem, "issuer");
      }));
  }

  it.effect("make() refuses an endpoint that is no URL", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(make({ issuer, tokenEndpoint: "/token" }));
      assert.strictEqual(
        error.message,
        `Server metadata has an unusable "token_endpoint": ` +
          `"/token" is not an absolute http or https URL`,
      );
    }));
});
