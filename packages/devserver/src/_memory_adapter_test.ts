import { afterEach, assert, beforeEach, describe, it, vi } from "@effect/vitest";
import { makeMemoryAdapter } from "./_memory_adapter.ts";

describe("makeMemoryAdapter()", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"], now: 1_000_000 });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("marks a refresh token as used at once without a grace period", async () => {
    const tokens = adapter().of("RefreshToken");
    await tokens.upsert("a", { grantId: "g" }, 60);
    await tokens.consume("a");
    assert.isDefined((await tokens.find("a"))?.consumed);
  });

  it("counts the grace period from the first use, not from the last", async () => {
    const tokens = adapter(1_000).of("RefreshToken");
    await tokens.upsert("a", { grantId: "g" }, 60);
    await tokens.consume("a");
    vi.setSystemTime(1_000_999);
    assert.isUndefined((await tokens.find("a"))?.consumed);
    await tokens.consume("a");
    vi.setSystemTime(1_001_000);
    assert.isDefined((await tokens.find("a"))?.consumed);
  });

  it("gives no grace to an authorization code", async () => {
    const codes = adapter(1_000).of("AuthorizationCode");
    await codes.upsert("a", { grantId: "g" }, 60);
    await codes.consume("a");
    assert.isDefined((await codes.find("a"))?.consumed);
  });

  it("stops the second of two uses at once and revokes the family", async () => {
    const { of } = adapter();
    await of("Grant").upsert("g", {}, 60);
    await of("AccessToken").upsert("t", { grantId: "g" }, 60);
    await of("AccessToken").upsert("other", { grantId: "h" }, 60);
    await of("RefreshToken").upsert("a", { grantId: "g" }, 60);
    await of("RefreshToken").consume("a");
    const error = await of("RefreshToken").consume("a").catch((error: unknown) => error);
    assert.strictEqual((error as Error).message, "used twice");
    assert.isUndefined(await of("AccessToken").find("t"));
    assert.isUndefined(await of("RefreshToken").find("a"));
    assert.isUndefined(await of("Grant").find("g"));
    assert.isDefined(await of("AccessToken").find("other"));
  });

  it("keeps a record for ten minutes after its lifetime, and then forgets it", async () => {
    const { of, gone } = adapter();
    await of("DeviceCode").upsert("a", { userCode: "AAAA" }, 60);
    vi.setSystemTime(1_000_000 + 660_000);
    await of("DeviceCode").upsert("b", { userCode: "BBBB" }, 60);
    assert.isDefined(await of("DeviceCode").findByUserCode("AAAA"));
    vi.setSystemTime(1_000_000 + 660_001);
    await of("DeviceCode").upsert("c", { userCode: "CCCC" }, 60);
    assert.isUndefined(await of("DeviceCode").findByUserCode("AAAA"));
    assert.deepStrictEqual(gone, ["a"]);
  });

  it("finds a session by its uid and nothing by another", async () => {
    const sessions = adapter().of("Session");
    await sessions.upsert("a", { uid: "u" }, 60);
    assert.strictEqual((await sessions.findByUid("u"))?.uid, "u");
    assert.isUndefined(await sessions.findByUid("v"));
  });

  it("revokes by grant, and only what belongs to it", async () => {
    const tokens = adapter().of("AccessToken");
    await tokens.upsert("a", { grantId: "g" }, 60);
    await tokens.upsert("b", { grantId: "h" }, 60);
    await tokens.revokeByGrantId("g");
    assert.isUndefined(await tokens.find("a"));
    assert.isDefined(await tokens.find("b"));
  });
});

function adapter(rotationGraceMillis: number = 0) {
  const gone: Array<string> = [];
  const of = makeMemoryAdapter({
    rotationGraceMillis,
    onDeviceCodeFound: () => {},
    onDeviceCodeIssued: () => {},
    onDeviceCodeGone: (id) => gone.push(id),
    usedTwice: () => new Error("used twice"),
  });
  return { of, gone };
}
