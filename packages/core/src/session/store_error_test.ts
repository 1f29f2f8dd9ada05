import { assert, describe, it } from "@effect/vitest";
import * as StoreErrors from "./store_error.ts";

const where = { key: "work", location: "/home/me/sessions/session-work.3" };
const fault = { location: "/home/me/sessions", description: "no space is left", hint: "Free some" };

const reasons: ReadonlyArray<StoreErrors.StoreErrorReason> = [
  new StoreErrors.Conflict({ key: "work", ifVersion: 3 }),
  new StoreErrors.Conflict({ key: "work", ifVersion: null }),
  new StoreErrors.Unreadable(fault),
  new StoreErrors.Unwritable(fault),
  new StoreErrors.LeaseTimeout({ key: "work", waitedMillis: 500 }),
  new StoreErrors.LeaseLost({ key: "work" }),
  new StoreErrors.Corrupt(where),
  new StoreErrors.UnknownKey({ ...where, keyId: "aa", knownKeyIds: ["bb", "cc"] }),
  new StoreErrors.NewerFormat({ ...where, format: 2 }),
];

describe("StoreError", () => {
  it("says what its reason says, and each reason something else", () => {
    const messages = reasons.map((reason) => new StoreErrors.StoreError({ reason }).message);
    assert.deepStrictEqual(messages, reasons.map(({ message }) => message));
    assert.strictEqual(new Set(messages).size, reasons.length);
  });

  it("says where it happened and what to do", () => {
    for (const { message, hint } of reasons) {
      assert.match(message, /"work"|"\/home\/me\/sessions"/);
      assert.isNotEmpty(hint);
      assert.notMatch(message, /undefined|\.$/);
    }
  });

  it("names the place of a record only where it is known", () => {
    assert.include(new StoreErrors.Corrupt(where).message, where.location);
    assert.notInclude(new StoreErrors.Corrupt({ key: "work" }).message, " at ");
  });
});
