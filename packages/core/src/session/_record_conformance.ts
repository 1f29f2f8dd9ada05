/** Conformance cases about records: reading, writing, removing, listing. */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { ConformanceFailure, expectSame } from "./conformance_failure.ts";
import { SessionStore } from "./session_store.ts";
import type { ConformanceCase } from "./conformance_case.ts";
import type { StoreError } from "./store_error.ts";

type Body = (
  store: SessionStore,
  key: (name: string) => string,
) => Effect.Effect<void, ConformanceFailure | StoreError>;

/** Each gets a function that makes keys of its own, new ones in every run. */
function define(name: string, body: Body): ConformanceCase {
  const effect = Effect.gen(function* () {
    const store = yield* SessionStore;
    const taken = new Set(yield* store.list());
    let run = 0;
    while (Array.from(taken).some((key) => key.includes(`${run}/${name}/`))) run++;
    yield* body(store, (key) => `${run}/${name}/${key}`);
  });
  return { name, effect };
}

const oddKeys: ReadonlyArray<readonly [title: string, key: string]> = [
  ["a path that leads out", "../../x"],
  ["a path on Windows", "..\\x:y"],
  ["an absolute path", "/etc/x"],
  ["spaces and line ends", " a b\r\n\tc "],
  ["a zero character", "a\0b"],
  ["quotes and wildcards", `"'*?<>|%20$HOME`],
  ["a URL", "https://as.example.com/tenant?x=1#y"],
  ["letters beyond ASCII", "Zoë 日本語 🦊"],
  ["half a surrogate pair", "a\ud800b"],
  ["what looks like a version", "a.1"],
  ["what looks like a lease", "a.lease"],
  ["1,000 characters", "long/".repeat(200)],
  ["5,000 characters beyond ASCII", "長".repeat(5000)],
  ["a name of Object's prototype", "__proto__"],
];

