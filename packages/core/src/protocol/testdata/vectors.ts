/** One vector of a specification: what goes in, what must come out. */
export interface Vector {
  readonly id: string;
  readonly rfc: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly expected: Readonly<Record<string, unknown>>;
}

/** The vectors of one kind. */
export function vectorsOf(kind: string): ReadonlyArray<Vector> {
  const found = vectors[kind];
  if (found === undefined) throw new Error(`No vector of kind "${kind}"`);
  return found;
}

/** A member of a vector that is text. */
export function textIn(members: Vector["input"], name: string): string {
  const text = members[name];
  if (typeof text !== "string") throw new Error(`No text "${name}"`);
  return text;
}

/** A member of a vector that is an object, such as a body. */
export function membersIn(members: Vector["input"], name: string): Record<string, unknown> {
  const value = members[name];
  if (typeof value !== "object" || value === null) throw new Error(`No members "${name}"`);
  return { ...value };
}

const vectors: Readonly<Record<string, ReadonlyArray<Vector>>> = {
  "client_secret_basic": [
    {
      "id": "rfc6749-2.3.1-basic",
      "rfc": "RFC 6749 section 2.3.1",
      "input": { "client_id": "s6BhdRkqt3", "client_secret": "7Fjfp0ZBr1KtDRbnfVdmIw" },
      "expected": { "authorization": "Basic czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3" },
    },
    {
      "id": "rfc6749-4.1.3-basic",
      "rfc": "RFC 6749 section 4.1.3",
      "input": { "client_id": "s6BhdRkqt3", "client_secret": "gX1fBat3bV" },
      "expected": { "authorization": "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW" },
    },
    {
      "id": "basic-encode-plus",
      "rfc": "RFC 6749 section 2.3.1 + Appendix B",
      "input": { "client_id": "foo", "client_secret": "very+secret" },
      "expected": { "authorization": "Basic Zm9vOnZlcnklMkJzZWNyZXQ=" },
    },
    {
      "id": "basic-encode-space",
      "rfc": "RFC 6749 section 2.3.1 + Appendix B",
      "input": { "client_id": "firstname lastname", "client_secret": "bar" },
      "expected": { "authorization": "Basic Zmlyc3RuYW1lK2xhc3RuYW1lOmJhcg==" },
    },
    {
      "id": "basic-encode-colon",
      "rfc": "RFC 6749 section 2.3.1 + Appendix B",
      "input": { "client_id": "firstname:lastname", "client_secret": "bar:bar2" },
      "expected": { "authorization": "Basic Zmlyc3RuYW1lJTNBbGFzdG5hbWU6YmFyJTNBYmFyMg==" },
    },
    {
      "id": "basic-encode-umlaut",
      "rfc": "RFC 6749 section 2.3.1 + Appendix B",
      "input": { "client_id": "sören:müller", "client_secret": "bar:bar2" },
      "expected": { "authorization": "Basic cyVDMyVCNnJlbiUzQW0lQzMlQkNsbGVyOmJhciUzQWJhcjI=" },
    },
    {
      "id": "basic-encode-symbols",
      "rfc": "RFC 6749 section 2.3.1 + Appendix B",
      "input": { "client_id": ":/&%%(/(&/) %&%&/%/&", "client_secret": ")(/)(/&  /%/&%$&$$&" },
      "expected": {
        "authorization":
          "Basic JTNBJTJGJTI2JTI1JTI1JTI4JTJGJTI4JTI2JTJGJTI5KyUyNSUyNiUyNSUyNiUyRiUyNSUyRiUyNjolMjklMjglMkYlMjklMjglMkYlMjYrKyUyRiUyNSUyRiUyNiUyNSUyNCUyNiUyNCUyNCUyNg==",
      },
    },
    {
      "id": "basic-encode-dash-dot-star",
      "rfc": "RFC 6749 section 2.3.1 + Appendix B",
      "input": { "client_id": "a-b._c*d~e", "client_secret": "!'()~*-._" },
      "expected": { "authorization": "Basic YS1iLl9jKmQlN0VlOiUyMSUyNyUyOCUyOSU3RSotLl8=" },
    },
    {
      "id": "basic-encode-appendix-b",
      "rfc": "RFC 6749 section 2.3.1 + Appendix B",
      "input": { "client_id": " %&+£€", "client_secret": " %&+£€" },
      "expected": {
        "authorization":
          "Basic KyUyNSUyNiUyQiVDMiVBMyVFMiU4MiVBQzorJTI1JTI2JTJCJUMyJUEzJUUyJTgyJUFD",
      },
    },
    {
      "id": "basic-encode-empty-secret",
      "rfc": "RFC 6749 section 2.3.1 + Appendix B",
      "input": { "client_id": "client", "client_secret": "" },
      "expected": { "authorization": "Basic Y2xpZW50Og==" },
    },
    {
      "id": "basic-encode-url-id",
      "rfc": "RFC 6749 section 2.3.1 + Appendix B",
      "input": { "client_id": "https://app.example/client.json", "client_secret": "s" },
      "expected": {
        "authorization": "Basic aHR0cHMlM0ElMkYlMkZhcHAuZXhhbXBsZSUyRmNsaWVudC5qc29uOnM=",
      },
    },
  ],
  "well-known-url": [
    {
      "id": "rfc8414-3.1-root",
      "rfc": "RFC 8414 3.1",
      "input": { "identifier": "https://example.com", "suffix": "oauth-authorization-server" },
      "expected": { "url": "https://example.com/.well-known/oauth-authorization-server" },
    },
    {
      "id": "rfc8414-3.1-path",
      "rfc": "RFC 8414 3.1",
      "input": {
        "identifier": "https://example.com/issuer1",
        "suffix": "oauth-authorization-server",
      },
      "expected": { "url": "https://example.com/.well-known/oauth-authorization-server/issuer1" },
    },
    {
      "id": "rfc8414-trailing-slash",
      "rfc": "RFC 8414 3.1",
      "input": {
        "identifier": "https://example.com/issuer1/",
        "suffix": "oauth-authorization-server",
      },
      "expected": { "url": "https://example.com/.well-known/oauth-authorization-server/issuer1" },
    },
    {
      "id": "rfc8414-5-oidc-insert",
      "rfc": "RFC 8414 5",
      "input": {
        "identifier": "https://example.com/issuer1",
        "suffix": "openid-configuration (inserted)",
      },
      "expected": { "url": "https://example.com/.well-known/openid-configuration/issuer1" },
    },
    {
      "id": "oidc-discovery-4-append",
      "rfc": "OpenID Connect Discovery 1.0 section 4",
      "input": {
        "identifier": "https://example.com/issuer1",
        "suffix": "openid-configuration (appended)",
      },
      "expected": { "url": "https://example.com/issuer1/.well-known/openid-configuration" },
    },
    {
      "id": "oidc-discovery-4-append-slash",
      "rfc": "OpenID Connect Discovery 1.0 section 4.1",
      "input": {
        "identifier": "https://example.com/issuer1/",
        "suffix": "openid-configuration (appended)",
      },
      "expected": { "url": "https://example.com/issuer1/.well-known/openid-configuration" },
    },
    {
      "id": "rfc8414-port",
      "rfc": "RFC 8414 3.1",
      "input": {
        "identifier": "https://example.com:8443/a/b",
        "suffix": "oauth-authorization-server",
      },
      "expected": { "url": "https://example.com:8443/.well-known/oauth-authorization-server/a/b" },
    },
  ],
  "issuer-compare": [
    {
      "id": "issuer-compare-same",
      "rfc": "RFC 8414 3.3 and RFC 9207 2.4",
      "input": { "recorded": "https://as.example.com", "received": "https://as.example.com" },
      "expected": { "equal": true },
    },
    {
      "id": "issuer-compare-slash",
      "rfc": "RFC 8414 3.3 and RFC 9207 2.4",
      "input": { "recorded": "https://as.example.com", "received": "https://as.example.com/" },
      "expected": { "equal": false },
    },
    {
      "id": "issuer-compare-case-host",
      "rfc": "RFC 8414 3.3 and RFC 9207 2.4",
      "input": { "recorded": "https://as.example.com", "received": "https://AS.example.com" },
      "expected": { "equal": false },
    },
    {
      "id": "issuer-compare-port",
      "rfc": "RFC 8414 3.3 and RFC 9207 2.4",
      "input": { "recorded": "https://as.example.com", "received": "https://as.example.com:443" },
      "expected": { "equal": false },
    },
    {
      "id": "issuer-compare-pct",
      "rfc": "RFC 8414 3.3 and RFC 9207 2.4",
      "input": {
        "recorded": "https://as.example.com/a~b",
        "received": "https://as.example.com/a%7Eb",
      },
      "expected": { "equal": false },
    },
    {
      "id": "issuer-compare-scheme",
      "rfc": "RFC 8414 3.3 and RFC 9207 2.4",
      "input": { "recorded": "https://as.example.com", "received": "http://as.example.com" },
      "expected": { "equal": false },
    },
    {
      "id": "issuer-compare-path-case",
      "rfc": "RFC 8414 3.3 and RFC 9207 2.4",
      "input": { "recorded": "https://as.example.com/t", "received": "https://as.example.com/T" },
      "expected": { "equal": false },
    },
    {
      "id": "issuer-compare-empty-query",
      "rfc": "RFC 8414 3.3 and RFC 9207 2.4",
      "input": { "recorded": "https://as.example.com", "received": "https://as.example.com?" },
      "expected": { "equal": false },
    },
  ],
  "token-request": [
    {
      "id": "rfc6749-4.1.3-token-request",
      "rfc": "RFC 6749 4.1.3",
      "input": {
        "client_id": "s6BhdRkqt3",
        "client_secret": "gX1fBat3bV",
        "code": "SplxlOBeZQQYbYS6WxSbIA",
        "redirect_uri": "https://client.example.com/cb",
      },
      "expected": {
        "authorization": "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW",
        "content_type": "application/x-www-form-urlencoded",
        "form": {
          "grant_type": "authorization_code",
          "code": "SplxlOBeZQQYbYS6WxSbIA",
          "redirect_uri": "https://client.example.com/cb",
        },
      },
    },
    {
      "id": "rfc6749-6-refresh",
      "rfc": "RFC 6749 6",
      "input": {
        "client_id": "s6BhdRkqt3",
        "client_secret": "gX1fBat3bV",
        "refresh_token": "tGzv3JOkF0XG5Qx2TlKWIA",
      },
      "expected": {
        "authorization": "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW",
        "form": { "grant_type": "refresh_token", "refresh_token": "tGzv3JOkF0XG5Qx2TlKWIA" },
      },
    },
  ],
  "token-response": [
    {
      "id": "rfc9449-token-response",
      "rfc": "RFC 9449 section 5",
      "input": {
        "status": 200,
        "body": {
          "access_token": "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU",
          "token_type": "DPoP",
          "expires_in": 2677,
          "refresh_token": "Q..Zkm29lexi8VnWg2zPW1x-tgGad0Ibc3s3EwM_Ni4-g",
        },
      },
      "expected": { "accepted": true, "token_type": "dpop" },
    },
    {
      "id": "rfc6749-5.1-token-response",
      "rfc": "RFC 6749 4.1.4 / 5.1",
      "input": {
        "status": 200,
        "body": {
          "access_token": "2YotnFZFEjr1zCsicMWpAA",
          "token_type": "example",
          "expires_in": 3600,
          "refresh_token": "tGzv3JOkF0XG5Qx2TlKWIA",
          "example_parameter": "example_value",
        },
      },
      "expected": {},
    },
  ],
  "discovery-order": [
    {
      "id": "mcp-as-discovery-order-path",
      "rfc": "MCP authorization 2025-11-25",
      "input": { "issuer": "https://auth.example.com/tenant1" },
      "expected": {
        "urls": [
          "https://auth.example.com/.well-known/oauth-authorization-server/tenant1",
          "https://auth.example.com/.well-known/openid-configuration/tenant1",
          "https://auth.example.com/tenant1/.well-known/openid-configuration",
        ],
      },
    },
    {
      "id": "mcp-as-discovery-order-root",
      "rfc": "MCP authorization 2025-11-25",
      "input": { "issuer": "https://auth.example.com" },
      "expected": {
        "urls": [
          "https://auth.example.com/.well-known/oauth-authorization-server",
          "https://auth.example.com/.well-known/openid-configuration",
        ],
      },
    },
  ],
  "form-urlencode": [
    {
      "id": "rfc6749-b",
      "rfc": "RFC 6749 Appendix B",
      "input": { "text": " %&+£€" },
      "expected": { "utf8_hex": "2025262bc2a3e282ac", "encoded": "+%25%26%2B%C2%A3%E2%82%AC" },
    },
  ],
  "device-authorization-request": [
    {
      "id": "rfc8628-3.1-request",
      "rfc": "RFC 8628 3.1",
      "input": { "client_id": "1406020730", "scope": "example_scope" },
      "expected": {
        "method": "POST",
        "content_type": "application/x-www-form-urlencoded",
        "body": "client_id=1406020730&scope=example_scope",
      },
    },
  ],
  "device-authorization-response": [
    {
      "id": "rfc8628-3.2-response",
      "rfc": "RFC 8628 3.2",
      "input": {
        "status": 200,
        "body": {
          "device_code": "GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS",
          "user_code": "WDJB-MJHT",
          "verification_uri": "https://example.com/device",
          "verification_uri_complete": "https://example.com/device?user_code=WDJB-MJHT",
          "expires_in": 1800,
          "interval": 5,
        },
      },
      "expected": { "accepted": true, "interval_seconds": 5, "lifetime_seconds": 1800 },
    },
  ],
  "device-token-request": [
    {
      "id": "rfc8628-3.4-request",
      "rfc": "RFC 8628 3.4",
      "input": {
        "device_code": "GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS",
        "client_id": "1406020730",
      },
      "expected": {
        "form": {
          "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
          "device_code": "GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS",
          "client_id": "1406020730",
        },
      },
    },
  ],
  "token-error": [
    {
      "id": "rfc6749-5.2-error",
      "rfc": "RFC 6749 5.2",
      "input": { "status": 400, "body": { "error": "invalid_request" } },
      "expected": { "error": "invalid_request" },
    },
  ],
  "revocation-request": [
    {
      "id": "rfc7009-2.1-revoke",
      "rfc": "RFC 7009 2.1",
      "input": {
        "token": "45ghiukldjahdnhzdauz",
        "token_type_hint": "refresh_token",
        "client_id": "s6BhdRkqt3",
        "client_secret": "gX1fBat3bV",
      },
      "expected": {
        "authorization": "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW",
        "form": { "token": "45ghiukldjahdnhzdauz", "token_type_hint": "refresh_token" },
      },
    },
  ],
  "revocation-response": [
    {
      "id": "rfc7009-2.2-response",
      "rfc": "RFC 7009 2.2",
      "input": { "status": 200, "body_ignored": true },
      "expected": { "revoked": true },
    },
  ],
};
