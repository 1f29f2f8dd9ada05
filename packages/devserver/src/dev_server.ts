/**
 * A real OAuth 2 and OpenID Connect authorization server on loopback, in process, for demonstrations
 * and tests: `oidc-provider` with what it lacks around it.
 *
 * It knows the device grant, the authorization code with PKCE, client credentials, refresh with
 * rotation and reuse detection, revocation and introspection, and it has a protected API. It lives in
 * memory, has one user without a password, and says nothing on stdout or stderr.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect } from "effect";
 * import { make } from "@bellhop/devserver/dev_server";
 *
 * const program = Effect.scoped(Effect.gen(function* () {
 *   const server = yield* make();
 *   const response = yield* Effect.promise(() =>
 *     fetch(`${server.issuer}/.well-known/openid-configuration`)
 *   );
 *   const metadata = yield* Effect.promise(() => response.json());
 *   return metadata.issuer === server.issuer;
 * }));
 *
 * assert.equal(await Effect.runPromise(program), true);
 * ```
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import type * as Scope from "effect/Scope";
import { approve, deny } from "./_approval.ts";
import { makeAuthorizationServer } from "./_authorization_server.ts";
import { makeFaultPlan } from "./_fault_plan.ts";
import { loadLibrary } from "./_library.ts";
import { serve } from "./_loopback_server.ts";
import { makePollMeter } from "./_poll_meter.ts";
import { makeRequestHandler } from "./_request_handler.ts";
import { makeRequestLog } from "./_request_log.ts";
import { settingsOf } from "./_settings.ts";
import { generateSigningKeys } from "./_signing_keys.ts";
import type { DevClient } from "./dev_client.ts";
import type { DevServerError } from "./dev_server_error.ts";
import type { DevServerOptions } from "./dev_server_options.ts";
import type { DevUser } from "./dev_user.ts";
import type { Fault } from "./fault.ts";
import type { RecordedRequest } from "./recorded_request.ts";

/** A running development server. */
export interface DevServer {
  /** Exactly `http://127.0.0.1:PORT`. */
  readonly issuer: string;
  /** The port it listens on. */
  readonly port: number;
  /** Its clients, the built-in ones and those of the options. */
  readonly clients: ReadonlyArray<DevClient>;
  /** Its one user. */
  readonly user: DevUser;
  /** The user approves the device that shows `userCode`, with all it asks for. */
  readonly approve: (userCode: string) => Effect.Effect<void, DevServerError>;
  /** The user denies the device that shows `userCode`. */
  readonly deny: (userCode: string) => Effect.Effect<void, DevServerError>;
  /** Plans a fault. Of several for one endpoint the first planned strikes first. */
  readonly fault: (fault: Fault) => Effect.Effect<void>;
  /** Forgets the faults that have not struck yet. */
  readonly clearFaults: Effect.Effect<void>;
  /** The next `polls` polls of the device grant are answered `slow_down`, whenever they come. */
  readonly slowDownNext: (polls: number) => Effect.Effect<void>;
  /** The requests so far, in the order of their arrival; at most the last 10,000. */
  readonly requests: Effect.Effect<ReadonlyArray<RecordedRequest>>;
  /** Forgets the requests so far. */
  readonly clearRequests: Effect.Effect<void>;
}

/** Key of the {@linkcode DevServer} service. */
export const DevServer: Context.Service<DevServer, DevServer> = Context.Service(
  "@bellhop/devserver/dev_server/DevServer",
);

/**
 * Starts a server that runs until the scope closes. Closing cuts every connection.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect } from "effect";
 * import { make } from "@bellhop/devserver/dev_server";
 *
 * const program = Effect.scoped(Effect.gen(function* () {
 *   const { issuer, approve } = yield* make();
 *   const response = yield* Effect.promise(() =>
 *     fetch(`${issuer}/device/auth`, {
 *       method: "POST",
 *       body: new URLSearchParams({ client_id: "bellhop-cli", scope: "openid" }),
 *     })
 *   );
 *   const { user_code } = yield* Effect.promise(() => response.json());
 *   yield* approve(user_code);
 *   return yield* Effect.flip(approve(user_code));
 * }));
 *
 * const error = await Effect.runPromise(program);
 * assert.equal(error.reason._tag, "UserCodeUsed");
 * ```
 *
 * @param options Port, clients, lifetimes and habits of the server.
 * @returns The running server; fails with `PortInUse`, `ListenFailed` or `InvalidOption`.
 */
export const make: (
  options?: DevServerOptions,
) => Effect.Effect<DevServer, DevServerError, Scope.Scope> = Effect.fn("DevServer.make")(
  function* (options: DevServerOptions = {}) {
    const settings = yield* settingsOf(options);
    const [library, keys] = yield* Effect.promise(() =>
      Promise.all([loadLibrary(), generateSigningKeys()])
    );
    const runFork = Effect.runForkWith(yield* Effect.context());
    const onDefect = (defect: unknown) => {
      runFork(Effect.logDebug("The development server met a defect", defect));
    };
    const log = makeRequestLog();
    const faults = makeFaultPlan();
    const meter = makePollMeter({
      intervalMillis: settings.intervalSeconds * 1000,
      now: () => performance.now(),
    });

    return yield* serve(settings.port, (port) => {
      const issuer = `http://127.0.0.1:${port}`;
      const context = { library, keys, settings, issuer, meter, log, faults, onDefect };
      const provider = makeAuthorizationServer(context);
      const authority = { provider, user: settings.user };
      const value = DevServer.of({
        issuer,
        port,
        clients: settings.clients,
        user: settings.user,
        approve: (userCode) => approve(authority, userCode),
        deny: (userCode) => deny(authority, userCode),
        fault: (fault) => Effect.sync(() => faults.add(fault)),
        clearFaults: Effect.sync(() => faults.clear()),
        slowDownNext: (polls) => Effect.sync(() => meter.slowDownNext(polls)),
        requests: Effect.sync(() => log.list()),
        clearRequests: Effect.sync(() => log.clear()),
      });
      return { listener: makeRequestHandler({ ...context, provider }), value };
    });
  },
);

/**
 * Provides a server that runs as long as the layer's scope.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect } from "effect";
 * import { DevServer, layer } from "@bellhop/devserver/dev_server";
 *
 * const issuer = Effect.map(DevServer, (server) => server.issuer);
 * const program = issuer.pipe(Effect.provide(layer({ accessTokenSeconds: 5 })));
 * assert.match(await Effect.runPromise(program), /^http:\/\/127\.0\.0\.1:\d+$/);
 * ```
 *
 * @param options Port, clients, lifetimes and habits of the server.
 */
export function layer(options: DevServerOptions = {}): Layer.Layer<DevServer, DevServerError> {
  return Layer.effect(DevServer, make(options));
}
