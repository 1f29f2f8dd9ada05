import { assert, describe, it } from "@effect/vitest";
import { Effect, FileSystem, Option } from "effect";
import * as Command from "effect/cli/Command";
import { TestConsole } from "effect/testing";
import { NodeServices } from "@effect/platform-node";
import type { Invariant } from "@bellhop/simulator/invariant/invariant";
import { read } from "@bellhop/simulator/simulation/recording";
import { failureOf } from "../failure.ts";
import { makeWorld } from "../testdata/world.ts";
import { command, run, type SimulateOptions } from "./simulate.ts";

/** Quick to violate: the first request that is sent. */
const noRequest: Invariant = {
  name: "noRequest",
  sentence: "Nobody sends a request.",
  watch: () => ({
    on: (event) => event.type === "http.sent" ? `${event.process} did` : undefined,
  }),
};

const options: SimulateOptions = {
  seed: Option.some(1),
  runs: Option.none(),
  processes: Option.some(2),
  faults: "chaos",
  duration: Option.none(),
  until: Option.none(),
  keep: Option.none(),
  record: Option.none(),
  invariants: [],
};

const provided = Effect.provide([NodeServices.layer, TestConsole.layer]);

/** Each line on stdout, parsed. */
const lines = Effect.map(
  TestConsole.logLines,
  (all) => all.map((line) => JSON.parse(String(line)) as Record<string, unknown>),
);

