/**
 * The page in a real Chromium, whose path `BELLHOP_TEST_CHROMIUM` tells; skipped where it does not.
 * Screenshots go to `.artefacts/inspector/`.
 */
import { NodeHttpServer } from "@effect/platform-node";
import { assert, describe, it } from "@effect/vitest";
import type { Observation } from "@bellhop/core/protocol/observation";
import { make } from "@bellhop/inspector/server/inspector";
import axe from "axe-core";
import { Effect, Fiber, Redacted } from "effect";
import { SecureRandom } from "effect/crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { loadavg } from "node:os";
import { resolve } from "node:path";
import { type Browser, type CDPSession, chromium, type Page } from "playwright-core";
import { begin, beginOne, feed, request, trickle } from "./testdata/busy_program.ts";
import {
  brokenRecording,
  deviceLines,
  deviceRecording,
  planted,
  quietRecording,
} from "./testdata/device_lines.ts";
import { type Complaint, complaints, type Frames, framesWhile } from "./testdata/measured_page.ts";

const executablePath = process.env["BELLHOP_TEST_CHROMIUM"] ?? "";
const pictures = resolve(import.meta.dirname, "../../../.artefacts/inspector");

/** An inspector, and a page of it that may do only what its server allows. */
const stage = Effect.gen(function* () {
  const inspector = yield* make({ name: "a test" });
  const browser = yield* Effect.acquireRelease(
    Effect.promise(() => chromium.launch({ executablePath })),
    (browser: Browser) => Effect.promise(() => browser.close()),
  );
  const page = yield* Effect.promise(async () => {
    const page = await browser.newPage({
      viewport: { width: 1440, height: 900 },
      // What moves cannot be photographed.
      reducedMotion: "reduce",
    });
    page.setDefaultTimeout(10_000);
    await page.goto(Redacted.value(inspector.url));
    return page;
  });
  const troubles: Array<string> = [];
  page.on("pageerror", ({ message }) => troubles.push(message));
  page.on("console", (message) => message.type() === "error" && troubles.push(message.text()));
  return { inspector, page, troubles };
});

const onThisMachine = Effect.provide([
  NodeHttpServer.layer(createServer, { host: "127.0.0.1", port: 0 }),
  SecureRandom.layerWebCrypto,
]);

async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: resolve(pictures, `${name}.png`) });
}

/** Drops a file on the page. */
async function drop(page: Page, text: string): Promise<void> {
  const transfer = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], "flow.jsonl"));
    return transfer;
  }, text);
  await page.dispatchEvent(".drop-target", "drop", { dataTransfer: transfer });
}

const lit = (page: Page) => page.locator("[data-current=true]").getAttribute("data-state");

