import { assert, describe, it } from "@effect/vitest";
import { Redacted } from "effect";
import type { SessionRecord } from "@bellhop/core/session/session_record";
import { livingToken, restingToken, standingOf } from "./held_token.ts";

const refreshToken = Redacted.make("r");

function record(change: Partial<SessionRecord> = {}, expiresInSeconds?: number): SessionRecord {
  const tokens = {
    accessToken: Redacted.make("a"),
    tokenType: "Bearer",
    obtainedAtMillis: 0,
    scope: [],
    ...(expiresInSeconds === undefined ? {} : { expiresInSeconds }),
  };
  return {
    issuer: "https://as.example.com",
    clientId: "tv",
    authenticationMethod: "none",
    endpoints: {},
    status: "active",
    accessTokens: [{ requestedScope: [], resource: [], tokens }],
    ...change,
  };
}

describe("livingToken()", () => {
  it("gives a token as long as it lives, and for as long as it must", () => {
    const hour = record({}, 3600);
    assert.isDefined(livingToken(hour, { nowMillis: 3_599_999 }));
    assert.isUndefined(livingToken(hour, { nowMillis: 3_600_000 }));
    assert.isDefined(livingToken(hour, { nowMillis: 3_540_000, minTtlMillis: 60_000 }));
    assert.isUndefined(livingToken(hour, { nowMillis: 3_540_001, minTtlMillis: 60_000 }));
  });

  it("gives a token of unknown life, and none of a session that ended", () => {
    assert.isDefined(livingToken(record(), { nowMillis: 1e15, minTtlMillis: 1e9 }));
    assert.isUndefined(livingToken(record({ status: "revoked" }), { nowMillis: 0 }));
    assert.isUndefined(livingToken(record({ accessTokens: [] }), { nowMillis: 0 }));
  });
});

describe("restingToken()", () => {
  it("gives none from the time on at which it is due", () => {
    const hour = record({ refreshToken }, 3600);
    assert.isDefined(restingToken(hour, { nowMillis: 3_299_999, spread: 0.5 }));
    assert.isUndefined(restingToken(hour, { nowMillis: 3_300_000, spread: 0.5 }));
  });

  it("gives none while a renewal is in doubt", () => {
    const renewal = { attemptId: "1", startedAtMillis: 0, refreshTokenHash: "h" };
    const doubtful = record({ refreshToken, renewal }, 3600);
    assert.isUndefined(restingToken(doubtful, { nowMillis: 1, spread: 0.5 }));
  });
});

describe("standingOf()", () => {
  const hour = record({ refreshToken }, 3600);
  const renewal = { attemptId: "1", startedAtMillis: 0, refreshTokenHash: "h" };
  const cases: ReadonlyArray<readonly [string, SessionRecord, number, string]> = [
    ["a token that is not due", hour, 3_299_999, "fresh"],
    ["a token that is due", hour, 3_300_000, "stale"],
    ["an expired token that can be renewed", hour, 3_600_000, "stale"],
    ["an expired token that cannot", record({}, 3600), 3_600_000, "expired"],
    ["a token that cannot be renewed, until then", record({}, 3600), 3_599_999, "fresh"],
    ["a token of unknown life", record({ refreshToken }), 1e15, "fresh"],
    ["a renewal under way", record({ refreshToken, renewal }, 3600), 119_999, "renewing"],
    ["a renewal that died", record({ refreshToken, renewal }, 3600), 120_000, "fresh"],
    ["no token", record({ accessTokens: [] }), 0, "absent"],
    ["a session that ended", record({ status: "revoked" }), 0, "revoked"],
    [
      "one to be renewed by its user",
      record({ status: "reauthorizationRequired" }),
      0,
      "reauthorizationRequired",
    ],
  ];
  for (const [what, of, nowMillis, standing] of cases) {
    it(`calls ${what} ${standing}`, () =>
      assert.strictEqual(standingOf(of, { nowMillis }), standing));
  }

  it("knows that a service renews without a refresh token", () => {
    const service = record({}, 3600);
    const grant = "client-credentials";
    assert.strictEqual(standingOf(service, { nowMillis: 3_600_000, grant }), "stale");
  });
});
