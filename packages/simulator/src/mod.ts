/**
 * A world in memory where OAuth can go wrong, with a seed that brings it back.
 *
 * `Simulation` runs worlds, `Program` puts a program of your own into them, `TestLayer` is the quiet
 * one for tests under a test clock.
 *
 * @module
 */
export { type Invariant, type Scene, type Watcher } from "./invariant/invariant.ts";
export { invariants } from "./invariant/invariants.ts";
export { mixed } from "./scenario/mixed.ts";
export * as Program from "./scenario/program.ts";
export type { Scenario } from "./scenario/scenario.ts";
export * as SimulatedClient from "./scenario/simulated_client.ts";
export * as AuthorizationServer from "./server/authorization_server.ts";
export type { ServerOptions } from "./server/server_options.ts";
export { SimulatedServer } from "./server/simulated_server.ts";
export * as WebHandler from "./server/web_handler.ts";
export * as Simulation from "./simulation.ts";
export { People } from "./simulation/people.ts";
export type { ProcessServices } from "./simulation/process_services.ts";
export * as TestLayer from "./test_layer.ts";
export { Process } from "./world/process.ts";
export type { WorldEvent } from "./world/world_event.ts";
