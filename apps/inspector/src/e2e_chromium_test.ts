/**
 * Programs watched in a real Chromium while they run, and a simulated world looked at afterwards.
 * `BELLHOP_TEST_CHROMIUM` tells its path; skipped where it does not. Screenshots go to
 * `.artefacts/inspector/`.
 */
import { assert, describe, it } from "@effect/vitest";
import { type DevServer, make as makeServer } from "@bellhop/devserver/dev_server";
import { replay } from "@bellhop/inspector/recording/replay";
import type { Timeline } from "@bellhop/inspector/recording/timeline";
import { Deferred, Effect, Fiber } from "effect";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { type CliProcess, startCli } from "./testdata/cli_process.ts";
import { renewingProgram } from "./testdata/renewing_program.ts";
import {
  assertShown,
  notableFlows,
  pin,
  shownMillis,
  timelineIn,
} from "./testdata/shown_moment.ts";
import { assertNowhere, assertTokenHidden, type Secrets, tracesOf } from "./testdata/traces.ts";
import {
  drop,
  executablePath,
  launch,
  litState,
  messagesOf,
  openPage,
  picture,
} from "./testdata/watched_page.ts";
import { tap, type WireTap } from "./testdata/wire_tap.ts";

const clientSecret = "bellhop-web-dev-secret";

const browser = Effect.acquireRelease(
  Effect.promise(launch),
  (browser) => Effect.promise(() => browser.close()),
);

const home = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "bellhop-inspector-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true })),
);

function tapped({ issuer }: DevServer) {
  return Effect.acquireRelease(
    Effect.promise(() => tap(issuer)),
    (wire) => Effect.sync(wire.close),
  );
}

function cli(args: ReadonlyArray<string>, env: Readonly<Record<string, string>>) {
  return Effect.acquireRelease(
    Effect.sync(() => startCli(args, env)),
    ({ kill, ended }) =>
      Effect.promise(async () => {
        kill();
        await ended;
      }),
  );
}

/** All that went over the wire and must not be seen, some of each. */
function secretsOf({ secrets }: WireTap): Secrets {
  const all = [...secrets].flatMap(([name, values]) =>
    [...values].map((value) => [name, value] as const)
  );
  assert.deepStrictEqual(new Set(all.map(([name]) => name)), new Set(secrets.keys()));
  assert.deepInclude(all, ["client_secret", clientSecret]);
  return all;
}

/** Waits until a time that is left, as the page says it, has become less. */
async function countsDown(text: () => Promise<string>): Promise<void> {
  let before = millisIn(await text());
  for (let turn = 0; turn < 100; turn++) {
    const after = millisIn(await text());
    if (after < before) return;
    before = after;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`${before} ms do not get less`);
}

/** A duration in at most two units, such as "9 min 59 s". */
function millisIn(words: string): number {
  const units = [["ms", 1], ["s", 1_000], ["min", 60_000], ["h", 3_600_000]] as const;
  const parts = units.map(([unit, millis]) =>
    Number(new RegExp(`([\\d.]+) ${unit}\\b`).exec(words)?.[1] ?? 0) * millis
  );
  return parts.reduce((sum, part) => sum + part, 0);
}

const polls = (page: Page): Locator =>
  messagesOf(page).getByRole("button").filter({ hasText: "authorization_pending" });

async function recordingOf(page: Page): Promise<string> {
  return await page.evaluate(async () => await (await fetch("recording.jsonl")).text());
}

function login({ issuer }: DevServer, wire: WireTap, home: string): CliProcess {
  const args = `login --inspect --grant device --issuer ${issuer} --store file
    --client-id bellhop-web --client-secret-env CLIENT_SECRET --token-auth basic
    --device-authorization-endpoint ${wire.origin}/device/auth
    --token-endpoint ${wire.origin}/token`.split(/\s+/);
  const env = { BELLHOP_HOME: home, CLIENT_SECRET: clientSecret };
  return startCli([...args, "--scope", "openid offline_access"], env);
}

