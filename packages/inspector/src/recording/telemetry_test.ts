import { assert, describe, it } from "@effect/vitest";
import { Context, Effect, Layer } from "effect";
import { HttpClient, HttpClientResponse } from "effect/http";
import { Otlp, OtlpExporter } from "effect/observability";
import { isPlanted } from "@bellhop/simulator/server/secret";
import { knownCharts } from "../diagram/known_charts.ts";
import { layerWorld, program } from "./testdata/program.ts";

/** What was sent to a collector, by its path. */
interface Export {
  readonly path: string;
  readonly text: string;
}

/** A collector in memory. */
function collector(received: Array<Export>): Layer.Layer<HttpClient.HttpClient> {
  return Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make((request) =>
      Effect.sync(() => {
        const { body } = request;
        const text = body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : "";
        received.push({ path: new URL(request.url).pathname, text });
        return HttpClientResponse.fromWeb(request, Response.json({}));
      })
    ),
  );
}

/** All grants and two sessions, with what they left at a collector. */
const exported = Effect.gen(function* () {
  const received: Array<Export> = [];
  const telemetry = yield* Layer.build(
    Otlp.layerJson({
      baseUrl: "https://collector.example.com",
      resource: { serviceName: "test" },
      loggerExportInterval: "1 day",
      metricsExportInterval: "1 day",
      tracerExportInterval: "1 day",
    }).pipe(Layer.provide(collector(received))),
  );
  yield* program.pipe(Effect.provide(layerWorld), Effect.provide(telemetry));
  yield* Context.get(telemetry, OtlpExporter.Flusher).flush;
  return received;
}).pipe(Effect.scoped);

type Json = Readonly<Record<string, unknown>>;

/** All members of a name, wherever they are. */
function membersOf(value: unknown, name: string): ReadonlyArray<unknown> {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === name ? [inner].flat() : membersOf(inner, name)
  );
}

function sentTo(received: ReadonlyArray<Export>, path: string): ReadonlyArray<unknown> {
  return received.filter((each) => each.path === path).map(({ text }) => JSON.parse(text));
}

/** What a metric's labels may be: words that stand in the charts. */
const words: Readonly<Record<string, ReadonlySet<unknown>>> = {
  chart: new Set(knownCharts.map(({ chart }) => chart.id)),
  state: new Set([
    ...knownCharts.flatMap(({ graph }) => graph.nodes.map(({ id }) => id)),
    "interrupted",
    "defect",
  ]),
  operation: new Set(
    knownCharts.flatMap(({ graph }) => graph.nodes.flatMap(({ operations }) => operations)),
  ),
  answer: new Set([
    ...knownCharts.flatMap(({ graph }) => graph.edges.map(({ event }) => event)),
    "interrupted",
    "defect",
  ]),
};

/** What the labels of each metric are. */
const labels: Readonly<Record<string, ReadonlyArray<string>>> = {
  bellhop_flows_started_total: ["chart"],
  bellhop_flows_ended_total: ["chart", "state"],
  bellhop_operation_duration_milliseconds: ["chart", "operation", "answer"],
};

/** What a span may have beside its name; the last is Effect's own. */
const attributes = [
  "server.address",
  "url.full",
  "http.response.status_code",
  "grant_type",
  "effect.fiber.interrupted",
];

function assertSecretless(received: ReadonlyArray<Export>): void {
  const paths = new Set(received.map(({ path }) => path));
  assert.deepStrictEqual([...paths].toSorted(), ["/v1/logs", "/v1/metrics", "/v1/traces"]);
  for (const { text } of received) {
    assert.isFalse(isPlanted(text), text);
    assert.notMatch(text, /eyJ[\w-]{8,}|[?&](?:state|nonce|code|code_challenge)=/);
  }
}

function assertSpans(spans: ReadonlyArray<Json>): void {
  const names = new Set(spans.map((span) => span["name"]));
  for (const { chart } of knownCharts) {
    assert.isTrue(names.has(chart.id === "session" ? "session.renewal" : chart.id), chart.id);
  }
  const found = spans.flatMap((span) => span["attributes"] as ReadonlyArray<Json>);
  const keys = new Set(found.map(({ key }) => key));
  assert.deepStrictEqual(keys, new Set<unknown>(attributes));
  for (const { key, value } of found) {
    if (key === "url.full") assert.notMatch(JSON.stringify(value), /[?#@]/);
  }
}

function assertMetrics(metrics: ReadonlyArray<Json>): void {
  const names = new Set(metrics.map((metric) => String(metric["name"])));
  assert.deepStrictEqual([...names].toSorted(), Object.keys(labels).toSorted());
  const charts = new Set<unknown>();
  for (const metric of metrics) {
    for (const point of membersOf(metric, "dataPoints") as ReadonlyArray<Json>) {
      const own = point["attributes"] as ReadonlyArray<Json>;
      assert.sameMembers(own.map(({ key }) => key), [...labels[String(metric["name"])] ?? []]);
      for (const { key, value } of own) {
        const text = (value as Json)["stringValue"];
        assert.isTrue(words[String(key)]?.has(text), `${key}: ${text}`);
        if (key === "chart") charts.add(text);
      }
    }
  }
  assert.deepStrictEqual(charts, words["chart"]);
}

describe("what a program with every grant and two sessions exports", () => {
  it.effect("holds no secret, and no attributes and labels but those that are promised", () =>
    Effect.gen(function* () {
      const received = yield* exported;
      assertSecretless(received);
      assertSpans(membersOf(sentTo(received, "/v1/traces"), "spans") as ReadonlyArray<Json>);
      assertMetrics(membersOf(sentTo(received, "/v1/metrics"), "metrics") as ReadonlyArray<Json>);
    }));
});
