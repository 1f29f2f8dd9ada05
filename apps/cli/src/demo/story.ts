/**
 * The demonstration: a session from its login by the device grant to its end, and one that began in the
 * browser, with the command line's own code against a real authorization server, told as it happens.
 *
 * @module
 */
import * as Clock from "effect/Clock";
import * as Effect from "effect/Effect";
import * as FileSystem from "effect/FileSystem";
import type { UserCode } from "@bellhop/core/chart/device_authorization";
import { claimsOf } from "@bellhop/core/grant/openid_connect";
import { Observer } from "@bellhop/core/protocol/observation";
import type { SessionRecord } from "@bellhop/core/session/session_record";
import { Browser } from "@bellhop/node/browser";
import type { DevServer } from "@bellhop/devserver/dev_server";
import type { Fault } from "@bellhop/devserver/fault";
import * as Login from "../command/login.ts";
import * as Logout from "../command/logout.ts";
import type { Grant } from "../grant.ts";
import { enteredBy, type EnteredState } from "../progress.ts";
import { bold, dim, Screen, wipeLine } from "../screen.ts";
import { Settings } from "../settings.ts";
import * as Storage from "../storage.ts";
import { visit } from "./simulated_browser.ts";
import { storedFiles } from "./stored_files.ts";
import { watchedCall } from "./watched_call.ts";

/** How the story is told. */
export interface StoryOptions {
  /** The person at the keyboard approves, instead of a simulated one. */
  readonly isInteractive: boolean;
}

/** How long the simulated person takes to type the code. */
const personMillis = 3_000;
/** The server asks for this much between polls, until it says `slow_down`. */
const intervalSeconds = 1;
/** So short that it can be waited for. */
const accessTokenSeconds = 3;
/** What an API says that has forgotten the token. RFC 6750 section 3.1. */
const refusal: Fault = {
  endpoint: "api",
  kind: "oauth-error",
  status: 401,
  error: "invalid_token",
};

/** Tells the story. */
export const tell = Effect.fnUntraced(
  function* ({ isInteractive }: StoryOptions) {
    const fs = yield* FileSystem.FileSystem;
    const screen = yield* Screen;
    const { make } = yield* Effect.promise(() => import("@bellhop/devserver/dev_server"));
    const server = yield* make({ intervalSeconds, accessTokenSeconds });
    const home = yield* Effect.orDie(fs.makeTempDirectoryScoped({ prefix: "bellhop-demo-" }));
    const chapter = (title: string) => screen.write(`\n${bold(screen, title)}\n`);
    const act = Effect.gen(function* () {
      chapter("1. An authorization server starts on this machine");
      screen.write(`  ${server.issuer}\n`);
      chapter("2. A login by the device grant, state by state");
      const entered: Array<EnteredState> = [];
      const record = yield* login({ server, isInteractive, entered, grant: "device" });
      chapter("3. The protected API is called with the token");
      yield* Effect.scoped(watchedCall(server));
      chapter("4. What is stored");
      yield* showStored(home, record);
      chapter(
        `5. The token has expired after ${accessTokenSeconds} seconds: the next call renews it`,
      );
      yield* Effect.sleep(accessTokenSeconds * 1_000);
      yield* Effect.scoped(watchedCall(server));
      chapter("6. The API refuses a token: one renewal, and the call is made once more");
      yield* server.fault(refusal);
      yield* Effect.scoped(watchedCall(server));
      chapter(
        "7. The same person signs in by the browser: the authorization code grant, with PKCE",
      );
      const again = yield* browserLogin({ server, isInteractive, entered: [], grant: "code" });
      yield* showPerson(again);
      chapter("8. Logging out revokes the tokens at the server");
      yield* Logout.run({ all: false, forgetProfile: false });
      chapter("What happened");
      yield* summarize(server, entered);
    });
    yield* act.pipe(
      Effect.provide(Storage.layer),
      Effect.provideService(Settings, settingsIn(home)),
    );
  },
  Effect.scoped,
);

function settingsIn(home: string): Settings {
  return {
    profile: "demo",
    home,
    store: "file",
    requestLimitMillis: 10_000,
    isJson: false,
    isQuiet: false,
    isVerbose: false,
    isShownElsewhere: true,
  };
}

interface LoginScene {
  readonly server: DevServer;
  readonly isInteractive: boolean;
  readonly grant: Grant;
  /** Collects the states. */
  readonly entered: Array<EnteredState>;
}

