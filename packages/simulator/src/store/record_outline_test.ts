import { assert, describe, it } from "@effect/vitest";
import { Context, Effect, Exit, Redacted } from "effect";
import { fromTokens, type SessionRecord } from "@bellhop/core/session/session_record";
import { publicClient } from "../scenario/simulated_client.ts";
import { isPlanted, secretOf } from "../server/secret.ts";
import { outlineOf, WrittenRecord } from "./record_outline.ts";

const record: SessionRecord = fromTokens(publicClient, {
  accessToken: Redacted.make(secretOf("at", 4)),
  refreshToken: Redacted.make(secretOf("rt", 5)),
  tokenType: "Bearer",
  obtainedAtMillis: 0,
  scope: ["read"],
}, { scope: ["read"] });

describe("outlineOf()", () => {
  it("names secrets by their ordinals, and holds none", () => {
    const outline = outlineOf(record);
    assert.deepStrictEqual(outline, {
      status: "active",
      refreshToken: 5,
      accessTokens: [4],
      isRenewing: false,
    });
    assert.isFalse(isPlanted(JSON.stringify(outline)));
  });

  it("tells of a renewal that is under way", () => {
    const renewal = { attemptId: "a", startedAtMillis: 1, refreshTokenHash: "h" };
    assert.isTrue(outlineOf(Object.assign({}, record, { renewal })).isRenewing);
  });

  it("has no refresh token where the record has none", () => {
    const { refreshToken: _, ...rest } = record;
    const ended: SessionRecord = { ...rest, status: "reauthorizationRequired", accessTokens: [] };
    assert.deepStrictEqual(outlineOf(ended), {
      status: "reauthorizationRequired",
      accessTokens: [],
      isRenewing: false,
    });
  });

  it("calls a token that no simulated server made -1", () => {
    const [held] = record.accessTokens;
    assert.isDefined(held);
    const foreign = { accessToken: Redacted.make("of another server") };
    const tokens = Object.assign({}, held.tokens, foreign);
    const accessTokens = [{ ...held, tokens }];
    assert.deepStrictEqual(
      outlineOf(Object.assign({}, record, { accessTokens })).accessTokens,
      [-1],
    );
  });
});

describe("WrittenRecord", () => {
  it("is nothing where nobody says what is written", () => {
    const exit = Effect.runSyncExit(
      Effect.provideContext(Effect.service(WrittenRecord), Context.empty()),
    );
    assert.deepStrictEqual(exit, Exit.succeed(undefined));
  });
});
