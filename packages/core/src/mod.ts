/**
 * OAuth for Effect programs: every grant is a state machine that can be read, run, paused and resumed.
 *
 * @module
 */
export * as DeviceAuthorization from "./grant/device_authorization.ts";
export { DeviceAuthorizationError } from "./grant/device_authorization_error.ts";
export * as Flow from "./flow/flow.ts";
export * as FlowActor from "./flow/actor.ts";
export * as FlowCheckpoint from "./flow/checkpoint.ts";
export * as FlowDefinition from "./flow/definition.ts";
export { CheckpointError } from "./flow/checkpoint_error.ts";
export * as Discovery from "./endpoint/discovery.ts";
export * as Revocation from "./endpoint/revocation.ts";
export * as TokenEndpoint from "./endpoint/token.ts";
export * as Client from "./protocol/client.ts";
export * as ServerMetadata from "./protocol/server_metadata.ts";
export * as TokenSet from "./protocol/token_set.ts";
export { EndpointError } from "./protocol/endpoint_error.ts";
export { type Observation, Observer } from "./protocol/observation.ts";
export * as Seal from "./protocol/seal.ts";
export * as MemoryStore from "./session/memory_store.ts";
export * as SessionRecord from "./session/session_record.ts";
export { SessionStore } from "./session/session_store.ts";
export * as SessionVault from "./session/session_vault.ts";
export * as StoreConformance from "./session/store_conformance.ts";
export { StoreError } from "./session/store_error.ts";
