import { assert, it } from "@effect/vitest";
import { declined, failed, signedIn, unexpected } from "./loopback_listener_page.ts";

it("pages differ, and only the one of a login that succeeded is good news", () => {
  const pages = [signedIn(), declined(), failed(), unexpected()];
  assert.deepEqual(pages.map(({ outcome }) => outcome), [
    "success",
    "failure",
    "failure",
    "failure",
  ]);
  assert.strictEqual(new Set(pages.map(({ title }) => title)).size, pages.length);
});
