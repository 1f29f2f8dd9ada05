/**
 * The live inspector: beside a command with `--inspect`, or by itself.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import type { Observation } from "@bellhop/core/protocol/observation";
import type { Hub } from "@bellhop/inspector/server/hub";
import type { Inspector } from "@bellhop/inspector/server/inspector";
import * as Browser from "@bellhop/node/browser";
import { type CommandError, configurationError, usageError } from "./command_error.ts";
import { writeLine } from "./json_lines.ts";
import { Screen } from "./screen.ts";
import { Settings } from "./settings.ts";
import { note, remark } from "./words.ts";

/** What an inspector needs. */
export type InspectingServices = Settings | Screen;

/** How it is started. */
export interface InspectingOptions {
  /** What is inspected: a command's name. */
  readonly name?: string | undefined;
  /** What is shown; absent: what is observed. */
  readonly hub?: Hub | undefined;
  /** A port of 127.0.0.1; 0: a free one. */
  readonly port?: number | undefined;
}

/** How long a command waits for the page that it opened before it begins. */
const pageMillis = 5_000;
/** How long its end waits until pages have what was sent. */
const closeMillis = 2_000;

/**
 * Inspects the command that it is provided to, if that is asked for. On a terminal the page is opened,
 * and the command begins when it is there. The end says so where nobody can have seen anything.
 */
export function layer(name: string): Layer.Layer<never, CommandError, InspectingServices> {
  return Layer.unwrap(Effect.gen(function* () {
    const { inspects = false, isJson } = yield* Settings;
    if (!inspects) return Layer.empty;
    const { isTerminal } = yield* Screen;
    const words = yield* Effect.context<InspectingServices>();
    const { hub, unseen } = yield* Effect.map(
      Effect.promise(loadHub),
      ({ make }) => noting(make({ name })),
    );
    yield* Effect.addFinalizer(() => Effect.provide(Effect.flatMap(unseen, tellUnseen), words));
    const onReady = (inspector: Inspector) =>
      Effect.gen(function* () {
        yield* announce(inspector);
        if (!isTerminal || isJson || !(yield* openPage(inspector))) return;
        yield* Effect.timeoutOption(someWatcher(inspector.hub), pageMillis);
      }).pipe(Effect.provide(words));
    return yield* start({ name, hub }, onReady);
  }));
}

type Unseen = "nothing happened" | "nobody looked" | undefined;

/** A hub that notes why nobody can have seen anything. */
function noting(hub: Hub): { readonly hub: Hub; readonly unseen: Effect.Effect<Unseen> } {
  let hasHappened = false;
  let isWatched = false;
  const observe = (observation: Observation) => {
    hasHappened = true;
    hub.observer.observe(observation);
  };
  const subscribe: Hub["subscribe"] = (options) => {
    isWatched = true;
    return hub.subscribe(options);
  };
  return {
    hub: { ...hub, observer: { observe }, subscribe },
    unseen: Effect.sync(() =>
      hasHappened ? (isWatched ? undefined : "nobody looked") : "nothing happened"
    ),
  };
}

function tellUnseen(unseen: Unseen): Effect.Effect<void, never, InspectingServices> {
  switch (unseen) {
    case "nothing happened":
      return remark("Nothing happened that the inspector could show.");
    case "nobody looked":
      return remark(
        "No page opened the inspector before the end. Keep what happens with --record FILE, and look " +
          "at it with: bellhop inspect --open FILE",
      );
    case undefined:
      return Effect.void;
  }
}

/** Commands of which nothing is there to be watched: `instead` says what to do. */
export function refusing(instead: string): Layer.Layer<never, CommandError, Settings> {
  return Layer.unwrap(
    Effect.map(
      Settings,
      ({ inspects = false }) =>
        inspects
          ? Layer.effectDiscard(
            Effect.fail(usageError("--inspect has nothing to show here", instead)),
          )
          : Layer.empty,
    ),
  );
}

/** How long pages may take to read all there is. */
const readMillis = 30_000;
/** How long a page may take afterwards for files that it asks for late. */
const lateMillis = 1_000;