describe("simulate", () => {
  it.effect("tells programs how far it is and what came of it", () =>
    Effect.gen(function* () {
      const [, layer] = makeWorld({ home: "/nonexistent", isJson: true });
      yield* Effect.provide(run({ ...options, runs: Option.some(2) }), layer);
      const written = yield* lines;
      assert.deepStrictEqual(written.map(({ type }) => type), ["progress", "simulated"]);
      assert.deepStrictEqual(written.map(({ runs, of_runs }) => [runs, of_runs]), [[1, 2], [2, 2]]);
      const { seed, violations } = written[1] ?? {};
      assert.deepStrictEqual([seed, violations], [1, 0]);
    }).pipe(provided));

  it.effect("ends with 1 where something did not hold, and says how to see it again", () =>
    Effect.gen(function* () {
      const [, layer] = makeWorld({ home: "/nonexistent", isJson: true });
      const failing = { ...options, until: Option.some("FAILURE"), invariants: [noRequest] };
      const error = yield* Effect.flip(Effect.provide(run(failing), layer));
      assert.deepStrictEqual([error.exitCode, error.code], [1, "invariant_violated"]);
      const written = yield* lines;
      assert.deepStrictEqual(written.map(({ type }) => type), [
        "progress",
        "violation",
        "simulated",
      ]);
      const { invariant, sentence, detail, seed, keep, command } = written[1] ?? {};
      assert.deepStrictEqual([invariant, sentence, seed], ["noRequest", noRequest.sentence, 1]);
      assert.match(String(keep), /^e\d+,m1,t\d+/);
      assert.include(error.hint, String(command));

      const again = { ...failing, until: Option.none(), keep: Option.some(String(keep)) };
      yield* Effect.flip(Effect.provide(run(again), layer));
      const replayed = (yield* lines).findLast(({ type }) => type === "violation");
      assert.deepStrictEqual([replayed?.["detail"], replayed?.["keep"]], [detail, keep]);
    }).pipe(provided));

  it.effect("tells people of the shrunk world", () =>
    Effect.gen(function* () {
      const [world, layer] = makeWorld({ home: "/nonexistent", isTerminal: true });
      const failing = { ...options, runs: Option.some(1), invariants: [noRequest] };
      yield* Effect.flip(Effect.provide(run(failing), layer));
      const [report = "", summary] = (yield* TestConsole.logLines).map(String);
      assert.match(report, /^Seed 1: noRequest is violated after/);
      assert.include(report, "World: 1 process, 0 faults, 1 errand");
      assert.match(report, /bellhop simulate --seed 1 --processes 2 .* --keep e/);
      assert.match(String(summary), /^1 run, seed 1 · .* · 1 violation$/);
      const live =
        /^Seed: 1\n\r.*1 run · 1 violation · \d+ flows and .* a second.*Shrinking seed 1/s;
      assert.match(world.screen, live);
    }).pipe(provided));

  it.effect("runs worlds as long as it is told, and says so in the command", () =>
    Effect.gen(function* () {
      const [, layer] = makeWorld({ home: "/nonexistent", isJson: true });
      const long = { ...options, runs: Option.some(1), duration: Option.some(90_500) };
      const failing = { ...long, invariants: [noRequest] };
      yield* Effect.provide(run(long), layer);
      const error = yield* Effect.flip(Effect.provide(run(failing), layer));
      const written = yield* lines;
      assert.strictEqual(written[1]?.["virtual_ms"], 90_500 + 700_000 + 120_000);
      const { command, detail, keep } = written.find(({ type }) => type === "violation") ?? {};
      assert.match(
        String(command),
        /^bellhop simulate --seed 1 --processes 2 --faults chaos --duration 90500ms --runs 1 --keep/,
      );
      assert.include(error.hint, "--duration 90500ms");
      yield* Effect.flip(
        Effect.provide(run({ ...failing, keep: Option.some(String(keep)) }), layer),
      );
      const replayed = (yield* lines).findLast(({ type }) => type === "violation");
      assert.strictEqual(replayed?.["detail"], detail);
    }).pipe(provided));

  it.effect("takes a seed of its own, and says which", () =>
    Effect.gen(function* () {
      const [world, layer] = makeWorld({ home: "/nonexistent" });
      yield* Effect.provide(
        run({ ...options, seed: Option.none(), until: Option.some("1") }),
        layer,
      );
      const [, seed] = /^Seed: (\d+)\n/.exec(world.screen) ?? [];
      assert.match(String((yield* TestConsole.logLines)[0]), new RegExp(`^1 run, seed ${seed} ·`));
    }).pipe(provided));

  it.effect("records the last run", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const path = `${yield* fs.makeTempDirectoryScoped()}/run.jsonl`;
      const [, layer] = makeWorld({ home: "/nonexistent" });
      const recorded = { ...options, runs: Option.some(2), record: Option.some(path) };
      yield* Effect.provide(run(recorded), layer);
      const { header, events } = yield* read(yield* fs.readFileString(path));
      assert.deepStrictEqual([header.seed, header.scenario], [2, "mixed"]);
      assert.isAbove(events.length, 50);
      const elsewhere = { ...recorded, record: Option.some(`${path}/no/such`) };
      const error = yield* Effect.flip(Effect.provide(run(elsewhere), layer));
      assert.deepStrictEqual([error.exitCode, error.code], [2, "invalid_configuration"]);
    }).pipe(Effect.scoped, provided));

  it.effect("refuses ends and cuts that are none", () =>
    Effect.gen(function* () {
      const [, layer] = makeWorld({ home: "/nonexistent" });
      for (
        const wrong of [
          { until: Option.some("never") },
          { until: Option.some("0") },
          { until: Option.some("3"), runs: Option.some(4) },
          { keep: Option.some("everything") },
          { keep: Option.some("m1,t5"), seed: Option.none() },
        ]
      ) {
        const error = yield* Effect.flip(Effect.provide(run({ ...options, ...wrong }), layer));
        assert.deepStrictEqual([error.exitCode, error.code], [2, "invalid_usage"]);
      }
    }).pipe(provided));

  it.effect("takes its flags from a command line", () =>
    Effect.gen(function* () {
      const [world, layer] = makeWorld({ home: "/nonexistent" });
      const simulate = Command.runWith(command, { version: "0.0.0" });
      const args = ["--seed", "5", "--runs", "1", "--processes", "1", "--faults", "none"];
      yield* Effect.provide(simulate([...args, "--duration", "1m"]), layer);
      const refused = yield* Effect.flip(
        Effect.provide(simulate([...args, "--duration", "0s"]), layer),
      );
      assert.include(failureOf(refused).description, "a time such as 5m");
      assert.strictEqual(world.screen, "Seed: 5\n");
      assert.match(String((yield* TestConsole.logLines)[0]), /^1 run, seed 5 · .* · no violation$/);
    }).pipe(provided));
});
