/**
 * The hub: takes what was observed, keeps a bounded part of it, and feeds whoever watches.
 *
 * Taking a line costs next to nothing: no JSON is made before somebody wants it, and then once. A
 * watcher reads at its own pace from what is kept, so a slow one never holds the program up: what has
 * gone before it came to read it is lost to it, and it is told how much that was. The beginning of a
 * flow that still runs is kept after the lines around it have gone, so that a late watcher understands
 * what follows.
 *
 * ```ts
 * import { Effect } from "effect";
 * import { deepEqual } from "node:assert/strict";
 * import { make } from "@bellhop/inspector/server/hub";
 *
 * const hub = make({ name: "nightly report" });
 * hub.record({ seq: 0, at: 1_767_225_600_000, type: "note", process: "main" });
 *
 * const batch = await Effect.runPromise(Effect.scoped(
 *   Effect.flatMap(hub.subscribe(), ({ take }) => take),
 * ));
 * deepEqual(batch?.lines.map(({ seq }) => seq), [0]);
 * ```
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type * as Scope from "effect/Scope";
import type { Observer } from "@bellhop/core/protocol/observation";
import type { RecordedLine, RecordingHeader } from "../recording/recorded.ts";
import { LineRing } from "./_line_ring.ts";
import { Subscriber } from "./_subscriber.ts";
import type { SubscribeOptions, Subscription } from "./subscription.ts";

/** How a hub is made. */
export interface HubOptions {
  /** What is watched: a command, or a program's name. */
  readonly name?: string | undefined;
  /**
   * The first line of what is kept, where it is a recording that was made elsewhere.
   *
   * @default a header of a program by that `name`
   */
  readonly header?: RecordingHeader | undefined;
  /**
   * Where what is kept is a recording that was opened: its file's name, or empty. A page then shows
   * all of it as a recording.
   *
   * @default something that goes on
   */
  readonly opened?: string | undefined;
  /**
   * How many lines are kept.
   *
   * @default 50_000
   */
  readonly maxLines?: number | undefined;
  /**
   * How much is kept, in characters of JSON.
   *
   * @default 32 * 1024 * 1024
   */
  readonly maxSize?: number | undefined;
  /**
   * How many requests with a session's token are told of one second, where they went well. More are
   * counted in a line of type `skipped`; those that failed, or were answered with another status than
   * 2xx, are all told.
   *
   * @default 200
   */
  readonly maxRequests?: number | undefined;
}

/** Keeps lines and feeds whoever watches. */
export interface Hub {
  /** The first line of what is kept. */
  readonly header: RecordingHeader;
  /** Name of the file of a recording that was opened, empty where it has none; absent: it goes on. */
  readonly opened?: string | undefined;
  /**
   * Keeps what it sees as it is until somebody watches, and is as quick as can be. Secrets leave it as
   * marks only.
   */
  readonly observer: Observer;
  /** Takes a line that holds no secret, and numbers it anew. It must not be changed afterwards. */
  readonly record: (line: RecordedLine) => void;
  /** Watches until the scope closes. */
  readonly subscribe: (
    options?: SubscribeOptions,
  ) => Effect.Effect<Subscription, never, Scope.Scope>;
  /** How many watch. */
  readonly watchers: Effect.Effect<number>;
  /** Waits until all who watch have read all there is. */
  readonly delivered: Effect.Effect<void>;
  /** Takes no more lines. Who watches reads what is left, and is told the end. */
  readonly close: Effect.Effect<void>;
}

const defaultMaxLines = 50_000;
const defaultMaxSize = 32 * 1024 * 1024;
const defaultMaxRequests = 200;

/** Makes a hub. It needs no closing: without one, watchers wait. */
export function make(options: HubOptions = {}): Hub {
  const { name } = options;
  const ring = new LineRing({
    maxLines: options.maxLines ?? defaultMaxLines,
    maxSize: options.maxSize ?? defaultMaxSize,
    maxRequests: options.maxRequests ?? defaultMaxRequests,
  });
  const subscribers = new Set<Subscriber>();
  const idlers = new Set<() => void>();
  let isClosed = false;
  const host = {
    ring,
    isClosed: () => isClosed,
    onIdle: () => {
      for (const look of idlers) look();
    },
  };
  const wake = () => {
    for (const subscriber of subscribers) subscriber.wake();
  };
  const leave = (subscriber: Subscriber) => {
    subscribers.delete(subscriber);
    host.onIdle();
  };
  return {
    header: options.header ??
      { type: "recording", format: 1, source: "program", ...(name === undefined ? {} : { name }) },
    opened: options.opened,
    observer: {
      observe: (observation) => {
        if (isClosed) return;
        const isNews = ring.see(observation);
        if (isNews && subscribers.size > 0) wake();
      },
    },
    record: (line) => {
      if (isClosed) return;
      ring.add(line);
      if (subscribers.size > 0) wake();
    },
    subscribe: (wanted = {}) =>
      Effect.acquireRelease(
        Effect.sync(() => {
          const subscriber = new Subscriber(host, wanted);
          if (wanted.isFinite !== true) subscribers.add(subscriber);
          return subscriber;
        }),
        (subscriber) => Effect.sync(() => leave(subscriber)),
      ),
    watchers: Effect.sync(() => subscribers.size),
    delivered: Effect.callback<void>((resume) => {
      const look = () => {
        for (const subscriber of subscribers) if (!subscriber.isIdle) return;
        idlers.delete(look);
        resume(Effect.void);
      };
      idlers.add(look);
      look();
      return Effect.sync(() => void idlers.delete(look));
    }),
    close: Effect.sync(() => {
      ring.tellSkipped();
      isClosed = true;
      wake();
    }),
  };
}
