/**
 * A real authorization server on loopback, for demonstrations and tests.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect } from "effect";
 * import { DevServer } from "@bellhop/devserver";
 *
 * const port = Effect.map(DevServer.DevServer, (server) => server.port);
 * assert.ok(await Effect.runPromise(port.pipe(Effect.provide(DevServer.layer()))) > 0);
 * ```
 *
 * @module
 */
export * as DevServer from "./dev_server.ts";
export * from "./dev_client.ts";
export * from "./dev_server_error.ts";
export type * from "./dev_server_options.ts";
export * from "./dev_user.ts";
export type * from "./fault.ts";
export type * from "./recorded_request.ts";
