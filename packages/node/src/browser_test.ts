import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Browser, type BrowserOptions, layer } from "./browser.ts";

/** Opens `url`, and gives the tag of the reason why not, or nothing. */
function open(url: string, options: BrowserOptions) {
  return Effect.gen(function* () {
    const browser = yield* Browser;
    return yield* browser.open(url).pipe(
      Effect.as(undefined),
      Effect.catchTag("BrowserError", (error) => Effect.succeed(error)),
    );
  }).pipe(Effect.provide(layer(options)));
}

/** A directory with an opener that writes down its arguments and its environment. */
const withOpener = Effect.fnUntraced(function* (name: string, exitCode = 0) {
  const directory = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "browser-"))),
    (directory) => Effect.promise(() => rm(directory, { recursive: true })),
  );
  const script = [
    "#!/bin/sh",
    `printf '%s\\n' "$@" > '${directory}/opened'`,
    `env > '${directory}/environment'`,
    `exit ${exitCode}`,
    "",
  ].join("\n");
  yield* Effect.promise(async () => {
    await writeFile(join(directory, name), script);
    await chmod(join(directory, name), 0o700);
  });
  return {
    path: `${directory}:/usr/bin:/bin`,
    command: join(directory, name),
    opened: Effect.promise(() => readFile(join(directory, "opened"), "utf8")),
    environment: Effect.promise(() => readFile(join(directory, "environment"), "utf8")),
  };
});

const hostile = "https://as.example.com/device?a=1&b=$(touch pwned)`id`;'\"";

describe("Browser.open()", () => {
  it.live("gives the URL to xdg-open as one argument", () =>
    Effect.scoped(Effect.gen(function* () {
      const opener = yield* withOpener("xdg-open");
      const environment = { PATH: opener.path, DISPLAY: ":0" };
      assert.isUndefined(yield* open(hostile, { platform: "linux", environment }));
      assert.strictEqual(yield* opener.opened, `${new URL(hostile).href}\n`);
    })));

  it.live("gives the URL to open on macOS and to rundll32 on Windows", () =>
    Effect.scoped(Effect.gen(function* () {
      const mac = yield* withOpener("open");
      yield* open("https://a.example/", { platform: "darwin", environment: { PATH: mac.path } });
      assert.strictEqual(yield* mac.opened, "https://a.example/\n");
      const windows = yield* withOpener("rundll32");
      const environment = { PATH: windows.path };
      yield* open("https://a.example/?x=1&y=2", { platform: "win32", environment });
      assert.strictEqual(
        yield* windows.opened,
        "url.dll,FileProtocolHandler\nhttps://a.example/?x=1&y=2\n",
      );
    })));

  it.live("believes BROWSER, over SSH too", () =>
    Effect.scoped(Effect.gen(function* () {
      const opener = yield* withOpener("my-browser");
      const environment = { PATH: opener.path, BROWSER: opener.command, SSH_TTY: "/dev/pts/0" };
      assert.isUndefined(yield* open("https://a.example/", { platform: "linux", environment }));
      assert.strictEqual(yield* opener.opened, "https://a.example/\n");
    })));

  it.live("gives the browser the environment without what is secret", () =>
    Effect.scoped(Effect.gen(function* () {
      const opener = yield* withOpener("xdg-open");
      const environment = {
        PATH: opener.path,
        DISPLAY: ":0",
        LANG: "C",
        BELLHOP_STORE_KEY: "planted",
        BELLHOP_: "planted",
        MY_CLIENT_SECRET: "planted",
      };
      const withhold = ["MY_CLIENT_SECRET"];
      yield* open("https://a.example/", { platform: "linux", environment, withhold });
      const given = yield* opener.environment;
      assert.include(given, "DISPLAY=:0\n");
      assert.include(given, "LANG=C\n");
      assert.notInclude(given, "planted");
    })));

  it.live("knows a secret's name in any case on Windows", () =>
    Effect.scoped(Effect.gen(function* () {
      const opener = yield* withOpener("rundll32");
      const environment = { PATH: opener.path, Bellhop_Store_Key: "planted", My_Secret: "planted" };
      const withhold = ["MY_SECRET"];
      yield* open("https://a.example/", { platform: "win32", environment, withhold });
      const given = yield* opener.environment;
      assert.include(given, "PATH=");
      assert.notInclude(given, "planted");
    })));

  for (
    const url of [
      "file:///etc/passwd",
      "javascript:alert(1)",
      "--help",
      "",
      "ms-settings:",
      "C:\\x",
    ]
  ) {
    it.live(`refuses ${JSON.stringify(url)}`, () =>
      Effect.scoped(Effect.gen(function* () {
        const { path: PATH } = yield* withOpener("open");
        const error = yield* open(url, { platform: "darwin", environment: { PATH } });
        assert.strictEqual(error?.reason._tag, "UnsafeUrl");
      })));
  }

  const nowhere: Record<string, Record<string, string>> = {
    "without a display": {},
    "over SSH": { DISPLAY: ":0", SSH_CONNECTION: "192.0.2.7 50022 192.0.2.1 22" },
    "over SSH, where BROWSER is a list": { BROWSER: "a:b", SSH_TTY: "/dev/pts/0" },
  };
  for (const [where, environment] of Object.entries(nowhere)) {
    it.live(`says that there is none ${where}`, () =>
      Effect.gen(function* () {
        const error = yield* open("https://a.example/", { platform: "linux", environment });
        assert.strictEqual(error?.reason._tag, "NoBrowser");
        assert.include(error?.hint, "by hand");
      }));
  }

  it.live("fails without the URL when the opener is missing", () =>
    Effect.gen(function* () {
      const environment = { PATH: "/nonexistent", DISPLAY: ":0" };
      const error = yield* open("https://a.example/?code=7", { platform: "linux", environment });
      assert.strictEqual(error?.reason._tag, "LaunchFailed");
      assert.include(error?.message, "ENOENT");
      assert.notInclude(String(error), "code=7");
    }));

  it.live("fails when the opener fails", () =>
    Effect.scoped(Effect.gen(function* () {
      const opener = yield* withOpener("xdg-open", 3);
      const environment = { PATH: opener.path, DISPLAY: ":0" };
      const error = yield* open("https://a.example/", { platform: "linux", environment });
      assert.include(error?.message, "exit code 3");
    })));
});

describe("Browser.isAvailable", () => {
  it.live("tells whether there is one to try", () =>
    Effect.gen(function* () {
      const isAvailable = Effect.map(Browser, (browser) => browser.isAvailable);
      const none = layer({ platform: "linux", environment: {} });
      const some = layer({ platform: "linux", environment: { WAYLAND_DISPLAY: "wayland-0" } });
      assert.isFalse(yield* Effect.provide(isAvailable, none));
      assert.isTrue(yield* Effect.provide(isAvailable, some));
    }));
});
