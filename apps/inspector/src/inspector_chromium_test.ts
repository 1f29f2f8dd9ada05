/**
 * The page in a real Chromium, whose path `BELLHOP_TEST_CHROMIUM` tells; skipped where it does not.
 * Screenshots go to `.artefacts/inspector/`.
 */
import { NodeHttpServer } from "@effect/platform-node";
import { assert, describe, it } from "@effect/vitest";
import type { Observation } from "@bellhop/core/protocol/observation";
import { make } from "@bellhop/inspector/server/inspector";
import { Effect, Redacted } from "effect";
import { SecureRandom } from "effect/crypto";
import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import { resolve } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { deviceLines, deviceRecording, planted } from "./testdata/device_lines.ts";

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

  it.live("stays quick with a thousand flows", () =>
    Effect.gen(function* () {
      const { inspector, page } = yield* stage;
      const [started] = deviceLines.map((line) => line["observation"] as Observation);
      for (let index = 0; index < 1_000; index++) {
        const flowId = `flow ${index}`;
        inspector.hub.observer.observe({ ...started, flowId } as Observation);
      }
      yield* Effect.promise(async () => {
        await page.getByText("1,000 flows").waitFor();
        assert.isBelow(await page.locator("[data-entry]").count(), 60);
        const spent = await page.evaluate(async () => {
          const before = performance.now();
          for (let frame = 0; frame < 30; frame++) {
            document.dispatchEvent(new KeyboardEvent("keydown", { key: "j", bubbles: true }));
            await new Promise((done) => requestAnimationFrame(done));
          }
          return performance.now() - before;
        });
        assert.isBelow(spent, 3_000);
        await page.keyboard.press("/");
        await page.keyboard.type("nothing like this");
        await page.getByText("None that fits").waitFor();
      });
    }).pipe(Effect.scoped, onThisMachine), 60_000);
});

/** An observation as a program makes it, with a secret where one may be. */
function withSecret(observation: Observation): Observation {
  if (observation.type !== "flow.started" && observation.type !== "flow.transition") {
    return observation;
  }
  return { ...observation, context: { deviceCode: Redacted.make(planted) } };
}
