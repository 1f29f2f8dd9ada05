/**
 * Opening a page in the user's own browser, from a program in a terminal.
 *
 * Only http and https URLs, handed to the system's opener as one argument and never through a shell. Where
 * nobody would see a window (over SSH, in a container, without a display) it says so instead of trying;
 * a `BROWSER` that is set is believed to know better. The browser gets the environment, but no variable
 * whose name begins with `BELLHOP_`: the key of the store is none of its business.
 *
 * ```ts
 * import { Console, Effect } from "effect";
 * import { Browser, layer } from "@bellhop/node/browser";
 *
 * export const program = Effect.gen(function* () {
 *   const browser = yield* Browser;
 *   yield* browser.open("https://as.example.com/device");
 * }).pipe(
 *   Effect.catchTag("BrowserError", (error) => Console.error(error.message)),
 *   Effect.provide(layer()),
 * );
 * ```
 *
 * @module
 */
import { spawn } from "node:child_process";
import * as Context from "effect/Context";
import * as Data from "effect/Data";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";

/** Neither http nor https, or no URL at all. */
export class UnsafeUrl extends Data.Error {
  override readonly name = "UnsafeUrl";
  readonly _tag = "UnsafeUrl";
  override readonly message: string = "Only http and https URLs are opened in a browser";
}

/** There is no browser whose window the user would see. */
export class NoBrowser extends Data.Error<{
  /** What is missing. */
  readonly description: string;
}> {
  override readonly name = "NoBrowser";
  readonly _tag = "NoBrowser";
  override readonly message: string = `No browser can be opened here: ${this.description}`;
}

/** The system's opener is not there, or failed. */
export class LaunchFailed extends Data.Error<{
  /** The opener, without its arguments. */
  readonly command: string;
  /** The system's error code, or the opener's exit code. */
  readonly description: string;
}> {
  override readonly name = "LaunchFailed";
  readonly _tag = "LaunchFailed";
  override readonly message: string =
    `The browser could not be opened by "${this.command}": ${this.description}`;
}

/** The only error of {@linkcode Browser}. Never holds the URL, which may hold a code. */
export class BrowserError
  extends Data.Error<{ readonly reason: UnsafeUrl | NoBrowser | LaunchFailed }> {
  override readonly name = "BrowserError";
  readonly _tag = "BrowserError";
  override readonly message: string = this.reason.message;
  /** What to do next. */
  readonly hint: string = "Open the page by hand, on this device or another";
}

/** Opens pages for the user. */
export interface Browser {
  /** Whether there is a browser to try; `open` may fail all the same. */
  readonly isAvailable: boolean;
  /** Opens a page, and does not wait until it is closed. */
  readonly open: (url: string) => Effect.Effect<void, BrowserError>;
}

/** Key of the {@linkcode Browser} service. */
export const Browser: Context.Service<Browser, Browser> = Context.Service(
  "@bellhop/node/browser/Browser",
);

/** Where the browser is looked for. */
export interface BrowserOptions {
  /**
   * As `process.platform` names it.
   *
   * @default the present one
   */
  readonly platform?: string | undefined;
  /**
   * Environment variables; the opener gets them too, except `BELLHOP_…` and what `withhold` names.
   *
   * @default the process's own
   */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /**
   * Names of more variables that the opener must not get, such as one that holds a client secret.
   *
   * @default none
   */
  readonly withhold?: ReadonlyArray<string> | undefined;
}

/**
 * Provides the system's browser: `BROWSER` where it names one program, else `open`, `rundll32` or
 * `xdg-open`.
 *
 * ```ts
 * import { Effect } from "effect";
 * import { Browser, layer } from "@bellhop/node/browser";
 * import { equal } from "node:assert/strict";
 *
 * const overSsh = layer({
 *   platform: "linux",
 *   environment: { DISPLAY: ":0", SSH_CONNECTION: "192.0.2.7 50022 192.0.2.1 22" },
 * });
 * const open = Effect.gen(function* () {
 *   const browser = yield* Browser;
 *   return yield* Effect.flip(browser.open("https://as.example.com/device"));
 * });
 * const error = await Effect.runPromise(Effect.provide(open, overSsh));
 * equal(error.reason._tag, "NoBrowser");
 * ```
 */
export function layer(options: BrowserOptions = {}): Layer.Layer<Browser> {
  return Layer.sync(Browser, () => make(options));
}

type Environment = NonNullable<BrowserOptions["environment"]>;

/** A program, and what it is told before the URL. */
interface Opener {
  readonly command: string;
  readonly args: ReadonlyArray<string>;
}

function make(options: BrowserOptions): Browser {
  const { platform = process.platform, environment = process.env, withhold = [] } = options;
  const opener = openerOf(platform, environment);
  return Browser.of({
    isAvailable: !(opener instanceof NoBrowser),
    open: Effect.fn("Browser.open")(function* (url: string) {
      const href = safeUrlOf(url);
      if (href === undefined) return yield* new BrowserError({ reason: new UnsafeUrl() });
      if (opener instanceof NoBrowser) return yield* new BrowserError({ reason: opener });
      const { command, args } = opener;
      // On Windows the case of a name means nothing.
      const fold = (name: string) => platform === "win32" ? name.toUpperCase() : name;
      const withheld = new Set(withhold.map(fold));
      const isPublic = ([name]: readonly [string, unknown]) =>
        !fold(name).startsWith("BELLHOP_") && !withheld.has(fold(name));
      const shown = Object.fromEntries(Object.entries(environment).filter(isPublic));
      yield* launch({ command, args: [...args, href] }, shown);
    }),
  });
}

function safeUrlOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, href } = new URL(url);
  return protocol === "https:" || protocol === "http:" ? href : undefined;
}

function openerOf(platform: string, environment: Environment): Opener | NoBrowser {
  const told = environment["BROWSER"] ?? "";
  if (/^[^\s:%]+$/.test(told)) return { command: told, args: [] };
  if (isSet(environment, "SSH_CONNECTION") || isSet(environment, "SSH_TTY")) {
    return new NoBrowser({ description: "this is a remote session (SSH)" });
  }
  if (platform === "darwin") return { command: "open", args: [] };
  if (platform === "win32") return windowsOpener("rundll32");
  if (isSet(environment, "WSL_DISTRO_NAME")) return windowsOpener("rundll32.exe");
  if (isSet(environment, "DISPLAY") || isSet(environment, "WAYLAND_DISPLAY")) {
    return { command: "xdg-open", args: [] };
  }
  return new NoBrowser({ description: "there is no display" });
}

/** Unlike `start`, it needs no shell, to which the `&` of a query would mean something. */
function windowsOpener(command: string): Opener {
  return { command, args: ["url.dll,FileProtocolHandler"] };
}

function isSet(environment: Environment, name: string): boolean {
  return (environment[name] ?? "") !== "";
}

/** Some openers end at once, others with the browser: no failure within this time is success. */
const patienceMillis = 2_000;

function launch({ command, args }: Opener, env: Environment): Effect.Effect<void, BrowserError> {
  const launched = Effect.callback<void, BrowserError>((resume) => {
    const fail = (description: string) =>
      resume(Effect.fail(new BrowserError({ reason: new LaunchFailed({ command, description }) })));
    const child = spawn(command, args, { detached: true, stdio: "ignore", shell: false, env });
    child.once("error", (error: NodeJS.ErrnoException) => fail(error.code ?? "it did not start"));
    child.once("exit", (code) => code === 0 ? resume(Effect.void) : fail(`exit code ${code}`));
    child.unref();
  });
  return Effect.timeoutOrElse(launched, { duration: patienceMillis, orElse: () => Effect.void });
}
