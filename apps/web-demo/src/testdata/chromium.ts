/** A real Chromium for tests, where one is named by `BELLHOP_TEST_CHROMIUM`. */
import { Effect } from "effect";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** Path of its program. Absent: there is none, and its tests are skipped. */
export const chromiumPath = process.env["BELLHOP_TEST_CHROMIUM"];

const pictures = resolve(import.meta.dirname, "../../../../.artefacts/web_demo");

/** Starts it until the scope closes. */
export const launch = Effect.acquireRelease(
  Effect.promise(() => chromium.launch({ executablePath: chromiumPath ?? "" })),
  (browser: Browser) => Effect.promise(() => browser.close()),
);

/** A user with a browser of their own: no cookie is shared with the others. */
export const visitor = (browser: Browser, options: BrowserContextOptions = {}) =>
  Effect.promise(async () => {
    const context = await browser.newContext({ viewport: { width: 900, height: 640 }, ...options });
    context.setDefaultTimeout(10_000);
    return await context.newPage();
  });

/** Keeps what is shown, for people to look at. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}

/** Signs in on the pages of the development server, from wherever a login has led. */
export async function signInAtServer(page: Page): Promise<void> {
  await page.getByRole("button", { name: /^Sign in as/ }).click();
  await page.getByRole("button", { name: "Allow" }).click();
}
