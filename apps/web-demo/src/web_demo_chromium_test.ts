import { assert, describe, it } from "@effect/vitest";
import * as DevServer from "@bellhop/devserver/dev_server";
import { Deferred, Effect, Layer } from "effect";
import type { Page } from "playwright-core";
import { chromiumPath, launch, picture, signInAtServer, visitor } from "./testdata/chromium.ts";
import * as Fleet from "./testdata/fleet.ts";
import * as WebDemo from "./web_demo.ts";

const tokenSeconds = 4;

/** The demonstration in this process, with a browser. */
const stage = Effect.gen(function* () {
  const server = yield* DevServer.make({ accessTokenSeconds: tokenSeconds });
  const listening = yield* Deferred.make<string>();
  yield* Layer.build(WebDemo.layer({
    issuer: server.issuer,
    onListening: (origin) => Effect.asVoid(Deferred.succeed(listening, origin)),
  }));
  return { server, origin: yield* Deferred.await(listening), browser: yield* launch };
});

/** Signs in from the first page on; gives the address of the callback. */
async function signIn(page: Page, origin: string): Promise<string> {
  let callback = "";
  page.on("request", (request) => {
    if (request.url().startsWith(`${origin}/callback?`)) callback = request.url();
  });
  await page.goto(origin);
  await page.getByRole("link", { name: "Sign in" }).click();
  await signInAtServer(page);
  await page.getByRole("heading", { name: "Hello, Ada Lovelace" }).waitFor();
  return callback;
}

/** Begins a login and allows it; gives the address of the callback, which is not loaded. */
async function almostSignIn(page: Page, origin: string): Promise<string> {
  await page.goto(`${origin}/login`);
  await page.getByRole("button", { name: /^Sign in as/ }).click();
  await page.getByRole("button", { name: "Allow" }).waitFor();
  const { request } = page.context();
  const form = { answer: "allow" };
  const allowed = await request.post(page.url(), { form, maxRedirects: 0 });
  const next = new URL(allowed.headers()["location"] ?? "", page.url()).href;
  return (await request.get(next, { maxRedirects: 0 })).headers()["location"] ?? "";
}