const login = Effect.fnUntraced(function* ({ server, isInteractive, entered, grant }: LoginScene) {
  const screen = yield* Screen;
  const startMillis = yield* Clock.currentTimeMillis;
  if (grant === "device") yield* server.slowDownNext(1);
  const observer: Observer = {
    observe: (observation) => {
      const state = enteredBy(observation);
      if (state === undefined) return;
      entered.push(state);
      screen.write(stateLine(state, { startMillis, screen }));
    },
  };
  return yield* Login.run({
    profile: {
      issuer: server.issuer,
      clientId: "bellhop-cli",
      grant,
      scope: ["openid", "api:read"],
      resource: [],
    },
    onUserCode: (code) => isInteractive ? Effect.void : simulatePerson(server, code),
  }).pipe(Effect.provideService(Observer, observer));
});

/** Signs in by the browser, which a simulated person sits at unless somebody real does. */
const browserLogin = Effect.fnUntraced(function* (scene: LoginScene) {
  if (scene.isInteractive) return yield* login(scene);
  const scope = yield* Effect.scope;
  const open = (url: string) =>
    Effect.tryPromise(() => visit(url, ["login", "allow"])).pipe(
      Effect.ignore,
      Effect.forkIn(scope),
      Effect.asVoid,
    );
  return yield* Effect.provideService(login(scene), Browser, { isAvailable: true, open });
});

const showPerson = Effect.fnUntraced(function* ({ accessTokens: [held] }: SessionRecord) {
  const screen = yield* Screen;
  const { subject } = yield* Effect.orDie(Effect.fromResult(claimsOf(held?.tokens ?? {})));
  screen.write(`  It was ${subject}, says the ID token, whose signature and nonce are right.\n`);
});

interface LineOptions {
  readonly startMillis: number;
  readonly screen: Screen;
}

function stateLine(state: EnteredState, { startMillis, screen }: LineOptions): string {
  const seconds = ((state.at - startMillis) / 1000).toFixed(2).padStart(6);
  const wipe = screen.isTerminal ? wipeLine : "";
  const clock = new Date(state.at).toISOString().slice(11, 23);
  const line = `  ${clock}  +${seconds} s  ${state.path.padEnd(24)}`;
  return `${wipe}${line} ${dim(screen, `← ${state.event}`)}\n`;
}

const simulatePerson = Effect.fnUntraced(function* (server: DevServer, { userCode }: UserCode) {
  const screen = yield* Screen;
  const wipe = screen.isTerminal ? wipeLine : "";
  yield* Effect.sleep(personMillis);
  yield* Effect.orDie(server.approve(userCode));
  screen.write(
    `${wipe}  ${dim(screen, `(a simulated ${server.user.name} enters the code and agrees)`)}\n`,
  );
});

const showStored = Effect.fnUntraced(function* (home: string, record: SessionRecord) {
  const screen = yield* Screen;
  const secrets = [
    ...record.accessTokens.map(({ tokens }) => tokens.accessToken),
    ...(record.refreshToken === undefined ? [] : [record.refreshToken]),
  ];
  const files = yield* storedFiles(home, secrets);
  for (const { name, sizeBytes, mode } of files) {
    screen.write(`  ${mode} ${String(sizeBytes).padStart(6)} bytes  ${name}\n`);
  }
  const isInClear = files.some((file) => file.isInClear);
  screen.write(
    isInClear
      ? "  A token lies there in clear: that is a bug.\n"
      : `  None holds a token in clear (looked for ${secrets.length}).\n`,
  );
  if (isInClear) return yield* Effect.die(new Error("A token was stored in clear"));
});

const summarize = Effect.fnUntraced(function* (
  server: DevServer,
  entered: ReadonlyArray<EnteredState>,
) {
  const screen = yield* Screen;
  const requests = yield* server.requests;
  const polls = requests.filter(({ grantType = "" }) => grantType.endsWith(":device_code"));
  const answers = polls.map(({ error }) => error ?? "token").join(", ");
  const first = entered[0]?.at ?? 0;
  const last = entered.at(-1)?.at ?? 0;
  screen.write([
    `  The login went through ${entered.length} states in ${((last - first) / 1000).toFixed(1)} s.`,
    `  It asked the server ${polls.length} times, who answered: ${answers}.`,
    "  After slow_down every wait is five seconds longer (RFC 8628 section 3.5).",
    `  In all ${requests.length} requests, one process, and nothing is left behind.`,
    "",
  ].join("\n"));
});
