import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import { Browser, comeBack, on, start } from "./testdata/application.ts";

const shown = Effect.fnUntraced(function* (options: Parameters<typeof start>[0] = {}) {
  const app = yield* start(options);
  const answer = yield* comeBack(app, new Browser(), "/callback?code=x&state=<b>forged</b>");
  return { answer, text: yield* Effect.promise(() => answer.text()) };
});

describe("the page of a failure", () => {
  it.effect("runs nothing, fetches nothing, is kept by nobody and framed by nobody", () =>
    on(Effect.gen(function* () {
      const { answer, text } = yield* shown();
      const { headers } = answer;
      assert.strictEqual(answer.status, 400);
      assert.match(
        headers.get("content-security-policy") ?? "",
        /^default-src 'none'; style-src 'sha256-[^']+='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
      );
      assert.strictEqual(headers.get("cache-control"), "no-store");
      assert.strictEqual(headers.get("referrer-policy"), "no-referrer");
      assert.strictEqual(headers.get("x-content-type-options"), "nosniff");
      assert.notMatch(text, /<script|https?:|url\(|forged|@import/);
      assert.match(text, /<a class="button" href="\/login">/);
    })));

  it.effect("allows the style that it has", () =>
    on(Effect.gen(function* () {
      const { answer, text } = yield* shown();
      const style = new TextEncoder().encode(/<style>(.*)<\/style>/s.exec(text)?.[1]);
      const digest = yield* Effect.promise(() => crypto.subtle.digest("SHA-256", style));
      const hash = btoa(String.fromCharCode(...new Uint8Array(digest)));
      assert.include(answer.headers.get("content-security-policy") ?? "", `'sha256-${hash}'`);
    })));

  it.effect("is the program's own where it makes one, with the headers that matter", () =>
    on(Effect.gen(function* () {
      const { answer, text } = yield* shown({
        page: ({ homePath, loginPath, notice }) =>
          new Response(`${notice.title} ${loginPath} ${homePath}`, {
            headers: { "x-own": "1", "cache-control": "public" },
          }),
      });
      assert.strictEqual(text, "This sign-in is not waiting any more /login /");
      assert.strictEqual(answer.status, 400);
      assert.strictEqual(answer.headers.get("x-own"), "1");
      assert.strictEqual(answer.headers.get("cache-control"), "no-store");
    })));
});
