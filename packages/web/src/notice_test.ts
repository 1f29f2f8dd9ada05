import { assert, describe, it } from "@effect/vitest";
import { noticeOf } from "./notice.ts";
import { failures } from "./testdata/failures.ts";
import { WebLoginError } from "./web_login_error.ts";

describe("noticeOf()", () => {
  for (const [reason, status] of failures) {
    it(`has words of its own for ${reason._tag} with ${status}`, () => {
      const notice = noticeOf(new WebLoginError({ reason }));
      assert.strictEqual(notice.status, status);
      assert.match(notice.title, /^[A-Z].*[^.]$/);
      assert.match(notice.text, /^[A-Z].*/);
      assert.notMatch(notice.text + notice.title, /planted/i);
    });
  }
});