describe.skipIf(executablePath === "")("the inspector's page in Chromium", () => {
  it.live(
    "opens a recording, goes through it and lights each state",
    () =>
      Effect.gen(function* () {
        const { page, troubles } = yield* stage;
        yield* Effect.promise(async () => {
          await page.getByRole("heading", { level: 2 }).waitFor();
          await picture(page, "1_nothing");
          await drop(page, "no recording");
          await page.getByRole("alert").waitFor();
          await drop(page, deviceRecording);
          await page.getByRole("slider", { name: "Moment" }).waitFor();
          assert.strictEqual(await lit(page), "authorized");
          await picture(page, "2_end");

          await page.keyboard.press("[");
          assert.strictEqual(await lit(page), "awaitingUser.polling");
          await page.keyboard.press("[");
          assert.strictEqual(await lit(page), "awaitingUser.waiting");
          await page.getByRole("timer").first().waitFor();
          await picture(page, "3_waiting");
          await page.getByRole("slider", { name: "Moment" }).press("Home");
          assert.strictEqual(await lit(page), "requestingDeviceCode");

          const splitter = page.getByRole("separator");
          await splitter.press("ArrowUp");
          assert.strictEqual(await splitter.getAttribute("aria-valuenow"), "56");
          await splitter.press("Enter");
          assert.strictEqual(await splitter.getAttribute("aria-valuenow"), "60");
          assert.strictEqual(await lit(page), "requestingDeviceCode");

          const box = await page.getByRole("slider", { name: "Moment" }).boundingBox();
          assert.isNotNull(box);
          if (box !== null) await page.mouse.click(box.x + box.width / 2, box.y + 30);
          assert.isTrue((await lit(page))?.startsWith("awaitingUser."));

          await page.getByRole("button", { name: /POST device_authorization/ }).click();
          await page.getByText("client_id").first().waitFor();
          await page.emulateMedia({ colorScheme: "dark" });
          await picture(page, "4_dark");
          await page.setViewportSize({ width: 420, height: 860 });
          await picture(page, "5_narrow");
          await page.getByRole("button", { name: "Messages" }).click();
          await picture(page, "6_narrow_messages");
          const { wide, high } = await page.evaluate(() => ({
            wide: document.documentElement.scrollWidth,
            high: document.documentElement.scrollHeight,
          }));
          assert.deepStrictEqual({ wide, high }, { wide: 420, high: 860 });
        });
        assert.deepStrictEqual(troubles, []);
      }).pipe(Effect.scoped, onThisMachine),
    60_000,
  );

  it.live("follows a program, and never holds its secrets", () =>
    Effect.gen(function* () {
      const { inspector, page, troubles } = yield* stage;
      const observations = deviceLines.map((line) => line["observation"] as Observation);
      for (const observation of observations.slice(0, 8)) {
        inspector.hub.observer.observe(withSecret(observation));
      }
      yield* Effect.promise(async () => {
        await page.locator("[data-state='awaitingUser.waiting'][data-current=true]").waitFor();
        await page.getByText("redacted", { exact: true }).first().waitFor();
        await picture(page, "7_live");
      });
      for (const observation of observations.slice(8)) {
        inspector.hub.observer.observe(withSecret(observation));
      }
      yield* Effect.promise(async () => {
        await page.locator("[data-state='authorized'][data-current=true]").waitFor();
        await page.getByRole("button", { name: /200/ }).first().click();
        assert.notInclude(await page.content(), planted);
      });
      assert.deepStrictEqual(troubles, []);
    }).pipe(Effect.scoped, onThisMachine), 60_000);

  it.live("replays a recording, and leads to what is wrong with it", () =>
    Effect.gen(function* () {
      const { page, troubles } = yield* stage;
      const slider = page.getByRole("slider", { name: "Moment" });
      yield* Effect.promise(async () => {
        await drop(page, deviceRecording);
        await page.getByText("5 of 5 steps replayed").waitFor();
        assert.strictEqual(await page.getByRole("region", { name: "Findings" }).count(), 0);

        await drop(page, brokenRecording);
        await page.getByText("3 of 5 steps replayed, 2 differ").waitFor();
        const findings = page.getByRole("region", { name: "Findings" });
        await findings.getByRole("button", { name: "2 more" }).click();
        await picture(page, "8_findings");
        await findings.getByRole("button", { name: /authorization_pending/ }).click();
        assert.strictEqual(await slider.getAttribute("aria-valuetext"), "0:02.2");
        const step = page.getByRole("button", { name: /authorization_pending/ }).and(
          page.locator("[aria-current=step]"),
        );
        assert.include(await step.textContent(), "issuer: recorded nothing, chart https:");
        await findings.getByRole("button", { name: /one holder/ }).click();
        assert.strictEqual(await slider.getAttribute("aria-valuetext"), "0:04.3");
        assert.strictEqual(await lit(page), "authorized");
      });
      assert.deepStrictEqual(troubles, []);
    }).pipe(Effect.scoped, onThisMachine), 60_000);

  it.live("folds quiet times, and unfolds them", () =>
    Effect.gen(function* () {
      const { page, troubles } = yield* stage;
      const slider = page.getByRole("slider", { name: "Moment" });
      const shown = async () => Number(await slider.getAttribute("aria-valuenow"));
      yield* Effect.promise(async () => {
        await drop(page, quietRecording);
        const fold = page.getByRole("button", { name: "Unfold 4 min 12 s of quiet" });
        const box = await fold.locator("..").boundingBox();
        assert.isNotNull(box);
        if (box === null) return;
        await page.mouse.click(box.x - 4, box.y + 60);
        assert.isBelow(await shown(), 4_300);
        await page.mouse.click(box.x + box.width + 4, box.y + 60);
        assert.isAbove(await shown(), 256_300);
        assert.isBelow(await shown(), 260_600);
        await page.mouse.click(box.x + box.width / 2, box.y + 60);
        assert.approximately(await shown(), 130_300, 10_000);
        const before = await shown();
        await slider.press("ArrowRight");
        assert.isAbove(await shown(), before);

        await page.getByRole("button", { name: "Everything" }).click();
        await page.getByText("4 min 12 s of quiet").waitFor();
        await picture(page, "9_quiet");
        await fold.click();
        await fold.waitFor({ state: "detached" });
        await page.mouse.click(box.x + box.width / 2, box.y + 60);
        assert.isBelow(await shown(), 256_300);
        await page.getByRole("button", { name: "Fold quiet times" }).click();
        await fold.waitFor();
      });
      assert.deepStrictEqual(troubles, []);
    }).pipe(Effect.scoped, onThisMachine), 60_000);

  it.live("refuses a file that is too large before it reads it", () =>
    Effect.gen(function* () {
      const { page } = yield* stage;
      yield* Effect.promise(async () => {
        await page.evaluate(() => {
          const transfer = new DataTransfer();
          const file = new File([new Uint8Array(64 * 1024 * 1024 + 1)], "large.jsonl");
          transfer.items.add(file);
          File.prototype.text = () => Promise.reject(new Error("It was read"));
          document.querySelector(".drop-target")?.dispatchEvent(
            new DragEvent("drop", { dataTransfer: transfer, bubbles: true }),
          );
        });
        const words = await page.getByRole("alert").textContent();
        assert.include(words, "recordings up to 64 MiB open here");
      });
    }).pipe(Effect.scoped, onThisMachine), 60_000);

  it.live(
    "has no serious complaint of axe, light and dark, wide and narrow",
    () =>
      Effect.gen(function* () {
        const { page } = yield* stage;
        const found: Array<Complaint> = [];
        yield* Effect.promise(async () => {
          await page.evaluate(axe.source);
          const look = async (name: string) => {
            for (const colorScheme of ["light", "dark"] as const) {
              await page.emulateMedia({ colorScheme });
              found.push(...await complaints(page, `${name}, ${colorScheme}`));
            }
          };
          await look("empty");
          await drop(page, brokenRecording);
          await page.getByText("2 differ").waitFor();
          await look("broken");
          await page.keyboard.press("?");
          await look("help");
          await page.keyboard.press("Escape");
          await drop(page, quietRecording);
          await page.getByRole("button", { name: "Everything" }).click();
          await page.getByRole("slider", { name: "Moment" }).press("Home");
          await page.getByRole("button", { name: /POST device_authorization/ }).first().click();
          await look("quiet");
          await page.setViewportSize({ width: 390, height: 844 });
          for (const name of ["Flows", "Chart", "Messages", "Details"]) {
            await page.getByRole("navigation").getByRole("button", { name }).click();
            await look(`narrow, ${name}`);
          }
        });
        assert.deepStrictEqual(found, []);
      }).pipe(Effect.scoped, onThisMachine),
    120_000,
  );

  it.live(
    "stays small with a thousand flows, and says how smooth it was",
    () =>
      Effect.gen(function* () {
        const { inspector, page } = yield* stage;
        const devTools = yield* Effect.promise(() => page.context().newCDPSession(page));
        const idle = yield* Effect.promise(() => framesWhile(page, "waiting"));
        begin(inspector.hub);
        yield* Effect.promise(async () => {
          await page.getByText("1,000 flows").waitFor();
          assert.isBelow(await page.locator("[data-entry]").count(), 60);
        });
        const go = (from: number, count: number) =>
          Effect.gen(function* () {
            yield* feed(inspector.hub, { from, count });
            beginOne(inspector.hub, `after ${from}`);
            const busy = yield* Effect.forkChild(trickle(inspector.hub, from + count));
            const last = from === 0 ? "1,001 flows" : "1,002 flows";
            const result = yield* measured(page, devTools, last);
            yield* Fiber.interrupt(busy);
            return result;
          });
        const once = yield* go(0, 61);
        const twice = yield* go(1_000, 20);
        const text = JSON.stringify({ load: loadavg()[0], idle, once, twice }, null, 2);
        // How long frames take is the machine's as much as the page's: told, and held against no number.
        writeFileSync(resolve(pictures, "measured.json"), text);
        console.log(framesWords({ idle, twice }));
        // What a page holds is bounded: as many lines again take no more room.
        assert.isBelow(twice.heapBytes, once.heapBytes * 1.3);
        assert.isBelow(twice.heapBytes, 250 * 1024 * 1024);
        assert.isBelow(twice.elements, 4_000);
        request(inspector.hub, 1_500);
        yield* Effect.promise(async () => {
          await page.getByText("1,300 requests left out").waitFor();
          await page.getByText(/^[\d,]+ older lines dropped$/).waitFor();
          assert.strictEqual(await page.getByText("missed line").count(), 0);
          await picture(page, "10_thousand");
          await page.keyboard.press("/");
          await page.keyboard.type("nothing like this");
          await page.getByText("None that fits").waitFor();
        });
      }).pipe(Effect.scoped, onThisMachine),
    300_000,
  );
});

