import { assert, describe, it } from "@effect/vitest";
import { retryAfterMillis } from "./retry_after.ts";

const now = Date.UTC(2026, 0, 1);

describe("retry_after", () => {
  const headers: ReadonlyArray<readonly [string | undefined, number | undefined]> = [
    ["0", 0],
    ["5", 5_000],
    [" 5 ", 5_000],
    ["Thu, 01 Jan 2026 00:01:00 GMT", 60_000],
    ["Wed, 31 Dec 2025 00:00:00 GMT", 0],
    ["9".repeat(400), 365 * 86_400_000],
    [undefined, undefined],
    ["", undefined],
    ["-5", undefined],
    ["1.5", undefined],
    ["1e9", undefined],
    ["soon", undefined],
    ["2026-01-01T00:01:00Z", undefined],
  ];
  for (const [header, millis] of headers) {
    it(`retryAfterMillis() reads ${JSON.stringify(header?.slice(0, 40))} as ${millis}`, () => {
      assert.strictEqual(retryAfterMillis(header, now), millis);
    });
  }
});