/** Shows what has happened already, until a page has all of it. */
export const showUntilSeen: (
  options: InspectingOptions & { readonly hub: Hub },
) => Effect.Effect<void, CommandError, InspectingServices> = Effect.fnUntraced(
  function* (options: InspectingOptions & { readonly hub: Hub }) {
    const { hub } = options;
    const { isTerminal } = yield* Screen;
    const { isJson } = yield* Settings;
    const words = yield* Effect.context<InspectingServices>();
    const onReady = (inspector: Inspector) =>
      Effect.gen(function* () {
        yield* announce(inspector);
        yield* note("Waiting for a page to open it. Press Ctrl-C to end.");
        if (isTerminal && !isJson) yield* openPage(inspector);
        yield* someWatcher(hub);
        yield* hub.close;
        yield* Effect.timeoutOption(hub.delivered, readMillis);
        yield* Effect.sleep(lateMillis);
      }).pipe(Effect.provide(words));
    yield* Effect.scoped(Layer.build(yield* start(options, onReady)));
  },
);

/** Starts one that shows what it is told to, and calls `onReady` when its page can be opened. */
export const start: (
  options: InspectingOptions,
  onReady: (inspector: Inspector) => Effect.Effect<void>,
) => Effect.Effect<Layer.Layer<Inspector, CommandError>> = Effect.fnUntraced(
  function* (
    options: InspectingOptions,
    onReady: (inspector: Inspector) => Effect.Effect<void>,
  ) {
    const { port = 0 } = options;
    const { inspector, NodeHttpServer, SecureRandom, createServer } = yield* Effect.promise(load);
    // Whoever stays connected, with or without the token, does not keep an ended command alive.
    const makeServer = () => createServer().on("connection", (socket) => socket.unref());
    const server = NodeHttpServer.layerServer(makeServer, {
      host: "127.0.0.1",
      port,
      gracefulShutdownTimeout: 200,
    });
    return inspector.layer({ ...options, onReady, closeWithinMillis: closeMillis }).pipe(
      Layer.provide([server, SecureRandom.layerWebCrypto]),
      Layer.catch(() =>
        Layer.effectContext(Effect.fail(configurationError(
          `The inspector cannot listen on port ${port} of 127.0.0.1`,
          "Pass another --port, or none",
        )))
      ),
    );
  },
);

/** Says where it is. */
export const announce: (
  inspector: Inspector,
) => Effect.Effect<void, never, InspectingServices> = Effect.fnUntraced(
  function* ({ url }: Inspector) {
    const { isJson } = yield* Settings;
    const href = Redacted.value(url);
    if (isJson) return yield* writeLine({ type: "inspector", url: href });
    yield* remark(`Inspector: ${href}`);
  },
);

/** Opens its page, and says whether that was possible. */
export const openPage: (inspector: Inspector) => Effect.Effect<boolean> = Effect.fnUntraced(
  function* ({ url }: Inspector) {
    const browser = yield* Browser.Browser;
    const opened = yield* Effect.option(browser.open(Redacted.value(url)));
    return Option.isSome(opened);
  },
  Effect.provide(Browser.layer()),
);

const lookMillis = 50;

function someWatcher({ watchers }: Pick<Hub, "watchers">): Effect.Effect<void> {
  return Effect.flatMap(
    watchers,
    (count) =>
      count > 0 ? Effect.void : Effect.andThen(Effect.sleep(lookMillis), someWatcher({ watchers })),
  );
}

function loadHub() {
  return import("@bellhop/inspector/server/hub");
}

/** Only here, so that no other run waits for it. */
async function load() {
  const [inspector, NodeHttpServer, SecureRandom, { createServer }] = await Promise.all([
    import("@bellhop/inspector/server/inspector"),
    import("@effect/platform-node/NodeHttpServer"),
    import("effect/crypto/SecureRandom"),
    import("node:http"),
  ]);
  return { inspector, NodeHttpServer, SecureRandom, createServer };
}
