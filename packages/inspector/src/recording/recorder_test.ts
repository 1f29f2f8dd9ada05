import { assert, describe, it } from "@effect/vitest";
import { Deferred, Effect, Fiber, FileSystem, Layer, PlatformError } from "effect";
import { TestClock } from "effect/testing";
import { NodeServices } from "@effect/platform-node";
import { notify, type Observation, Observer } from "@bellhop/core/protocol/observation";
import type { ObservedLine } from "./recorded.ts";
import { file, type FileOptions, headerOf, layer, make } from "./recorder.ts";

const emitted = (at: number, event = "user_code"): Observation => ({
  type: "flow.emitted",
  flowId: "a",
  seq: 0,
  at,
  event,
});

const transition = (data: unknown): Observation => ({
  type: "flow.transition",
  flowId: "a",
  seq: 0,
  at: 1,
  from: "b",
  to: "c",
  event: "e",
  data: data as Record<string, unknown>,
  context: {},
});

/** What a value is once it is recorded. */
function recordedAs(data: unknown): unknown {
  const lines: Array<string> = [];
  make({ sink: (line) => lines.push(JSON.stringify(line)) }).observe(transition(data));
  return JSON.parse(lines[0] ?? "").observation.data;
}

const observe = Effect.fnUntraced(function* (...observations: ReadonlyArray<Observation>) {
  const observer = yield* Observer;
  for (const observation of observations) if (observer !== undefined) notify(observer, observation);
});

describe("make()", () => {
  it("numbers lines, and times an exchange by its end", () => {
    const lines: Array<ObservedLine> = [];
    const observer = make({ sink: (line) => lines.push(line) });
    observer.observe(emitted(5));
    observer.observe({
      type: "http.exchange",
      at: 10,
      endpoint: "token",
      method: "POST",
      url: "https://as.example.com/token",
      outcome: "ok",
      durationMillis: 7,
      request: {},
      response: {},
    });
    assert.deepStrictEqual(lines.map(({ seq, at, process }) => [seq, at, process]), [
      [0, 5, "main"],
      [1, 17, "main"],
    ]);
  });

  it.effect("tells the span in which something was seen", () =>
    Effect.gen(function* () {
      const lines: Array<ObservedLine> = [];
      const recorder = layer({ sink: (line) => lines.push(line), now: () => 3 });
      yield* observe(emitted(1)).pipe(
        Effect.withSpan("inner"),
        Effect.withSpan("outer"),
        Effect.provide(recorder),
      );
      const { span, at } = lines[0] ?? assert.fail();
      assert.match(String(span?.traceId), /^[0-9a-f]{32}$/);
      assert.match(String(span?.parentId), /^[0-9a-f]{16}$/);
      assert.strictEqual(at, 3);
    }));

  it("makes JSON of whatever a program carries", () => {
    const circle: Record<string, unknown> = { name: "circle" };
    circle["self"] = circle;
    const shared = { a: 1 };
    const hostile = {
      get broken(): string {
        throw new Error("no");
      },
    };
    const value = {
      circle,
      twice: [shared, shared],
      hostile,
      run: () => 1,
      mark: Symbol("s"),
      big: 12n,
      endless: Infinity,
      none: NaN,
      absent: undefined,
      holes: [undefined, null],
      map: new Map<unknown, unknown>([["a", 1], [{}, 2]]),
      set: new Set([1]),
      bytes: new Uint8Array(3),
      date: new Date(0),
      noDate: new Date(NaN),
      url: new URL("https://a.example/b?code=c#d"),
      form: new URLSearchParams({ code: "c" }),
    };
    assert.deepStrictEqual(recordedAs(value), {
      circle: { name: "circle", self: "<circular>" },
      twice: [{ a: 1 }, { a: 1 }],
      hostile: "<unreadable>",
      run: "<function>",
      mark: "<symbol>",
      big: "12",
      endless: "Infinity",
      none: "NaN",
      holes: [null, null],
      map: { a: 1, "<object>": 2 },
      set: [1],
      bytes: "<3 bytes>",
      date: "1970-01-01T00:00:00.000Z",
      noDate: null,
      url: "https://a.example/b",
      form: "<parameters>",
    });
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    assert.deepStrictEqual(recordedAs({ proxy: revoked.proxy }), { proxy: "<unreadable>" });
  });

  it("bounds what is long, deep or much", () => {
    let deep: unknown = "end";
    for (let level = 0; level < 10_000; level++) deep = { deep };
    const text = JSON.stringify(
      recordedAs({ deep, text: "x".repeat(1e6), list: Array.from({ length: 1e5 }, () => 1) }),
    );
    assert.isBelow(text.length, 20_000);
    assert.match(text, /<\d+ more>/);
    const wide = Object.fromEntries(
      Array.from({ length: 1e4 }, (_, index) => [`k${index}`, index]),
    );
    assert.match(JSON.stringify(recordedAs(wide)), /"…":"<\d+ more>"/);
    assert.deepStrictEqual(
      recordedAs(JSON.parse('{"__proto__":{"a":1}}')),
      JSON.parse('{"__proto__":{"a":1}}'),
    );
  });
});

