import { assert, describe, it } from "@effect/vitest";
import { Redacted } from "effect";
import type { TokenSet } from "@bellhop/core/protocol/token_set";
import type { SessionRecord } from "@bellhop/core/session/session_record";
import { tokensToRevoke } from "./replaced_session.ts";

function tokens(accessToken: string, refreshToken?: string, obtainedAtMillis = 0): TokenSet {
  return {
    accessToken: Redacted.make(accessToken),
    tokenType: "Bearer",
    obtainedAtMillis,
    expiresInSeconds: 60,
    scope: [],
    ...(refreshToken === undefined ? {} : { refreshToken: Redacted.make(refreshToken) }),
  };
}

const record: Pick<SessionRecord, keyof SessionRecord> = {
  issuer: "https://as.example.com",
  clientId: "tv",
  authenticationMethod: "none",
  endpoints: {},
  status: "active",
  refreshToken: Redacted.make("old-refresh"),
  accessTokens: [
    { requestedScope: [], resource: [], tokens: tokens("old-access") },
    { requestedScope: ["a"], resource: [], tokens: tokens("expired", undefined, -60_000) },
  ],
};

function revoked(granted: TokenSet, before: SessionRecord = record): ReadonlyArray<string> {
  return tokensToRevoke({ record: before, granted }, 0)
    .map(({ token, tokenTypeHint }) => `${tokenTypeHint} ${Redacted.value(token)}`);
}

describe("tokensToRevoke()", () => {
  it("gives the refresh token first, then the access tokens that live", () => {
    assert.deepStrictEqual(revoked(tokens("new-access", "new-refresh")), [
      "refresh_token old-refresh",
      "access_token old-access",
    ]);
  });

  it("gives none of a family that was granted again", () => {
    assert.deepStrictEqual(revoked(tokens("new-access", "old-refresh")), []);
    assert.deepStrictEqual(revoked(tokens("old-access", "new-refresh")), []);
    assert.deepStrictEqual(revoked(tokens("old-refresh")), []);
  });

  it("gives none of a session that had ended", () => {
    for (const status of ["reauthorizationRequired", "revoked"] as const) {
      assert.deepStrictEqual(revoked(tokens("new-access"), { ...record, status }), []);
    }
  });
});
