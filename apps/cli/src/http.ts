/**
 * The HTTP client: Node's own, loaded when the first request is made.
 *
 * It follows no redirect, and so carries no token to another place. `NODE_EXTRA_CA_CERTS` is Node's own
 * affair; `HTTPS_PROXY` and `NO_PROXY` are read here. `HTTP_PROXY` is not: plain HTTP is for loopback
 * only, which no proxy has a business with.
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as HttpClient from "effect/http/HttpClient";
import type { HttpClientError } from "effect/http/HttpClientError";
import type { HttpClientRequest } from "effect/http/HttpClientRequest";
import * as Layer from "effect/Layer";

/** Provides the client. A command that sends nothing does not pay for it. */
export const layer: Layer.Layer<HttpClient.HttpClient> = Layer.effect(
  HttpClient.HttpClient,
  Effect.gen(function* () {
    const scope = yield* Effect.scope;
    const client = yield* Effect.cached(
      // Whoever asked first may go; those who wait for the same client stay.
      Effect.uninterruptible(Layer.buildWithScope(layerNode, scope)),
    );
    return HttpClient.makeWith(
      (requests: Effect.Effect<HttpClientRequest, HttpClientError>) =>
        Effect.flatMap(
          client,
          (context) => Context.get(context, HttpClient.HttpClient).postprocess(requests),
        ),
      Effect.succeed,
    );
  }),
);

const layerNode = Layer.unwrap(
  Effect.promise(async () => {
    const { layerNodeHttpOptions } = await import("@effect/platform-node/NodeHttpClient");
    return layerNodeHttpOptions({ proxyEnv: proxyOf(process.env) });
  }),
);

type Variables = Readonly<Record<string, string | undefined>>;

function proxyOf(env: Variables): NodeJS.ProcessEnv {
  const proxy = env["https_proxy"] ?? env["HTTPS_PROXY"];
  const except = env["no_proxy"] ?? env["NO_PROXY"];
  return {
    ...(proxy === undefined ? {} : { https_proxy: proxy }),
    ...(except === undefined ? {} : { no_proxy: except }),
  };
}