describe.skipIf(chromiumPath === undefined)("the demonstration in Chromium", () => {
  it.live("signs in, says who it is, renews and signs out", () =>
    Effect.gen(function* () {
      const { browser, origin, server } = yield* stage;
      const page = yield* visitor(browser);
      yield* Effect.promise(async () => {
        await page.goto(origin);
        await picture(page, "1_welcome");
        await page.getByRole("link", { name: "Sign in" }).click();
        await picture(page, "2_sign_in_at_server");
        await page.getByRole("button", { name: /^Sign in as/ }).click();
        await picture(page, "3_consent_at_server");
        await page.getByRole("button", { name: "Allow" }).click();
        await page.getByRole("heading", { name: "Hello, Ada Lovelace" }).waitFor();
        assert.strictEqual(page.url(), `${origin}/`);
        assert.include(await page.textContent("dl"), "ada@example.com");
        await picture(page, "4_signed_in");

        const cookies = (await page.context().cookies(origin)).filter(({ name }) =>
          name.includes("bellhop")
        );
        assert.deepStrictEqual(cookies.map(({ name }) => name), ["__Host-bellhop-session"]);
        const [session] = cookies;
        assert.deepInclude(session, { httpOnly: true, secure: true, sameSite: "Lax", path: "/" });
        assert.strictEqual(await page.evaluate(() => document.cookie), "");

        const call = page.getByRole("button", { name: "Call the API" });
        const number = page.locator("#token strong");
        await call.click();
        assert.strictEqual(await page.textContent(".status"), "200");
        assert.strictEqual(await number.textContent(), "1");
        await picture(page, "5_api_called");
        await page.waitForTimeout((tokenSeconds + 1) * 1000);
        await call.click();
        assert.strictEqual(await page.textContent(".status"), "200");
        assert.isAbove(Number(await number.textContent()), 1);
        assert.include(await page.textContent("#token"), "has renewed its token");
        await picture(page, "6_renewed");
        await page.emulateMedia({ colorScheme: "dark" });
        await picture(page, "7_renewed_dark");

        await page.getByRole("button", { name: "Sign out" }).click();
        await page.getByRole("heading", { name: "Sign out?" }).waitFor();
        await picture(page, "8_sign_out_at_server");
        await page.getByRole("button", { name: "Sign out" }).click();
        await page.getByRole("heading", { name: "Signed out" }).waitFor();
        await page.goto(origin);
        await page.getByRole("link", { name: "Sign in" }).waitFor();
        const left = await page.context().cookies(origin);
        assert.isFalse(left.some(({ name }) => name.includes("bellhop")));
      });
      const requests = yield* server.requests;
      assert.isTrue(requests.some(({ path }) => path === "/token/revocation"));
    }), 60_000);

  it.live(
    "refuses a replayed callback, and the user stays signed in",
    () =>
      Effect.gen(function* () {
        const { browser, origin, server } = yield* stage;
        const page = yield* visitor(browser);
        const callback = yield* Effect.promise(() => signIn(page, origin));
        const codes = Effect.map(
          server.requests,
          (requests) => requests.filter(({ path }) => path === "/token").length,
        );
        const before = yield* codes;
        yield* Effect.promise(async () => {
          const answer = await page.goto(callback);
          assert.strictEqual(answer?.status(), 400);
          await page.getByRole("heading", { name: "This sign-in is not waiting any more" })
            .waitFor();
          await picture(page, "9_replayed");
          await page.emulateMedia({ colorScheme: "dark" });
          await picture(page, "9_replayed_dark");
          await page.getByRole("link", { name: "To the first page" }).click();
          await page.getByRole("heading", { name: "Hello, Ada Lovelace" }).waitFor();
        });
        assert.strictEqual(yield* codes, before);
      }),
    60_000,
  );

  it.live(
    "refuses a callback in another browser, and leaves the login to its own",
    () =>
      Effect.gen(function* () {
        const { browser, origin, server } = yield* stage;
        const [one, other] = [yield* visitor(browser), yield* visitor(browser)];
        yield* Effect.promise(async () => {
          const callback = await almostSignIn(one, origin);
          const answer = await other.goto(callback);
          assert.strictEqual(answer?.status(), 400);
          await picture(other, "10_other_browser");
          await other.goto(origin);
          await other.getByRole("link", { name: "Sign in" }).waitFor();
          await one.goto(callback);
          await one.getByRole("heading", { name: "Hello, Ada Lovelace" }).waitFor();
        });
        const redeemed = (yield* server.requests).filter(({ path }) => path === "/token");
        assert.lengthOf(redeemed, 1);
      }),
    60_000,
  );

  it.live("signs in in two tabs at a time", () =>
    Effect.gen(function* () {
      const { browser, origin } = yield* stage;
      const first = yield* visitor(browser);
      yield* Effect.promise(async () => {
        const second = await first.context().newPage();
        const begun = await almostSignIn(first, origin);
        await second.goto(`${origin}/login`);
        await second.getByRole("button", { name: "Allow" }).click();
        await second.getByRole("heading", { name: "Hello, Ada Lovelace" }).waitFor();
        await first.goto(begun);
        await first.getByRole("heading", { name: "Hello, Ada Lovelace" }).waitFor();
        await second.reload();
        await second.getByRole("heading", { name: "Hello, Ada Lovelace" }).waitFor();
      });
    }), 60_000);

  it.live("refuses to sign out for another site", () =>
    Effect.gen(function* () {
      const { browser, origin, server } = yield* stage;
      const page = yield* visitor(browser);
      yield* Effect.promise(async () => {
        await signIn(page, origin);
        await page.route(`${server.issuer}/evil`, (route) =>
          route.fulfill({
            contentType: "text/html",
            body: `<form method="post" action="${origin}/logout"><button>Win</button></form>`,
          }));
        await page.goto(`${server.issuer}/evil`);
        await page.getByRole("button", { name: "Win" }).click();
        await page.getByRole("heading", { name: "You are still signed in" }).waitFor();
        await page.goto(origin);
        await page.getByRole("heading", { name: "Hello, Ada Lovelace" }).waitFor();
      });
    }), 60_000);

  it.live(
    "is served by two processes on one directory: login at one, callback at the other",
    () =>
      Effect.gen(function* () {
        const server = yield* DevServer.make({ accessTokenSeconds: tokenSeconds });
        const fleet = yield* Fleet.start(server.issuer);
        const page = yield* visitor(yield* launch);
        yield* Effect.promise(async () => {
          const callback = await signIn(page, fleet.origin);
          for (let at = 0; at < 2; at++) {
            await page.reload();
            await page.getByRole("heading", { name: "Hello, Ada Lovelace" }).waitFor();
          }
          assert.strictEqual((await page.goto(callback))?.status(), 400);
          await page.goto(fleet.origin);
          await page.getByRole("button", { name: "Sign out" }).click();
          await page.getByRole("heading", { name: "Sign out?" }).waitFor();
          for (let at = 0; at < 2; at++) {
            await page.goto(fleet.origin);
            await page.getByRole("link", { name: "Sign in" }).waitFor();
          }
        });
        assert.include(fleet.served, "/login at 0");
        assert.include(fleet.served, "/callback at 1");
      }),
    60_000,
  );
});
