import { assert, describe, it } from "@effect/vitest";
import { Redacted, Schema } from "effect";
import type { TokenSet } from "../protocol/token_set.ts";
import {
  fromTokens,
  migrate,
  recordFormat,
  serverOf,
  SessionRecord,
  type SessionRecordJson,
} from "./session_record.ts";

const client = {
  clientId: "tv",
  authentication: { method: "client_secret_post", clientSecret: Redacted.make("planted-secret") },
  server: {
    issuer: "https://as.example.com",
    tokenEndpoint: "https://as.example.com/token",
    revocationEndpoint: "https://as.example.com/revoke",
    scopesSupported: ["read"],
  },
} as const;

const tokens: TokenSet = {
  accessToken: Redacted.make("planted-access-token"),
  tokenType: "bearer",
  obtainedAtMillis: 5,
  scope: ["read"],
  refreshToken: Redacted.make("planted-refresh-token"),
  idToken: Redacted.make("planted-id-token"),
};

const json: SessionRecordJson = {
  issuer: "https://as.example.com",
  client_id: "tv",
  authentication_method: "client_secret_post",
  endpoints: {
    tokenEndpoint: "https://as.example.com/token",
    revocationEndpoint: "https://as.example.com/revoke",
  },
  status: "active",
  refresh_token: "planted-refresh-token",
  access_tokens: [{
    requested_scope: ["read", "write"],
    resource: [],
    tokens: {
      access_token: "planted-access-token",
      token_type: "bearer",
      obtained_at_millis: 5,
      scope: ["read"],
      id_token: "planted-id-token",
    },
  }],
  scope: ["read"],
};

describe("fromTokens()", () => {
  it("moves the refresh token to the family and remembers what was asked for", () => {
    const record = fromTokens(client, tokens, { scope: ["read", "write"] });
    assert.deepStrictEqual(Schema.encodeSync(SessionRecord)(record), json);
  });

  it("keeps no client secret and shows no token", () => {
    const record = fromTokens(client, tokens);
    assert.notInclude(JSON.stringify(Schema.encodeSync(SessionRecord)(record)), "planted-secret");
    assert.notInclude(JSON.stringify(record), "planted");
  });

  it("takes what was granted for what was asked where nothing is said", () => {
    const [held] = fromTokens(client, tokens).accessTokens;
    assert.deepStrictEqual(held?.requestedScope, ["read"]);
  });
});

describe("SessionRecord", () => {
  it("decodes what it encodes", () => {
    const record = Schema.decodeUnknownSync(SessionRecord)(json);
    assert.deepStrictEqual(Schema.encodeSync(SessionRecord)(record), json);
  });

  it("refuses a status that it does not know", () => {
    const decode = Schema.decodeUnknownOption(SessionRecord);
    assert.strictEqual(decode({ ...json, status: "asleep" })._tag, "None");
    assert.strictEqual(decode({ ...json, status: "revoked" })._tag, "Some");
  });
});

describe("serverOf()", () => {
  it("gives issuer and endpoints", () => {
    assert.deepStrictEqual(serverOf(fromTokens(client, tokens)), {
      issuer: "https://as.example.com",
      tokenEndpoint: "https://as.example.com/token",
      revocationEndpoint: "https://as.example.com/revoke",
    });
  });
});

describe("migrate()", () => {
  const steps = {
    0: (value: unknown) => `${value} then`,
    1: (value: unknown) => `${value} now`,
  };

  it("takes each step in order up to the present format", () => {
    assert.strictEqual(migrate("long ago", 0, steps), "long ago then now");
    assert.strictEqual(migrate("once", 1, steps), "once now");
    assert.strictEqual(migrate("today", recordFormat, steps), "today");
  });

  it("gives nothing where a step is missing", () => {
    assert.strictEqual(migrate("x", -1, steps), undefined);
    assert.strictEqual(migrate("x", 0), undefined);
  });

  it("takes the scope of format 1 from what the login was granted", () => {
    const { scope: _, ...older } = json;
    assert.deepStrictEqual(migrate(older, 1), json);
  });

  it.each([null, 3, {}, { access_tokens: [] }, { access_tokens: [{ tokens: null }] }])(
    "leaves what is no record of format 1 to the schema: %j",
    (older) => {
      assert.deepStrictEqual(migrate(older, 1), older);
    },
  );
});