describe("layer()", () => {
  it.effect("keeps whoever observed before, whatever the sink does", () =>
    Effect.gen(function* () {
      const seen: Array<Observation> = [];
      const broken = layer({
        sink: () => {
          throw new Error("disk full");
        },
      });
      yield* observe(emitted(1), emitted(2)).pipe(
        Effect.provide(broken),
        Effect.provideService(Observer, { observe: (observation) => seen.push(observation) }),
      );
      assert.strictEqual(seen.length, 2);
    }));
});

/** A file in memory whose writes a test may hold up or fail. */
function memoryFile(write: (text: string) => Effect.Effect<void, PlatformError.PlatformError>) {
  const decoder = new TextDecoder();
  return FileSystem.layerNoop({
    open: () =>
      Effect.succeed({
        writeAll: (bytes: Uint8Array) => write(decoder.decode(bytes)),
      } as FileSystem.File),
  });
}

const full = PlatformError.systemError({
  _tag: "WriteZero",
  module: "FileSystem",
  method: "write",
});

/** Writes lines into a file in memory, the first batch held up until it is told to go on. */
const held = Effect.fnUntraced(function* (options: FileOptions, count: number) {
  const gate = yield* Deferred.make<void>();
  let text = "";
  const recorder = file("/run.jsonl", options).pipe(
    Layer.provide(
      memoryFile((written) =>
        Effect.andThen(Deferred.await(gate), Effect.sync(() => void (text += written)))
      ),
    ),
  );
  const program = Effect.gen(function* () {
    yield* Effect.yieldNow;
    for (let at = 0; at < count; at++) yield* observe(emitted(at));
  });
  return { gate, run: Effect.provide(program, recorder), text: () => text };
});

describe("file()", () => {
  it.effect("writes a recording, whole at the end of its scope", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const path = `${yield* fs.makeTempDirectoryScoped()}/run.jsonl`;
      yield* fs.writeFileString(path, "what was there before\n".repeat(100));
      yield* observe(...Array.from({ length: 2_000 }, (_, at) => emitted(at))).pipe(
        Effect.provide(file(path, { name: "test" })),
      );
      const lines = (yield* fs.readFileString(path)).trimEnd().split("\n").map((line) =>
        JSON.parse(line)
      );
      assert.deepStrictEqual(lines[0], headerOf("test"));
      assert.deepStrictEqual(
        lines.slice(1).map(({ seq }) => seq),
        Array.from({ length: 2_000 }, (_, seq) => seq),
      );
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)));

  it.effect("writes the end of a program that fails", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const path = `${yield* fs.makeTempDirectoryScoped()}/run.jsonl`;
      const failing = Effect.andThen(observe(emitted(1)), Effect.fail("no"));
      yield* Effect.flip(Effect.provide(failing, file(path)));
      assert.include(yield* fs.readFileString(path), '"seq":0');
      assert.strictEqual((yield* fs.stat(path)).mode & 0o777, 0o600);
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)));

  it.effect("fails where the file cannot be opened", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Effect.provide(Effect.void, file("/nowhere/run.jsonl")));
      assert.deepStrictEqual([error._tag, error.operation, error.path], [
        "RecorderError",
        "open",
        "/nowhere/run.jsonl",
      ]);
    }).pipe(Effect.provide(NodeServices.layer)));

  it.effect("drops what the disk is too slow for, and says how much", () =>
    Effect.gen(function* () {
      const { gate, run, text } = yield* held({ maxWaiting: 10 }, 100);
      const fiber = yield* Effect.forkChild(run);
      yield* TestClock.adjust(0);
      yield* Deferred.succeed(gate, undefined);
      yield* Fiber.join(fiber);
      const lines = text().trimEnd().split("\n").map((line) => JSON.parse(line));
      const count = lines.filter(({ type }) => type === "observed").length;
      const dropped = lines.filter(({ type }) => type === "dropped");
      assert.isBelow(count, 20);
      assert.strictEqual(count + dropped.reduce((sum, line) => sum + line.count, 0), 100);
      const seqs = lines.slice(1).map(({ seq }) => seq);
      assert.deepStrictEqual(seqs, seqs.toSorted((a, b) => a - b));
    }));

  it.effect("does not wait at the end for a disk that hangs", () =>
    Effect.gen(function* () {
      const { run, text } = yield* held({ closeWithinMillis: 1_000 }, 3);
      const fiber = yield* Effect.forkChild(run);
      yield* TestClock.adjust(999);
      assert.isUndefined(fiber.pollUnsafe());
      yield* TestClock.adjust(1);
      yield* Fiber.join(fiber);
      assert.strictEqual(text(), "");
    }));

  it.effect("goes on without a file that cannot be written any more, and says so once", () =>
    Effect.gen(function* () {
      const told: Array<string> = [];
      const recorder = file("/run.jsonl", {
        onFault: ({ message }) => Effect.sync(() => void told.push(message)),
      }).pipe(Layer.provide(memoryFile(() => Effect.fail(full))));
      const program = Effect.gen(function* () {
        for (let at = 0; at < 5; at++) {
          yield* observe(emitted(at));
          yield* Effect.yieldNow;
        }
        return "done";
      });
      assert.strictEqual(yield* Effect.provide(program, recorder), "done");
      assert.deepStrictEqual(told, [
        "Recording in /run.jsonl is not whole: the file cannot be written any more",
      ]);
    }));
});
