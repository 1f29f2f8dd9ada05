/**
 * The keyring of the operating system: Secret Service, macOS Keychain, Windows Credential Manager.
 *
 * It is spoken to through `@napi-rs/keyring`, which is an optional dependency and is imported when
 * the first entry is used: where its native binary is missing (an unusual platform, an install
 * without optional dependencies), everything but the keyring works, and the keyring is
 * `unavailable`. On Linux only the Secret Service is used; the kernel's own keyring, which the
 * library would fall back to, forgets everything at the next start of the machine. Every call is
 * bounded, because a locked keyring waits for somebody to answer its prompt.
 *
 * ```ts
 * import { Effect, Option, Redacted } from "effect";
 * import { Keyring, layerMemory } from "@bellhop/node/keyring";
 * import { equal } from "node:assert/strict";
 *
 * const program = Effect.gen(function* () {
 *   const keyring = yield* Keyring;
 *   yield* keyring.set("store-1", Redacted.make("kept"));
 *   return Redacted.value(Option.getOrThrow(yield* keyring.get("store-1")));
 * });
 * equal(await Effect.runPromise(Effect.provide(program, layerMemory)), "kept");
 * ```
 *
 * @module
 */
import type { AsyncEntry } from "@napi-rs/keyring";
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as Option from "effect/Option";
import * as Redacted from "effect/Redacted";
import { KeySourceError } from "./key_source_error.ts";

/** Short texts under accounts. All entries are Bellhop's: the service is always `bellhop`. */
export interface Keyring {
  /** Gives the text, none where there is none. */
  readonly get: (
    account: string,
  ) => Effect.Effect<Option.Option<Redacted.Redacted>, KeySourceError>;
  /** Writes the text, in place of the one that was there. */
  readonly set: (account: string, text: Redacted.Redacted) => Effect.Effect<void, KeySourceError>;
  /** Removes the text; nothing happens where there is none. */
  readonly remove: (account: string) => Effect.Effect<void, KeySourceError>;
}

/** Key of the {@linkcode Keyring} service. */
export const Keyring: Context.Service<Keyring, Keyring> = Context.Service(
  "@bellhop/node/keyring/Keyring",
);

/** How the keyring is spoken to. */
export interface KeyringOptions {
  /**
   * How long one call may take, in milliseconds.
   *
   * @default 10000
   */
  readonly limitMillis?: number | undefined;
}

/**
 * Provides the operating system's keyring. Nothing is loaded or asked before an entry is used.
 *
 * ```ts
 * import { Effect } from "effect";
 * import { Keyring, layer } from "@bellhop/node/keyring";
 *
 * const keyring = Effect.provide(Keyring, layer({ limitMillis: 2_000 }));
 * await Effect.runPromise(keyring);
 * ```
 */
export function layer(options: KeyringOptions = {}): Layer.Layer<Keyring> {
  const { limitMillis = 10_000 } = options;
  const call = <A>(account: string, use: (entry: AsyncEntry) => Promise<A>) =>
    bounded(callEntry(account, use), { account, limitMillis });
  return Layer.succeed(Keyring, {
    get: (account) =>
      Effect.map(
        call(account, (entry) => entry.getPassword()),
        (text) => Option.map(Option.fromNullishOr(text), (some) => Redacted.make(some)),
      ),
    set: (account, text) => call(account, (entry) => entry.setPassword(Redacted.value(text))),
    remove: (account) => Effect.asVoid(call(account, (entry) => entry.deleteCredential())),
  });
}

/** Provides a keyring that is gone with the process, for tests. */
export const layerMemory: Layer.Layer<Keyring> = Layer.sync(Keyring, () => {
  const texts = new Map<string, Redacted.Redacted>();
  return {
    get: (account) => Effect.sync(() => Option.fromNullishOr(texts.get(account))),
    set: (account, text) => Effect.sync(() => void texts.set(account, text)),
    remove: (account) => Effect.sync(() => void texts.delete(account)),
  };
});

/**
 * Names an entry for people.
 *
 * ```ts
 * import { locationOf } from "@bellhop/node/keyring";
 * import { equal } from "node:assert/strict";
 *
 * equal(locationOf("store-1"), "keyring: bellhop/store-1");
 * ```
 */
export function locationOf(account: string): string {
  return `keyring: ${service}/${account}`;
}

const service = "bellhop";
const hintOf = "Sign in to the desktop and unlock its keyring, or use a key file";

const callEntry = Effect.fnUntraced(
  function* <A>(account: string, use: (entry: AsyncEntry) => Promise<A>) {
    const library = yield* Effect.tryPromise({
      try: () => import("@napi-rs/keyring"),
      catch: () =>
        unavailable(account, "@napi-rs/keyring is not installed, or not for this platform"),
    });
    const options = { linux: { store: "secret-service" as const } };
    return yield* Effect.tryPromise({
      try: () => use(new library.AsyncEntry(service, account, options)),
      catch: (error) => refused(account, error),
    });
  },
);

/**
 * The call itself cannot be ended: what comes after the limit is not looked at, and the process ends
 * only when the call does.
 */
function bounded<A>(
  effect: Effect.Effect<A, KeySourceError>,
  { account, limitMillis }: { readonly account: string; readonly limitMillis: number },
): Effect.Effect<A, KeySourceError> {
  return Effect.timeoutOrElse(effect, {
    duration: limitMillis,
    orElse: () => late(account, `the keyring did not answer within ${limitMillis} ms`),
  });
}

function unavailable(account: string, description: string): KeySourceError {
  const location = locationOf(account);
  return new KeySourceError({ problem: "unavailable", location, description, hint: hintOf });
}

/** In words of our own: the library's differ by system, and nobody says what is in them. */
function refused(account: string, error: unknown): KeySourceError {
  const text = error instanceof Error ? error.message : "";
  if (/did not receive a reply/i.test(text)) return late(account, "the keyring did not answer");
  if (/dismissed|locked|denied|cancel/i.test(text)) {
    return unavailable(account, "the keyring is locked, and nobody unlocked it");
  }
  if (/no result found/i.test(text)) return unavailable(account, "there is no keyring yet");
  return unavailable(account, "no keyring answers here");
}

function late(account: string, description: string): KeySourceError {
  return new KeySourceError({
    problem: "timeout",
    location: locationOf(account),
    description,
    hint: `It may be waiting for somebody to unlock it. ${hintOf}`,
  });
}
