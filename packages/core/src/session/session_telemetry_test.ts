import { assert, describe, it } from "@effect/vitest";
import { Context, Effect, Layer } from "effect";
import { HttpClient, HttpClientResponse } from "effect/http";
import { Otlp, OtlpExporter } from "effect/observability";
import { TestClock } from "effect/testing";
import { FaultyStore } from "./testdata/faulty_store.ts";
import { RotatingServer } from "./testdata/rotating_server.ts";
import * as World from "./testdata/session_world.ts";

const later = TestClock.adjust("2 minutes");

/** A collector that keeps what it is sent. */
function collector(received: Array<string>): Layer.Layer<HttpClient.HttpClient> {
  return Layer.succeed(
    HttpClient.HttpClient,
    HttpClient.make((request) =>
      Effect.sync(() => {
        const { body } = request;
        const text = body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : "";
        received.push(`${request.url} ${text}`);
        return HttpClientResponse.fromWeb(request, Response.json({}));
      })
    ),
  );
}

describe("telemetry", () => {
  it.effect("is exported with its names and its bounded labels, and without a secret", () =>
    Effect.gen(function* () {
      const received: Array<string> = [];
      const telemetry = yield* Layer.build(
        Otlp.layerJson({
          baseUrl: "https://collector.example.com",
          resource: { serviceName: "test" },
        }).pipe(Layer.provide(collector(received))),
      );
      const { flush } = Context.get(telemetry, OtlpExporter.Flusher);
      const server = new RotatingServer({ expiresInSeconds: 60, latencyMillis: 100 });
      const store = new FaultyStore();
      yield* World.run(server, function* () {
        const session = yield* World.openSignedIn(server, { patienceMillis: 0 });
        const ask = World.asks(Effect.exit(Effect.suspend(() => session.token())));
        const soon = TestClock.adjust("200 millis");
        yield* later;
        yield* ask;
        yield* soon;
        yield* later;
        yield* ask;
        // Once the request is out, so that renewed tokens cannot be stored.
        store.broken.add("put");
        yield* soon;
        yield* later;
        store.broken.clear();
        server.troubles.push({ type: "answer", status: 503, body: "planted-refresh-token-1" });
        yield* later;
        yield* ask;
        yield* soon;
      }, store.layer).pipe(Effect.provide(telemetry));
      yield* flush;
      const all = received.join("\n");
      for (
        const told of ["session.renewal", "TokenEndpoint.request", "bellhop_flows_started_total"]
      ) {
        assert.include(all, told);
      }
      for (const signal of ["traces", "metrics", "logs"]) assert.include(all, `/v1/${signal} `);
      assert.notInclude(all, "planted-");
    }).pipe(Effect.scoped));
});
