/** Looks for secrets in all that a page shows, keeps, sends and is sent. */
import { assert } from "@effect/vitest";
import type { Page } from "playwright-core";
import { messagesOf, type WatchedPage } from "./watched_page.ts";

/** Where something was found, and what was there. */
export type Traces = ReadonlyMap<string, string>;

/** A secret by its name. */
export type Secrets = ReadonlyArray<readonly [name: string, value: string]>;

/**
 * Everything that a page has to do with by now: what it shows of each flow and session, every message
 * and detail unfolded, at every step; what it keeps, what it sent and what came to it.
 */
export async function tracesOf(watched: WatchedPage): Promise<Traces> {
  const { page, sent, heard, said } = watched;
  const traces = new Map<string, string>();
  const entries = page.getByRole("complementary", { name: "Flows and sessions" })
    .getByRole("listitem").getByRole("button");
  for (let entry = 0; entry < await entries.count(); entry++) {
    await entries.nth(entry).click();
    await page.getByRole("slider", { name: "Moment" }).press("End");
    await unfold(page);
    for (let step = 0; step < 20; step++) {
      const html = await page.evaluate(() =>
        `${document.documentElement.outerHTML}\n${document.body.textContent}`
      );
      if (html === traces.get(`page, entry ${entry}, step ${step - 1}`)) break;
      traces.set(`page, entry ${entry}, step ${step}`, html);
      await page.keyboard.press("[");
    }
  }
  traces.set("storage", JSON.stringify(await page.evaluate(storedInPage)));
  traces.set("console", said.join("\n"));
  traces.set("events", heard.join("\n"));
  for (const [index, { url, headers, body }] of sent.entries()) {
    traces.set(`request ${index}`, [url, JSON.stringify(headers), body].join("\n"));
  }
  return traces;
}

/** Asserts that none of them is anywhere, as it is or as it would be on a wire. */
export function assertNowhere(secrets: Secrets, traces: Traces): void {
  for (const [name, secret] of secrets) {
    assert.isAbove(secret.length, 15, name);
    const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString("base64url")];
    for (const [place, text] of traces) {
      for (const form of forms) assert.isFalse(text.includes(form), `${name} in ${place}`);
    }
  }
}

/**
 * Asserts that a page's own token is in the URL that was opened, in the cookie that remembers it, and
 * nowhere else.
 */
export async function assertTokenHidden(url: string, watched: WatchedPage): Promise<void> {
  const { page, sent } = watched;
  const token = new URL(url).searchParams.get("token") ?? "";
  assert.isAbove(token.length, 20);
  assert.notInclude(page.url(), token);
  const holding = sent.filter((request) => request.url.includes(token));
  assert.deepStrictEqual(holding.map((request) => request.url), [url]);
  for (const { headers, body } of sent) {
    const { Cookie: _, ...rest } = headers;
    assert.notInclude(`${JSON.stringify(rest)} ${body}`, token);
  }
  assert.isTrue(sent.some(({ headers }) => (headers["Cookie"] ?? "").includes(token)));
  assert.notInclude(await page.evaluate(() => document.documentElement.outerHTML), token);
  assert.notInclude(JSON.stringify(await page.evaluate(storedInPage)), token);
}

async function unfold(page: Page): Promise<void> {
  await messagesOf(page).getByRole("button", { name: "Everything" }).click();
  const folded = messagesOf(page).getByRole("listitem").getByRole("button", { expanded: false });
  for (let left = 200; left > 0 && await folded.count() > 0; left--) await folded.first().click();
  await page.evaluate(() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
}

/** Runs in the page. */
function storedInPage(): ReadonlyArray<unknown> {
  return [
    document.cookie,
    Object.entries(localStorage),
    Object.entries(sessionStorage),
    performance.getEntriesByType("resource").map(({ name }) => name),
    history.state,
    document.title,
    self.name,
  ];
}
