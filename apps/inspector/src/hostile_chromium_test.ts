/**
 * Pages of somebody else in a real Chromium, which try whatever a page can try against an inspector on
 * the same machine. `BELLHOP_TEST_CHROMIUM` tells its path; skipped where it does not.
 */
import { NodeHttpServer } from "@effect/platform-node";
import { assert, describe, it } from "@effect/vitest";
import { make } from "@bellhop/inspector/server/inspector";
import { Effect, Redacted } from "effect";
import { SecureRandom } from "effect/crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { executablePath } from "./testdata/watched_page.ts";

const secretName = "nobody else's program";

/** An inspector, a server of somebody else, and a browser that takes evil.test for this machine. */
const stage = Effect.gen(function* () {
  const inspector = yield* make({ name: secretName });
  const hostile = yield* Effect.acquireRelease(
    Effect.promise(async () => {
      const server = createServer((_, answer) => {
        answer.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><body>Hello");
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      return server;
    }),
    (server) => Effect.sync(() => server.close().closeAllConnections()),
  );
  const browser = yield* Effect.acquireRelease(
    Effect.promise(() =>
      chromium.launch({ executablePath, args: ["--host-resolver-rules=MAP evil.test 127.0.0.1"] })
    ),
    (browser: Browser) => Effect.promise(() => browser.close()),
  );
  const context = yield* Effect.promise(() => browser.newContext());
  context.setDefaultTimeout(10_000);
  const { port } = hostile.address() as AddressInfo;
  return { inspector, context, elsewhere: `http://127.0.0.1:${port}/` };
});

const onThisMachine = Effect.provide([
  NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 }),
  SecureRandom.layerWebCrypto,
]);

/** Opens the inspector as its user does, so that the browser has its cookie, and gives the page's URL. */
async function openOwn(context: BrowserContext, url: string): Promise<string> {
  const page = await context.newPage();
  await page.goto(url);
  await page.getByText(secretName).waitFor();
  return page.url();
}

/** With which status an address is answered that is typed into the browser. */
async function statusOf(page: Page, address: string): Promise<number> {
  const answered = page.waitForEvent(
    "response",
    (answer) => answer.request().isNavigationRequest(),
  );
  // A browser calls an empty refusal an error.
  await page.goto(address).catch(() => undefined);
  return (await answered).status();
}

/** What came of everything that a page can try with a URL. Runs in the page. */
async function attempts(url: string): Promise<Readonly<Record<string, string>>> {
  const asked = async (options: RequestInit): Promise<string> => {
    try {
      const signal = AbortSignal.timeout(2_000);
      const answer = await fetch(url, { ...options, signal });
      return answer.ok ? `got ${(await answer.text()).slice(0, 80)}` : "nothing";
    } catch {
      return "nothing";
    }
  };
  const loaded = (element: HTMLElement): Promise<string> =>
    new Promise((resolve) => {
      element.addEventListener("load", () => resolve("loaded"));
      element.addEventListener("error", () => resolve("nothing"));
      // What is refused may just never load.
      setTimeout(() => resolve("nothing"), 2_000);
      document.body.append(element);
    });
  const framed = async (): Promise<string> => {
    const frame = document.createElement("iframe");
    frame.src = url;
    await loaded(frame);
    try {
      return frame.contentDocument === null ? "nothing" : `got ${frame.contentDocument.URL}`;
    } catch {
      return "nothing";
    }
  };
  const heard = (): Promise<string> =>
    new Promise((resolve) => {
      const events = new EventSource(url, { withCredentials: true });
      events.addEventListener("open", () => resolve("opened"));
      events.addEventListener("header", () => resolve("got a header"));
      events.addEventListener("error", () => {
        events.close();
        resolve("nothing");
      });
    });
  const script = Object.assign(document.createElement("script"), { src: url });
  const image = Object.assign(document.createElement("img"), { src: url });
  return {
    fetch: await asked({ credentials: "include" }),
    "fetch without CORS": await asked({ mode: "no-cors", credentials: "include" }),
    EventSource: await heard(),
    iframe: await framed(),
    script: await loaded(script),
    img: await loaded(image),
  };
}

const nothing = {
  fetch: "nothing",
  "fetch without CORS": "nothing",
  EventSource: "nothing",
  iframe: "nothing",
  script: "nothing",
  img: "nothing",
};

/** Tries every place of the inspector from a page. */
async function assertNothingFor(
  context: BrowserContext,
  from: string,
  own: string,
): Promise<void> {
  const page = await context.newPage();
  await page.goto(from);
  for (const path of ["", "events", "recording.jsonl", "assets/page.js"]) {
    assert.deepStrictEqual(await page.evaluate(attempts, `${own}${path}`), nothing, path);
  }
  for (const frame of page.frames()) assert.notInclude(await frame.content(), secretName);
}

describe.skipIf(executablePath === "")("an inspector among hostile pages in Chromium", () => {
  it.live("a page of its own gets what others are refused", () =>
    Effect.gen(function* () {
      const { inspector, context } = yield* stage;
      yield* Effect.promise(async () => {
        const own = await openOwn(context, Redacted.value(inspector.url));
        const page = context.pages()[0] ?? assert.fail("No page");
        const { EventSource } = await page.evaluate(attempts, `${own}events`);
        assert.strictEqual(EventSource, "opened");
        const { fetch } = await page.evaluate(attempts, `${own}recording.jsonl`);
        assert.include(fetch, secretName);
      });
    }).pipe(Effect.scoped, onThisMachine), 60_000);

  it.live(
    "a page at another port gets nothing, though the browser has the token's cookie",
    () =>
      Effect.gen(function* () {
        const { inspector, context, elsewhere } = yield* stage;
        yield* Effect.promise(async () => {
          const own = await openOwn(context, Redacted.value(inspector.url));
          await assertNothingFor(context, elsewhere, own);
        });
      }).pipe(Effect.scoped, onThisMachine),
    60_000,
  );

  it.live(
    "a host name that somebody resolves to this machine gets nothing",
    () =>
      Effect.gen(function* () {
        const { inspector, context, elsewhere } = yield* stage;
        yield* Effect.promise(async () => {
          const url = Redacted.value(inspector.url);
          const own = await openOwn(context, url);
          const page = await context.newPage();
          const evil = (address: string) => address.replace("127.0.0.1", "evil.test");
          // The name leads here: what is refused is refused by the inspector.
          assert.strictEqual(await statusOf(page, evil(elsewhere)), 200);
          for (const address of [url, own, `${own}events`, `${own}recording.jsonl`].map(evil)) {
            assert.strictEqual(await statusOf(page, address), 403, address);
          }
          await assertNothingFor(context, evil(elsewhere), evil(own));
          await assertNothingFor(context, evil(elsewhere), own);
        });
      }).pipe(Effect.scoped, onThisMachine),
    60_000,
  );

  it.live("nobody gets anything without the token", () =>
    Effect.gen(function* () {
      const { inspector, context } = yield* stage;
      yield* Effect.promise(async () => {
        const url = Redacted.value(inspector.url);
        const { origin } = new URL(url);
        const page = await context.newPage();
        const wrong = [origin, `${origin}/events`, `${origin}/?token=`, `${url}x`];
        for (const address of wrong) {
          assert.strictEqual(await statusOf(page, address), 403, address);
        }
        const own = await openOwn(context, url);
        // The cookie is for the room alone, which nobody can guess.
        assert.strictEqual(await statusOf(page, origin), 403);
        await context.clearCookies();
        assert.strictEqual(await statusOf(page, own), 403);
      });
    }).pipe(Effect.scoped, onThisMachine), 60_000);
});
