/**
 * One authorization server that lives on between requests: the pure model with a place for its state,
 * for tests that want to look at it and change it while clients use it.
 *
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { make } from "@bellhop/simulator/server/simulated_server";
 *
 * const server = make();
 * const url = "https://as.example.com/api";
 * server.handle({ method: "GET", url, headers: {}, body: "" }, 1_000);
 *
 * deepEqual(server.facts.map(({ type }) => type), ["api.called"]);
 * ```
 *
 * @module
 */
import * as Context from "effect/Context";
import { type Changed, handle, initial } from "./authorization_server.ts";
import type { ServerFact } from "./server_fact.ts";
import type { ServerRequest, ServerResponse } from "./server_message.ts";
import type { ServerOptions } from "./server_options.ts";
import type { ServerState } from "./server_state.ts";

/** One request as it came. It carries the secrets that it carried. */
export interface SeenRequest extends ServerRequest {
  /** When, by the clock of the server. */
  readonly atMillis: number;
  /** How it was answered. */
  readonly status: number;
}

/** An authorization server that lives on between requests. */
export interface SimulatedServer {
  /** What it knows now. */
  readonly state: ServerState;
  /** What happened so far. */
  readonly facts: ReadonlyArray<ServerFact>;
  /** What was asked so far. */
  readonly requests: ReadonlyArray<SeenRequest>;
  /** Answers one request, at a time that it is told. */
  readonly handle: (request: ServerRequest, nowMillis: number) => ServerResponse;
  /** Changes the state between requests, as `revokeFamily` does. */
  readonly update: (change: (state: ServerState) => Changed) => void;
}

/** Service key. */
export const SimulatedServer: Context.Service<SimulatedServer, SimulatedServer> = Context.Service(
  "@bellhop/simulator/server/simulated_server/SimulatedServer",
);

/**
 * Starts a server.
 *
 * @param options How it behaves.
 */
export function make(options: ServerOptions = {}): SimulatedServer {
  const facts: Array<ServerFact> = [];
  const requests: Array<SeenRequest> = [];
  let state = initial(options);
  return {
    get state() {
      return state;
    },
    facts,
    requests,
    handle: (request, atMillis) => {
      const handled = handle(state, request, atMillis);
      state = handled.state;
      facts.push(...handled.facts);
      requests.push({ ...request, atMillis, status: handled.response.status });
      return handled.response;
    },
    update: (change) => {
      const changed = change(state);
      state = changed.state;
      facts.push(...changed.facts);
    },
  };
}
