/**
 * The HTTP client: Node's own, loaded when the first command needs it.
 *
 * It follows no redirect, and so carries no token to another place. `NODE_EXTRA_CA_CERTS` is Node's own
 * affair; `HTTPS_PROXY` and `NO_PROXY` are read here. `HTTP_PROXY` is not: plain HTTP is for loopback
 * only, which no proxy has a business with.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type * as HttpClient from "effect/http/HttpClient";

/** Provides the client. */
export const layer: Layer.Layer<HttpClient.HttpClient> = Layer.unwrap(
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
