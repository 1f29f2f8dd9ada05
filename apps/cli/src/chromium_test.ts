/**
 * Logins in a real Chromium, whose path `BELLHOP_TEST_CHROMIUM` tells; skipped where it does not.
 * Screenshots go to `.artefacts/cli/`.
 */
import { assert, describe, it } from "@effect/vitest";
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { run, withHome } from "./testdata/bellhop_process.ts";
import { begin } from "./testdata/code_session.ts";
import { withDevServer } from "./testdata/server.ts";

const { BELLHOP_TEST_CHROMIUM: executablePath = "" } = process.env;
const artefacts = fileURLToPath(new URL("../../../.artefacts/cli/", import.meta.url));

/** Runs a browser that nobody has used before, as long as `use` takes. */
async function withPage<A>(use: (page: Page) => Promise<A>): Promise<A> {
  const { chromium } = await import("playwright-core");
  const browser = await chromium.launch({ executablePath });
  try {
    return await use(await browser.newPage({ viewport: { width: 900, height: 640 } }));
  } finally {
    await browser.close();
  }
}

async function photograph(page: Page, name: string): Promise<void> {
  await mkdir(artefacts, { recursive: true });
  await page.screenshot({ path: `${artefacts}${name}.png` });
}

async function press(page: Page, button: RegExp): Promise<void> {
  await page.getByRole("button", { name: button }).click();
}

async function headingOf(page: Page): Promise<string> {
  return await page.getByRole("heading", { level: 1 }).innerText();
}

describe.skipIf(executablePath === "")("a login in Chromium", () => {
  it(
    "comes back to the terminal, and leaves no code in the address bar",
    { timeout: 60_000 },
    () =>
      withHome((home) =>
        withDevServer({}, (server) =>
          withPage(async (page) => {
            const args = ["--scope", "openid profile api:read"];
            const { child, url } = await begin(server, { home, args });
            await page.goto(url);
            await photograph(page, "sign-in");
            await press(page, /Sign in as/);
            await photograph(page, "consent");
            await press(page, /Allow/);
            await page.waitForURL("**/done");
            assert.strictEqual(await headingOf(page), "You are signed in");
            await photograph(page, "signed-in");
            const { origin } = new URL(page.url());
            assert.strictEqual(page.url(), `${origin}/done`);
            const ended = await child.ended;
            assert.strictEqual(ended.code, 0, ended.stdout + ended.stderr);
            assert.strictEqual(ended.lines.at(-1)?.["type"], "authorized");
            const whoami = await run(["whoami", "--json"], { home });
            assert.strictEqual(whoami.lines[0]?.["sub"], server.user.sub);
            // Nobody listens any more: what is on the screen stays there.
            await page.goBack({ timeout: 5_000 }).catch(() => undefined);
            assert.notInclude(page.url(), "code=");
          }))
      ),
  );

  it(
    "that is declined says so in both places",
    { timeout: 60_000 },
    () =>
      withHome((home) =>
        withDevServer({}, (server) =>
          withPage(async (page) => {
            const { child, url } = await begin(server, { home });
            await page.goto(url);
            await press(page, /Sign in as/);
            await press(page, /Deny/);
            await page.waitForURL("**/done");
            assert.strictEqual(await headingOf(page), "You are not signed in");
            await photograph(page, "declined");
            const { code, lines } = await child.ended;
            assert.deepStrictEqual([code, lines.at(-1)?.["error"]], [3, "access_denied"]);
          }))
      ),
  );
});
