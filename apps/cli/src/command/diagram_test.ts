import { assert, describe, it } from "@effect/vitest";
import { Effect, Option } from "effect";
import * as Command from "effect/cli/Command";
import { TestConsole } from "effect/testing";
import { NodeServices } from "@effect/platform-node";
import { knownCharts } from "@bellhop/inspector/diagram/known_charts";
import { makeWorld, type WorldOptions } from "../testdata/world.ts";
import { command, run } from "./diagram.ts";

const provided = Effect.provide([NodeServices.layer, TestConsole.layer]);
const written = Effect.map(TestConsole.logLines, (lines) => lines.map(String));
const names = knownCharts.map(({ name }) => name);

/** Types a command line; stdout is no terminal here. */
const typed = Effect.fnUntraced(function* (args: ReadonlyArray<string>, isJson = false) {
  const [, layer] = makeWorld({ home: "/nonexistent", isJson });
  const diagram = Command.runWith(command, { version: "0.0.0" });
  yield* Effect.provide(diagram(args), layer);
  return yield* written;
});

/** Draws where stdout is as told. */
const shown = Effect.fnUntraced(function* (name: string | undefined, options: WorldOptions) {
  const [, layer] = makeWorld(options);
  const drawing = run({ name: Option.fromUndefinedOr(name), format: Option.none() });
  yield* Effect.provide(drawing, layer);
  return yield* written;
});

const starts = {
  mermaid: "stateDiagram-v2\n",
  svg: "<svg ",
  json: "{\n",
  ascii: "session (version 1)\n",
};

describe("diagram", () => {
  it.effect.each(Object.entries(starts))(
    "draws as %s",
    ([format, start]) =>
      Effect.gen(function* () {
        const [drawing = "", ...rest] = yield* typed(["session", "--format", format]);
        assert.isTrue(drawing.startsWith(start), drawing.slice(0, 40));
        assert.isFalse(drawing.endsWith("\n"));
        assert.deepStrictEqual(rest, []);
      }).pipe(provided),
  );

  it.effect("is Mermaid where stdout is no terminal, and text where it is one", () =>
    Effect.gen(function* () {
      const [piped = ""] = yield* typed(["token-exchange"]);
      assert.isTrue(piped.startsWith(starts.mermaid));
      const seen = yield* shown("tokenExchange", { home: "/nonexistent", isTerminal: true });
      assert.match(seen.at(-1) ?? "", /tokenExchange/);
      assert.match(seen.at(-1) ?? "", /├── .*trying/);
    }).pipe(provided));

  it.effect("lists the names without one, and says on a terminal what they are", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* typed([]), names);
      const seen = yield* shown(undefined, { home: "/nonexistent", isTerminal: true });
      assert.match(seen[names.length] ?? "", /^device_authorization +.*Device authorization grant/);
    }).pipe(provided));

  it.effect("ends with 2 where there is no such chart, and names those that there are", () =>
    Effect.gen(function* () {
      const [, layer] = makeWorld({ home: "/nonexistent" });
      const drawing = run({ name: Option.some("implicit"), format: Option.none() });
      const error = yield* Effect.flip(Effect.provide(drawing, layer));
      assert.deepStrictEqual([error.exitCode, error.code], [2, "invalid_usage"]);
      assert.include(error.description, '"implicit"');
      for (const name of names) assert.include(error.hint, name);
      assert.deepStrictEqual(yield* written, []);
    }).pipe(provided));

  it.effect("writes a line for programs", () =>
    Effect.gen(function* () {
      const [line = ""] = yield* typed(["device_authorization", "--format", "ascii"], true);
      const { text, ...rest } = JSON.parse(line) as Record<string, unknown>;
      const name = "device_authorization";
      assert.deepStrictEqual(rest, { type: "diagram", name, format: "ascii" });
      assert.match(String(text), /^deviceAuthorization \(version 1\)\n/);
    }).pipe(provided));

  it.effect("lists the names for programs", () =>
    Effect.gen(function* () {
      const lines = (yield* typed([], true)).map((line) => JSON.parse(line) as { name: string });
      assert.deepStrictEqual(lines.map(({ name }) => name), names);
      assert.deepStrictEqual(
        lines[0],
        {
          type: "chart",
          name: "device_authorization",
          title: "Device authorization grant",
        } as typeof lines[0],
      );
    }).pipe(provided));
});
