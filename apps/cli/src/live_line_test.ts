import { assert, describe, it } from "@effect/vitest";
import { Clock, Effect, Layer } from "effect";
import { TestClock } from "effect/testing";
import { type Observation, Observer } from "@bellhop/core/protocol/observation";
import { layer, LiveLine } from "./live_line.ts";
import { Screen } from "./screen.ts";
import { Settings } from "./settings.ts";
import { settingsIn } from "./testdata/stored_session.ts";

const flowId = "830dd68072899f39";
const wipe = "\r\u001b[2K";

type Step = Observation extends infer O
  ? O extends { readonly flowId: string; readonly seq: number } ? Omit<O, "flowId" | "seq" | "at">
  : never
  : never;

/** A flow of a session that is told step by step. */
const steps = {
  started: {
    type: "flow.started",
    chart: "session",
    chartVersion: "1",
    path: "stale",
    resumed: false,
    context: {},
  },
  leasing: {
    type: "flow.transition",
    from: "stale",
    to: "renewing.leasing",
    event: "wanted",
    context: {},
  },
  asked: { type: "operation.started", operation: "awaitLease" },
  answered: {
    type: "operation.ended",
    operation: "awaitLease",
    answer: "leased",
    durationMillis: 1,
  },
  fresh: {
    type: "flow.transition",
    from: "renewing.leasing",
    to: "fresh",
    event: "current",
    context: {},
  },
} as const satisfies Record<string, Step>;

interface Shown {
  readonly tell: (step: Step) => Effect.Effect<void>;
  /** What was written since it was last asked. */
  readonly written: () => string;
}

/** Runs a command under the line. */
function shown<E>(
  use: (shown: Shown) => Effect.Effect<void, E>,
  how: Partial<Settings> & { readonly isTerminal?: boolean } = {},
): Effect.Effect<string, E> {
  return Effect.gen(function* () {
    let text = "";
    const { isTerminal = true, ...settings } = how;
    const screen = Layer.succeed(Screen, {
      isTerminal,
      hasKeys: false,
      canColor: false,
      columns: () => 60,
      write: (more) => {
        text += more;
      },
    });
    const written = () => {
      const before = text;
      text = "";
      return before;
    };
    const told = Layer.succeed(
      Settings,
      settingsIn("/nonexistent", { isVerbose: true, ...settings }),
    );
    yield* Effect.gen(function* () {
      const observer = yield* Observer;
      let seq = 0;
      const tell = (step: Step) =>
        Effect.map(
          Clock.currentTimeMillis,
          (at) => observer?.observe({ ...step, flowId, seq: seq++, at }),
        );
      yield* use({ tell, written });
    }).pipe(Effect.provide(layer.pipe(Layer.provide([screen, told]))));
    return written();
  });
}

const waiting = ({ tell }: Shown) =>
  Effect.gen(function* () {
    for (const step of [steps.started, steps.leasing, steps.asked]) yield* tell(step);
    yield* TestClock.adjust(250);
  });

describe("layer", () => {
  it.effect("shows where a flow waits, and for how long", () =>
    shown(({ tell, written }) =>
      Effect.gen(function* () {
        yield* tell(steps.started);
        yield* TestClock.adjust("1 second");
        assert.strictEqual(written(), "");
        for (const step of [steps.leasing, steps.asked]) yield* tell(step);
        yield* TestClock.adjust(250);
        assert.strictEqual(written(), `${wipe}session: renewing.leasing · for 1 s`);
        yield* TestClock.adjust("2 seconds");
        assert.isTrue(written().endsWith(`${wipe}session: renewing.leasing · for 3 s`));
        for (const step of [steps.answered, steps.fresh]) yield* tell(step);
        yield* TestClock.adjust("1 second");
        assert.strictEqual(written(), wipe);
      })
    ));

  it.effect("counts timers down, but for the one of a session that rests", () =>
    shown(({ tell, written }) =>
      Effect.gen(function* () {
        yield* tell(steps.started);
        yield* tell({ type: "timer.armed", timer: "after renewalPoint", dueAt: 60_000 });
        yield* TestClock.adjust("1 second");
        assert.strictEqual(written(), "");
        yield* tell({ type: "timer.armed", timer: "after backoff", dueAt: 9_250 });
        yield* TestClock.adjust(250);
        assert.include(written(), "after backoff in 8 s");
        yield* TestClock.adjust("1 second");
        assert.include(written(), "after backoff in 7 s");
        yield* tell({ type: "timer.fired", timer: "after backoff" });
        yield* TestClock.adjust(250);
        assert.strictEqual(written(), wipe);
      })
    ));

  it.effect("keeps within the line, and leaves nothing of it behind", () =>
    Effect.gen(function* () {
      const left = yield* shown((line) =>
        Effect.gen(function* () {
          yield* waiting(line);
          yield* line.tell({ type: "timer.armed", timer: `after ${"x".repeat(99)}`, dueAt: 9_000 });
          line.written();
          yield* TestClock.adjust(250);
          assert.strictEqual(line.written().length, wipe.length + 59);
        })
      );
      assert.strictEqual(left, wipe);
    }));

  it.effect("is wiped for good before something else is written", () =>
    shown((line) =>
      Effect.gen(function* () {
        yield* waiting(line);
        assert.include(line.written(), "renewing");
        const { hush, isHushed } = yield* LiveLine;
        assert.isFalse(isHushed());
        yield* hush;
        assert.isTrue(isHushed());
        assert.strictEqual(line.written(), wipe);
        yield* TestClock.adjust("5 seconds");
        assert.strictEqual(line.written(), "");
      })
    ));

  it.effect("is not there unless asked for, off a terminal, or beside JSON lines", () =>
    Effect.gen(function* () {
      for (
        const how of [
          { isVerbose: false },
          { isQuiet: true },
          { isJson: true },
          { isTerminal: false },
        ]
      ) {
        assert.strictEqual(yield* shown(waiting, how), "");
      }
    }));
});