/** What a page with much in it takes. */
interface Measured {
  readonly heapBytes: number;
  readonly elements: number;
  readonly waiting: Frames;
  readonly scrolling: Frames;
  readonly scrubbing: Frames;
}

/** Median frames in milliseconds, beside those of the page before it had a flow. */
function framesWords({ idle, twice }: { readonly idle: Frames; readonly twice: Measured }): string {
  const { waiting, scrolling, scrubbing } = twice;
  const medians = [waiting, scrolling, scrubbing].map(({ median }) => `${median} ms`).join(", ");
  return `1,000 flows, frames: ${medians} waiting, scrolling, scrubbing; ${idle.median} ms without`;
}

/** Waits until the page has heard everything, and measures it. */
function measured(page: Page, devTools: CDPSession, last: string): Effect.Effect<Measured> {
  return Effect.promise(async () => {
    await page.getByText(last).waitFor({ timeout: 60_000 });
    const waiting = await framesWhile(page, "waiting");
    const scrolling = await framesWhile(page, "scrolling");
    const scrubbing = await framesWhile(page, "scrubbing");
    await page.keyboard.press("l");
    await devTools.send("HeapProfiler.collectGarbage");
    const { usedSize } = await devTools.send("Runtime.getHeapUsage");
    const elements = await page.evaluate(() => document.querySelectorAll("*").length);
    return { heapBytes: usedSize, elements, waiting, scrolling, scrubbing };
  });
}

/** An observation as a program makes it, with a secret where one may be. */
function withSecret(observation: Observation): Observation {
  if (observation.type !== "flow.started" && observation.type !== "flow.transition") {
    return observation;
  }
  return { ...observation, context: { deviceCode: Redacted.make(planted) } };
}
