import { assert, describe, it } from "@effect/vitest";
import { DevServerError, ListenFailed, PortInUse, UnknownUserCode } from "./dev_server_error.ts";

describe("DevServerError", () => {
  it("says what happened and, for each reason, what to do", () => {
    const errors = [
      new PortInUse({ port: 4400 }),
      new ListenFailed({ port: 80, code: "EACCES" }),
      new UnknownUserCode({ userCode: "ABCD-EFGH" }),
    ].map((reason) => new DevServerError({ reason }));
    assert.include(errors[1]?.message, "EACCES");
    assert.include(errors[2]?.message, "ABCD-EFGH");
    assert.strictEqual(new Set(errors.map(({ hint }) => hint)).size, errors.length);
  });
});
