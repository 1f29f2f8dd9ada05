/** The inspector's page in a real Chromium, and every trace that it leaves anywhere. */
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { type Browser, chromium, type Locator, type Page } from "playwright-core";

/** Path of the browser; empty: there is none. */
export const executablePath: string = process.env["BELLHOP_TEST_CHROMIUM"] ?? "";

const pictures = resolve(import.meta.dirname, "../../../../.artefacts/inspector");

/** A request as the browser sent it. */
export interface SentRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A page, and what was noticed beside it. */
export interface WatchedPage {
  readonly page: Page;
  /** Requests in order; the first is that of the page's URL. */
  readonly sent: ReadonlyArray<SentRequest>;
  /** Data of the events that it was sent. */
  readonly heard: ReadonlyArray<string>;
  /** All that was written to the console. */
  readonly said: ReadonlyArray<string>;
  /** Errors among it, and what was thrown. */
  readonly troubles: ReadonlyArray<string>;
}

/** Starts a browser. */
export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath });
}

/** Opens a URL on a page of its own, which is watched from before that. */
export async function openPage(browser: Browser, url: string): Promise<WatchedPage> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    // What moves cannot be photographed.
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const sent: Array<SentRequest> = [];
  const heard: Array<string> = [];
  const said: Array<string> = [];
  const troubles: Array<string> = [];
  page.on("pageerror", ({ message, stack }) => troubles.push(`${message} ${stack}`));
  page.on("console", (message) => {
    said.push(message.text());
    if (message.type() === "error") troubles.push(message.text());
  });
  const network = await context.newCDPSession(page);
  network.on("Network.requestWillBeSent", ({ request: { url, headers, postData = "" } }) => {
    sent.push({ url, headers, body: postData });
  });
  network.on("Network.requestWillBeSentExtraInfo", ({ headers }) => {
    sent.push({ url: "", headers, body: "" });
  });
  network.on("Network.eventSourceMessageReceived", ({ data }) => heard.push(data));
  await network.send("Network.enable");
  await page.goto(url);
  return { page, sent, heard, said, troubles };
}

/** Photographs what is there: light, dark, and on a narrow screen. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(pictures, { recursive: true });
  const take = (kind: string) =>
    page.screenshot({ path: resolve(pictures, `e2e_${name}_${kind}.png`) });
  await take("light");
  await page.emulateMedia({ colorScheme: "dark" });
  await take("dark");
  await page.emulateMedia({ colorScheme: "light" });
  const size = page.viewportSize();
  await page.setViewportSize({ width: 420, height: 860 });
  await take("narrow");
  if (size !== null) await page.setViewportSize(size);
}

/** The state that is lit in a chart: of the flow that was chosen, unless another is named. */
export function litState(within: Page | Locator, path?: string): Locator {
  const state = path === undefined ? String.raw`\S+` : path.replaceAll(".", String.raw`\.`);
  return within.getByRole("img", { name: new RegExp(`^State ${state}, current state\\b`) });
}

/** The diagram of messages. */
export function messagesOf(page: Page): Locator {
  return page.getByRole("region", { name: "Messages" });
}

/** Drops a file on the page. */
export async function drop(page: Page, name: string, text: string): Promise<void> {
  const dataTransfer = await page.evaluateHandle(([name, text]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], name));
    return transfer;
  }, [name, text] as const);
  await page.getByRole("banner").dispatchEvent("drop", { dataTransfer });
}
