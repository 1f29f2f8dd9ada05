import type { Vector } from "./vectors.ts";

/** The vectors of one kind that concern the authorization code grant. */
export function authorizationVectorsOf(kind: string): ReadonlyArray<Vector> {
  const found = vectors[kind];
  if (found === undefined) throw new Error(`No vector of kind "${kind}"`);
  return found;
}

const vectors: Readonly<Record<string, ReadonlyArray<Vector>>> = {
  "pkce-s256": [
    {
      "id": "rfc7636-b",
      "rfc": "RFC 7636 Appendix B",
      "input": {
        "octets": [
          116,
          24,
          223,
          180,
          151,
          153,
          224,
          37,
          79,
          250,
          96,
          125,
          216,
          173,
          187,
          186,
          22,
          212,
          37,
          77,
          105,
          214,
          191,
          240,
          91,
          88,
          5,
          88,
          83,
          132,
          141,
          121,
        ],
        "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
      },
      "expected": {
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        "code_challenge_method": "S256",
      },
    },
    {
      "id": "oauth21-draft-pkce-pair",
      "rfc": "OAuth 2.1 draft sections 1.x/4.1 examples",
      "input": {
        "code_verifier": "3641a2d12d66101249cdf7a79c000c1f8c05d2aafcf14bf146497bed",
      },
      "expected": {
        "code_challenge": "6fdkQaPm51l13DSukcAH3Mdx7_ntecHYd1vi3n0hMZY",
        "code_challenge_method": "S256",
      },
    },
  ],
  "base64url": [
    {
      "id": "rfc7636-a-base64url",
      "rfc": "RFC 7636 Appendix A",
      "input": {
        "octets": [
          3,
          236,
          255,
          224,
          193,
        ],
      },
      "expected": {
        "text": "A-z_4ME",
      },
    },
  ],
  "pkce-verifier-syntax": [
    {
      "id": "rfc7636-4.1-verifier-min-43",
      "rfc": "RFC 7636 section 4.1",
      "input": {
        "code_verifier": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      },
      "expected": {
        "valid": true,
      },
    },
    {
      "id": "rfc7636-4.1-verifier-max-128",
      "rfc": "RFC 7636 section 4.1",
      "input": {
        "code_verifier":
          "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      },
      "expected": {
        "valid": true,
      },
    },
    {
      "id": "rfc7636-4.1-verifier-unreserved",
      "rfc": "RFC 7636 section 4.1",
      "input": {
        "code_verifier": "-._~aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      },
      "expected": {
        "valid": true,
      },
    },
    {
      "id": "rfc7636-4.1-verifier-short-42",
      "rfc": "RFC 7636 section 4.1",
      "input": {
        "code_verifier": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      },
      "expected": {
        "valid": false,
      },
    },
    {
      "id": "rfc7636-4.1-verifier-long-129",
      "rfc": "RFC 7636 section 4.1",
      "input": {
        "code_verifier":
          "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      },
      "expected": {
        "valid": false,
      },
    },
    {
      "id": "rfc7636-4.1-verifier-bad-char-plus",
      "rfc": "RFC 7636 section 4.1",
      "input": {
        "code_verifier": "+++++++++++++++++++++++++++++++++++++++++++",
      },
      "expected": {
        "valid": false,
      },
    },
    {
      "id": "rfc7636-4.1-verifier-bad-char-eq",
      "rfc": "RFC 7636 section 4.1",
      "input": {
        "code_verifier": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=",
      },
      "expected": {
        "valid": false,
      },
    },
  ],
  "authorization-request": [
    {
      "id": "rfc6749-4.1.1-authorize",
      "rfc": "RFC 6749 4.1.1",
      "input": {
        "endpoint": "https://server.example.com/authorize",
        "client_id": "s6BhdRkqt3",
        "state": "xyz",
        "redirect_uri": "https://client.example.com/cb",
      },
      "expected": {
        "query": {
          "response_type": "code",
          "client_id": "s6BhdRkqt3",
          "state": "xyz",
          "redirect_uri": "https://client.example.com/cb",
        },
      },
    },
    {
      "id": "rfc6749-3.1-endpoint-with-query",
      "rfc": "RFC 6749 3.1 (a query in the endpoint must be retained)",
      "input": {
        "endpoint": "https://server.example.com/authorize?tenant=a%20b&x=1",
        "client_id": "c",
      },
      "expected": {
        "must_keep": {
          "tenant": "a b",
          "x": "1",
        },
        "no_fragment": true,
      },
    },
  ],
  "authorization-response": [
    {
      "id": "rfc9207-2.1-response",
      "rfc": "RFC 9207 section 2.1",
      "input": {
        "callback":
          "https://client.example/cb?code=x1848ZT64p4IirMPT0R-X3141MFPTuBX-VFL_cvaplMH58&state=ZWVlNDBlYzA1NjdkMDNhYjg3ZjUxZjAyNGQzMTM2NzI&iss=https%3A%2F%2Fhonest.as.example",
      },
      "expected": {
        "code": "x1848ZT64p4IirMPT0R-X3141MFPTuBX-VFL_cvaplMH58",
        "state": "ZWVlNDBlYzA1NjdkMDNhYjg3ZjUxZjAyNGQzMTM2NzI",
        "iss": "https://honest.as.example",
      },
    },
    {
      "id": "rfc9207-2.2-error",
      "rfc": "RFC 9207 section 2.2",
      "input": {
        "callback":
          "https://client.example/cb?error=access_denied&state=N2JjNGJhY2JiZjRhYzA3MGJkMzNmMDE5OWJhZmJhZjA&iss=https%3A%2F%2Fhonest.as.example",
      },
      "expected": {
        "error": "access_denied",
        "iss": "https://honest.as.example",
      },
    },
    {
      "id": "rfc6749-4.1.2-response",
      "rfc": "RFC 6749 4.1.2",
      "input": {
        "callback": "https://client.example.com/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=xyz",
      },
      "expected": {
        "code": "SplxlOBeZQQYbYS6WxSbIA",
        "state": "xyz",
      },
    },
  ],
  "native-redirect-uri": [
    {
      "id": "rfc8252-redirect-ipv4",
      "rfc": "RFC 8252 7.1, 7.3, 8.3",
      "input": {
        "redirect_uri": "http://127.0.0.1:51004/cb",
      },
      "expected": {
        "acceptable": true,
      },
    },
    {
      "id": "rfc8252-redirect-ipv6",
      "rfc": "RFC 8252 7.1, 7.3, 8.3",
      "input": {
        "redirect_uri": "http://[::1]:61023/cb",
      },
      "expected": {
        "acceptable": true,
      },
    },
    {
      "id": "rfc8252-redirect-localhost",
      "rfc": "RFC 8252 7.1, 7.3, 8.3",
      "input": {
        "redirect_uri": "http://localhost:3000/cb",
      },
      "expected": {
        "acceptable": "not recommended",
      },
    },
    {
      "id": "rfc8252-redirect-private-scheme",
      "rfc": "RFC 8252 7.1, 7.3, 8.3",
      "input": {
        "redirect_uri": "com.example.app:/oauth2redirect/example-provider",
      },
      "expected": {
        "acceptable": true,
      },
    },
    {
      "id": "rfc8252-redirect-any-iface",
      "rfc": "RFC 8252 7.1, 7.3, 8.3",
      "input": {
        "redirect_uri": "http://0.0.0.0:8000/cb",
      },
      "expected": {
        "acceptable": false,
      },
    },
  ],
  "resource-indicator": [
    {
      "id": "rfc8707-2-resource",
      "rfc": "RFC 8707 2",
      "input": {
        "resources": [
          "https://api.example.com/app/",
          "https://calendar.example.com/",
        ],
      },
      "expected": {
        "valid": true,
        "repeatable": true,
      },
    },
    {
      "id": "rfc8707-2-fragment",
      "rfc": "RFC 8707 2 (absolute URI, no fragment, query discouraged)",
      "input": {
        "resources": [
          "https://api.example.com/#f",
        ],
      },
      "expected": {
        "valid": false,
      },
    },
    {
      "id": "rfc8707-2-relative",
      "rfc": "RFC 8707 2 (absolute URI, no fragment, query discouraged)",
      "input": {
        "resources": [
          "/app",
        ],
      },
      "expected": {
        "valid": false,
      },
    },
    {
      "id": "rfc8707-2-query",
      "rfc": "RFC 8707 2 (absolute URI, no fragment, query discouraged)",
      "input": {
        "resources": [
          "https://api.example.com/a?x=1",
        ],
      },
      "expected": {
        "valid": true,
      },
    },
    {
      "id": "rfc8707-2-urn",
      "rfc": "RFC 8707 2 (absolute URI, no fragment, query discouraged)",
      "input": {
        "resources": [
          "urn:example:r",
        ],
      },
      "expected": {
        "valid": true,
      },
    },
  ],
};