describe.skipIf(executablePath === "")("the inspector in Chromium", () => {
  it.live(
    "shows a login on the command line from its first request to its end",
    () =>
      Effect.gen(function* () {
        const server = yield* makeServer({ intervalSeconds: 1 });
        const wire = yield* tapped(server);
        const chromium = yield* browser;
        const directory = yield* home;
        const command = login(server, wire, directory);
        yield* Effect.addFinalizer(() => Effect.sync(command.kill));
        yield* Effect.promise(async () => {
          const url = String((await command.line("inspector"))["url"]);
          const watched = await openPage(chromium, url);
          const { page, troubles } = watched;
          const code = String((await command.line("user_code"))["user_code"]);
          await litState(page, "awaitingUser.waiting").waitFor();
          const details = page.getByRole("complementary", { name: "Details" });
          const timer = details.getByRole("timer").filter({ hasText: /min/ });
          await countsDown(() => timer.innerText());
          await polls(page).nth(1).waitFor();
          await litState(page, "awaitingUser.waiting").waitFor();
          await picture(page, "login_waiting");
          const kept = await recordingOf(page);
          assert.include(kept, "authorization_pending");
          await Effect.runPromise(server.approve(code));
          await litState(page, "authorized").waitFor();
          await page.getByRole("banner").getByText(/ended/i).waitFor();
          const { code: exitCode, output } = await command.ended;
          assert.strictEqual(exitCode, 0, output);
          await picture(page, "login_done");
          const traces = await tracesOf(watched);
          assert.include(traces.get("page, entry 0, step 0"), code);
          assert.include(traces.get("page, entry 0, step 0"), "grant_type");
          assert.include(traces.get("events"), "authorized");
          assert.throws(() => assertNowhere([["issuer", server.issuer]], traces), /in page/);
          assertNowhere(secretsOf(wire), new Map([...traces, ["recording.jsonl", kept]]));
          await assertTokenHidden(url, watched);
          assert.deepStrictEqual(troubles, []);
        });
      }).pipe(Effect.scoped),
    60_000,
  );

  it.live("shows a session of a program while it is renewed", () =>
    Effect.gen(function* () {
      const server = yield* makeServer({ intervalSeconds: 0.2, accessTokenSeconds: 4 });
      const wire = yield* tapped(server);
      const chromium = yield* browser;
      const ready = yield* Deferred.make<string>();
      const { origin } = wire;
      const onReady = (url: string) => Effect.asVoid(Deferred.succeed(ready, url));
      const program = yield* Effect.forkScoped(renewingProgram({ server, origin, onReady }));
      const url = yield* Effect.raceFirst(Deferred.await(ready), Fiber.join(program));
      yield* Effect.promise(async () => {
        const watched = await openPage(chromium, url);
        const { page, troubles } = watched;
        await page.getByRole("list", { name: "Sessions" }).getByRole("button", { name: /reports/ })
          .click();
        const session = page.getByRole("region", { name: "Session" });
        const left = session.getByRole("meter", { name: "Time left of the token" });
        await countsDown(async () => await left.getAttribute("aria-valuetext") ?? "");
        await litState(page, "fresh").waitFor();
        await messagesOf(page).getByRole("button").filter({ hasText: "GET me" }).first().waitFor();
        await messagesOf(page).getByText("API", { exact: true }).first().waitFor();
        wire.delayRenewals(1_000);
        await litState(page, "renewing.requesting").waitFor();
        await session.getByText("held by main").waitFor();
        await picture(page, "renewing");
        await litState(page, "fresh").waitFor();
        await session.getByText("nobody holds it").waitFor();
        wire.delayRenewals(0);
        const wired = messagesOf(page).getByRole("button");
        await wired.filter({ hasText: /POST token . refresh_token/ }).first().waitFor();
        const kept = await recordingOf(page);
        const flows = timelineIn(kept).flows;
        const renewal = [...flows.values()].find(({ chart }) => chart === "session") ??
          assert.fail("There is no session");
        assert.include(renewal.steps.map(({ to }) => to), "renewing.requesting");
        await picture(page, "renewed");
        await Effect.runPromise(Fiber.interrupt(program));
        await page.getByRole("banner").getByText(/ended/i).waitFor();
        const traces = await tracesOf(watched);
        assert.include(traces.get("events"), "session.changed");
        const secrets = secretsOf(wire);
        assert.isAbove(secrets.filter(([name]) => name === "refresh_token").length, 1);
        assertNowhere(secrets, new Map([...traces, ["recording.jsonl", kept]]));
        await assertTokenHidden(url, watched);
        assert.deepStrictEqual(troubles, []);
      });
    }).pipe(Effect.scoped), 120_000);

  it.live(
    "opens a simulated world full of faults, and shows any moment of it",
    () =>
      Effect.gen(function* () {
        const chromium = yield* browser;
        const file = join(yield* home, "world.jsonl");
        const text = yield* Effect.promise(() => simulated(file));
        const timeline = timelineIn(text);
        const command = yield* cli(["inspect", "--no-browser", "--open", file], {
          BELLHOP_HOME: tmpdir(),
        });
        yield* Effect.promise(async () => {
          const url = String((await command.line("inspector"))["url"]);
          const watched = await openPage(chromium, url);
          const banner = watched.page.getByRole("banner");
          await banner.getByText("Recording", { exact: true }).waitFor();
          await banner.getByText("world.jsonl").waitFor();
          await scrub(watched.page, timeline, "world");
          await watched.page.keyboard.press("l");
          await picture(watched.page, "world_end");
          await assertTokenHidden(url, watched);
          assert.deepStrictEqual(watched.troubles, []);
        });
      }).pipe(Effect.scoped),
    60_000,
  );

  it.live("shows a recording that is dropped on it", () =>
    Effect.gen(function* () {
      const chromium = yield* browser;
      const file = join(yield* home, "world.jsonl");
      const text = yield* Effect.promise(() => simulated(file));
      const command = yield* cli(["inspect", "--no-browser"], { BELLHOP_HOME: tmpdir() });
      yield* Effect.promise(async () => {
        const url = String((await command.line("inspector"))["url"]);
        const { page, troubles } = await openPage(chromium, url);
        await drop(page, "world.jsonl", text);
        await page.getByRole("banner").getByText(/simulated world/).waitFor();
        await scrub(page, timelineIn(text));
        assert.deepStrictEqual(troubles, []);
      });
    }).pipe(Effect.scoped), 60_000);
});

