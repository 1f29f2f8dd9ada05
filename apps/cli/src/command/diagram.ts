/**
 * `bellhop diagram`: a chart, drawn.
 *
 * @module
 */
import * as Console from "effect/Console";
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Argument from "effect/cli/Argument";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import type { KnownChart } from "@bellhop/inspector/diagram/known_charts";
import { type CommandError, usageError } from "../command_error.ts";
import { writeLine } from "../json_lines.ts";
import { dim, layerStdout, Screen } from "../screen.ts";
import { Settings } from "../settings.ts";

const formats = ["mermaid", "svg", "json", "ascii"] as const;

type Format = (typeof formats)[number];

const flags = {
  name: Argument.String("NAME").pipe(
    Argument.withDescription("Which chart; without it, the names of all are listed"),
    Argument.optional,
  ),
  format: Flag.Literals("format", formats).pipe(
    Flag.withDescription(
      "How it is drawn; json is XState's own (ascii on a terminal, else mermaid)",
    ),
    Flag.optional,
  ),
};

/** The command. It looks at stdout, where the drawing goes. */
export const command = Command.make(
  "diagram",
  flags,
  (input) => Effect.provide(run(input), layerStdout),
).pipe(
  Command.withDescription(
    "Draws a chart: what may happen in a login, or in the life of a session, and what follows",
  ),
  Command.withShortDescription("Draw the chart of a grant or a session"),
);

/** What is drawn, and how. */
export interface DiagramOptions {
  readonly name: Option.Option<string>;
  readonly format: Option.Option<Format>;
}

/** Draws; the screen is where the drawing is seen. */
export const run: (
  options: DiagramOptions,
) => Effect.Effect<void, CommandError, Settings | Screen> = Effect.fnUntraced(
  function* ({ name, format: told }: DiagramOptions) {
    const { findChart, knownCharts } = yield* Effect.promise(() =>
      import("@bellhop/inspector/diagram/known_charts")
    );
    if (Option.isNone(name)) return yield* list(knownCharts);
    const known = findChart(name.value);
    if (known === undefined) {
      return yield* Effect.fail(usageError(
        `There is no chart ${JSON.stringify(name.value)}`,
        `Pass one of: ${knownCharts.map((chart) => chart.name).join(", ")}`,
      ));
    }
    const screen = yield* Screen;
    const { isJson } = yield* Settings;
    const isSeen = screen.isTerminal && !isJson;
    const format = Option.getOrElse(told, (): Format => isSeen ? "ascii" : "mermaid");
    const text = yield* drawn(known, format, isJson ? undefined : screen);
    yield* isJson
      ? writeLine({ type: "diagram", name: known.name, format, text })
      : Console.log(text);
  },
);

const list = Effect.fnUntraced(function* (charts: ReadonlyArray<KnownChart>) {
  const screen = yield* Screen;
  const { isJson } = yield* Settings;
  const width = Math.max(...charts.map(({ name }) => name.length));
  for (const { name, title } of charts) {
    if (isJson) yield* writeLine({ type: "chart", name, title });
    else if (!screen.isTerminal) yield* Console.log(name);
    else yield* Console.log(`${name.padEnd(width)}  ${dim(screen, title)}`);
  }
});

/** Each way of drawing is loaded only where it is wanted. */
function drawn(
  { chart, graph, title }: KnownChart,
  format: Format,
  screen: Screen | undefined,
): Effect.Effect<string> {
  const ways: Readonly<Record<Format, () => Promise<Effect.Effect<string>>>> = {
    mermaid: async () => {
      const { mermaid } = await import("@bellhop/inspector/diagram/mermaid");
      return Effect.succeed(mermaid(graph));
    },
    svg: async () => {
      const [{ layout }, { svg }] = await Promise.all([
        import("@bellhop/inspector/diagram/layout"),
        import("@bellhop/inspector/diagram/svg"),
      ]);
      return Effect.map(layout(graph), (placed) => svg(graph, placed, { title }).trimEnd());
    },
    json: async () => {
      const { xstateJson } = await import("@bellhop/inspector/diagram/xstate_json");
      return Effect.succeed(xstateJson(chart));
    },
    ascii: async () => {
      const { ascii } = await import("@bellhop/inspector/diagram/ascii");
      const columns = screen?.isTerminal === true ? screen.columns() : undefined;
      return Effect.succeed(ascii(graph, { columns, isStyled: screen?.canColor }));
    },
  };
  return Effect.flatten(Effect.promise(ways[format]));
}
