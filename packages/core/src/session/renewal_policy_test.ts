import { assert, describe, it } from "@effect/vitest";
import { Schema } from "effect";
import { dueAtMillis } from "./renewal_policy.ts";

const Lifetime = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 315_360_000 }));
const Spread = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }));

describe("dueAtMillis()", () => {
  it("keeps to the floor and the ceiling", () => {
    const due = (expiresInSeconds: number) =>
      expiresInSeconds * 1000 -
      dueAtMillis({ obtainedAtMillis: 0, expiresInSeconds }, { spread: 0.5 });
    assert.strictEqual(due(60), 10_000);
    assert.strictEqual(due(1_000), 100_000);
    assert.strictEqual(due(86_400), 300_000);
  });

  it("never takes more than half of a short life", () => {
    assert.strictEqual(
      dueAtMillis({ obtainedAtMillis: 500, expiresInSeconds: 1 }, { spread: 0.5 }),
      1_000,
    );
  });

  it.prop("is after the token was obtained and before it expires", [Lifetime, Spread], (
    [expiresInSeconds, spread],
  ) => {
    const due = dueAtMillis({ obtainedAtMillis: 1_000, expiresInSeconds }, { spread });
    assert.isAbove(due, 1_000);
    assert.isBelow(due, 1_000 + expiresInSeconds * 1000);
  });

  it("is never where no lifetime is known", () => {
    assert.strictEqual(dueAtMillis({ obtainedAtMillis: 0 }, { spread: 0 }), Infinity);
  });
});