/** The recording of a world in which much goes wrong. */
async function simulated(file: string): Promise<string> {
  const args = ["simulate", "--seed", "7", "--runs", "1", "--faults", "chaos", "--record", file];
  const { code, output } = await startCli(args, { BELLHOP_HOME: tmpdir() }).ended;
  assert.strictEqual(code, 0, output);
  return await readFile(file, "utf8");
}

/**
 * Waits until the page has taken every step again by its chart, looks at three flows side by side, and
 * goes through the time by the keyboard.
 */
async function scrub(page: Page, timeline: Timeline, name?: string): Promise<void> {
  const steps = replay(timeline).steps.toLocaleString("en");
  await page.getByRole("status").getByText(`${steps} of ${steps} steps replayed`).waitFor();
  const flows = notableFlows(timeline, 3);
  for (const flow of flows) await pin(page, flow);
  const moment = page.getByRole("slider", { name: "Moment" });
  const seen = new Set<string>();
  const look = async () => {
    seen.add((await assertShown(page, timeline, flows)).join(" "));
    return await shownMillis(page);
  };
  await moment.press("End");
  const last = await look();
  assert.strictEqual(last, (timeline.lastAt ?? 0) - (timeline.firstAt ?? 0));
  await moment.press("Home");
  assert.strictEqual(await look(), 0);
  for (const keys of ["PageUp", "PageUp ArrowRight", "PageUp PageUp PageUp", "PageUp ArrowLeft"]) {
    for (const key of keys.split(" ")) await moment.press(key);
    await look();
  }
  if (name !== undefined) await picture(page, `${name}_middle`);
  const before = await shownMillis(page);
  await page.keyboard.press("]");
  assert.isAtLeast(await shownMillis(page), before);
  await page.keyboard.press("[");
  await moment.press("PageDown");
  assert.isBelow(await look(), last);
  assert.isAbove(seen.size, 3);
}