export const recordCases: readonly [ConformanceCase, ...ReadonlyArray<ConformanceCase>] = [
  define(
    "get() gives none for a key that was never written",
    (store, key) =>
      Effect.flatMap(
        store.get(key("a")),
        (stored) => expectSame("none", { actual: Option.isNone(stored), expected: true }),
      ),
  ),

  define("put() writes what get() gives", (store, key) =>
    Effect.gen(function* () {
      const version = yield* store.put(key("a"), Uint8Array.of(0, 1, 255), { ifVersion: null });
      yield* expectStored(store, key("a"), { bytes: [0, 1, 255], version });
    })),

  define("put() keeps bytes of its own", (store, key) =>
    Effect.gen(function* () {
      const bytes = Uint8Array.of(1, 2, 3);
      const version = yield* store.put(key("a"), bytes, { ifVersion: null });
      bytes.fill(9);
      Option.getOrUndefined(yield* store.get(key("a")))?.bytes.fill(8);
      yield* expectStored(store, key("a"), { bytes: [1, 2, 3], version });
    })),

  define("put() takes no bytes at all for a record too", (store, key) =>
    Effect.gen(function* () {
      const version = yield* store.put(key("a"), new Uint8Array(0), { ifVersion: null });
      yield* expectStored(store, key("a"), { bytes: [], version });
    })),

  define("put() takes 2 MiB", (store, key) =>
    Effect.gen(function* () {
      const bytes = Uint8Array.from({ length: 2 ** 21 }, (_, at) => at % 251);
      yield* store.put(key("a"), bytes, { ifVersion: null });
      const stored = Option.getOrThrow(yield* store.get(key("a")));
      const isSame = stored.bytes.length === bytes.length &&
        stored.bytes.every((byte, at) => byte === bytes[at]);
      yield* expectSame("the same bytes", { actual: isSame, expected: true });
    })),

  define(
    "put() replaces the version it names and gives a greater one",
    (store, key) =>
      Effect.gen(function* () {
        let version = yield* store.put(key("a"), Uint8Array.of(0), { ifVersion: null });
        for (const byte of [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) {
          const next = yield* store.put(key("a"), Uint8Array.of(byte), { ifVersion: version });
          yield* expectGreater(next, version);
          version = next;
        }
        yield* expectStored(store, key("a"), { bytes: [11], version });
      }),
  ),

  define(
    "put() fails with Conflict where something is and nothing may be",
    (store, key) =>
      Effect.gen(function* () {
        const version = yield* store.put(key("a"), Uint8Array.of(1), { ifVersion: null });
        yield* expectConflict(store.put(key("a"), Uint8Array.of(2), { ifVersion: null }));
        yield* expectStored(store, key("a"), { bytes: [1], version });
      }),
  ),

  define(
    "put() fails with Conflict where nothing is and something must be",
    (store, key) =>
      Effect.gen(function* () {
        yield* expectConflict(store.put(key("a"), Uint8Array.of(2), { ifVersion: 1 }));
        const stored = yield* store.get(key("a"));
        yield* expectSame("none", { actual: Option.isNone(stored), expected: true });
      }),
  ),

  define(
    "put() fails with Conflict for every version but the present one",
    (store, key) =>
      Effect.gen(function* () {
        let version = yield* store.put(key("a"), Uint8Array.of(0), { ifVersion: null });
        const old = [version];
        for (const byte of [1, 2, 3, 4, 5, 6]) {
          version = yield* store.put(key("a"), Uint8Array.of(byte), { ifVersion: version });
          old.push(version);
        }
        old.pop();
        for (const ifVersion of [...old, version + 1, 0, -1]) {
          yield* expectConflict(store.put(key("a"), Uint8Array.of(99), { ifVersion }));
        }
        yield* expectStored(store, key("a"), { bytes: [6], version });
      }),
  ),

  define(
    "put() lets exactly one of many writers at once win",
    (store, key) =>
      Effect.gen(function* () {
        const first = yield* store.put(key("a"), Uint8Array.of(0), { ifVersion: null });
        for (const ifVersion of [first, null]) {
          const target = ifVersion === null ? key("b") : key("a");
          const results = yield* Effect.all(
            Array.from({ length: 16 }, (_, at) =>
              store.put(target, Uint8Array.of(at), { ifVersion }).pipe(
                Effect.map((version) => ({ version, bytes: [at] })),
                Effect.catchReason("StoreError", "Conflict", () =>
                  Effect.void),
              )),
            { concurrency: "unbounded" },
          );
          const [winner, ...others] = results.filter((result) =>
            result !== undefined
          );
          yield* expectSame("one winner", { actual: others.length, expected: 0 });
          if (winner === undefined) {
            return yield* new ConformanceFailure({ claim: "one winner", expected: 1, actual: 0 });
          }
          yield* expectStored(store, target, winner);
        }
      }),
  ),

  define("remove() makes get() give none", (store, key) =>
    Effect.gen(function* () {
      const version = yield* store.put(key("a"), Uint8Array.of(1), { ifVersion: null });
      yield* store.remove(key("a"), { ifVersion: version });
      const stored = yield* store.get(key("a"));
      yield* expectSame("none", { actual: Option.isNone(stored), expected: true });
    })),

  define(
    "remove() fails with Conflict for another version and removes nothing",
    (store, key) =>
      Effect.gen(function* () {
        const first = yield* store.put(key("a"), Uint8Array.of(1), { ifVersion: null });
        const second = yield* store.put(key("a"), Uint8Array.of(2), { ifVersion: first });
        yield* expectConflict(store.remove(key("a"), { ifVersion: first }));
        yield* expectConflict(store.remove(key("b"), { ifVersion: 1 }));
        yield* expectStored(store, key("a"), { bytes: [2], version: second });
      }),
  ),

  define(
    "remove() leaves a tombstone, so that no version comes back",
    (store, key) =>
      Effect.gen(function* () {
        let last = 0;
        const seen = new Set<number>();
        for (const byte of [1, 2, 3, 4, 5]) {
          const version = yield* store.put(key("a"), Uint8Array.of(byte), { ifVersion: null });
          yield* expectGreater(version, last);
          yield* expectSame("a new version", { actual: seen.has(version), expected: false });
          yield* store.remove(key("a"), { ifVersion: version });
          yield* expectConflict(store.put(key("a"), Uint8Array.of(9), { ifVersion: version }));
          yield* expectConflict(store.put(key("a"), Uint8Array.of(9), { ifVersion: version + 1 }));
          yield* expectConflict(store.remove(key("a"), { ifVersion: version }));
          yield* expectConflict(store.remove(key("a"), { ifVersion: version + 1 }));
          seen.add(version);
          last = version;
        }
      }),
  ),

  define(
    "list() gives the keys that hold something, sorted",
    (store, key) =>
      Effect.gen(function* () {
        for (const name of ["c", "a", "b", "B"]) {
          yield* store.put(key(name), Uint8Array.of(1), { ifVersion: null });
        }
        const gone = Option.getOrThrow(yield* store.get(key("b")));
        yield* store.remove(key("b"), { ifVersion: gone.version });
        const keys = yield* store.list();
        yield* expectSame("keys of this case", {
          actual: keys.filter((listed) => listed.startsWith(key(""))),
          expected: ["B", "a", "c"].map(key),
        });
        yield* expectSame("sorted", { actual: keys, expected: [...keys].toSorted() });
      }),
  ),

  ...oddKeys.map(([title, odd]) =>
    define(
      `put() takes ${title} for a key, and list() gives it back`,
      (store, key) =>
        Effect.gen(function* () {
          const names = [odd, `${odd}2`, "plain"].map(key);
          for (const [at, name] of names.entries()) {
            yield* store.put(name, Uint8Array.of(at), { ifVersion: null });
          }
          for (const [at, name] of names.entries()) {
            yield* expectStored(store, name, { bytes: [at] });
          }
          const listed = (yield* store.list()).filter((name) => names.includes(name));
          yield* expectSame("listed keys", { actual: listed, expected: [...names].toSorted() });
          const { version } = Option.getOrThrow(yield* store.get(key(odd)));
          yield* store.remove(key(odd), { ifVersion: version });
          yield* expectStored(store, key(`${odd}2`), { bytes: [1] });
        }),
    )
  ),

  define(
    "put() takes a key without a prefix: empty, dots, a path",
    (store) =>
      Effect.gen(function* () {
        for (const name of ["", ".", "..", "../x", "/etc/passwd", "con", "-rf"]) {
          const before = Option.getOrUndefined(yield* store.get(name));
          const version = yield* store.put(name, Uint8Array.of(7), {
            ifVersion: before?.version ?? null,
          });
          yield* expectStored(store, name, { bytes: [7], version });
          yield* store.remove(name, { ifVersion: version });
        }
      }),
  ),

  define(
    "put() keeps keys apart that differ in case or in Unicode form only",
    (store, key) =>
      Effect.gen(function* () {
        const names = ["a", "A", "\u00e9", "e\u0301", "\u00c9", "\ud83d", "\ufffd", "ss", "\u00df"]
          .map(key);
        for (const [at, name] of names.entries()) {
          yield* store.put(name, Uint8Array.of(at), { ifVersion: null });
        }
        for (const [at, name] of names.entries()) yield* expectStored(store, name, { bytes: [at] });
      }),
  ),
];

interface Expected {
  readonly bytes: ReadonlyArray<number>;
  readonly version?: number;
}

function expectStored(
  store: SessionStore,
  key: string,
  expected: Expected,
): Effect.Effect<void, ConformanceFailure | StoreError> {
  return Effect.flatMap(store.get(key), (stored) => {
    const { bytes, version } = Option.getOrElse(stored, () => ({ bytes: undefined, version: 0 }));
    return expectSame(`What lies under ${JSON.stringify(key)}`, {
      actual: {
        bytes: bytes && Array.from(bytes),
        ...(expected.version === undefined ? {} : { version }),
      },
      expected,
    });
  });
}

function expectGreater(actual: number, than: number): Effect.Effect<void, ConformanceFailure> {
  return Number.isSafeInteger(actual) && actual > than ? Effect.void : Effect.fail(
    new ConformanceFailure({ claim: "A greater version", actual, expected: than + 1 }),
  );
}

function expectConflict<A>(
  effect: Effect.Effect<A, StoreError>,
): Effect.Effect<void, ConformanceFailure> {
  return Effect.matchEffect(effect, {
    onSuccess: (actual) =>
      Effect.fail(new ConformanceFailure({ claim: "A conflict", expected: "Conflict", actual })),
    onFailure: (error) =>
      expectSame("A conflict", { actual: error.reason._tag, expected: "Conflict" }),
  });
}
