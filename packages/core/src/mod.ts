/**
 * OAuth for Effect programs: every grant is a state machine that can be read, run, paused and resumed.
 *
 * @module
 */
export * as SessionClient from "./http/session_client.ts";
export * as SessionFetch from "./http/session_fetch.ts";
export { InsufficientScope, OriginError, UnusableToken } from "./http/session_client_error.ts";
export * as Session from "./session/session.ts";
export { SessionError } from "./session/session_error.ts";
export * as SessionRegistry from "./session/session_registry.ts";
export * as RenewalPolicy from "./session/renewal_policy.ts";
export * as SessionState from "./session/session_state.ts";
export * as ClientCredentials from "./grant/client_credentials.ts";
export * as DeviceAuthorization from "./grant/device_authorization.ts";
export { DeviceAuthorizationError } from "./grant/device_authorization_error.ts";
export * as JwtBearer from "./grant/jwt_bearer.ts";
export * as RefreshToken from "./grant/refresh_token.ts";
export * as TokenExchange from "./grant/token_exchange.ts";
export { TokenRequestError } from "./grant/token_request_error.ts";
export * as Flow from "./flow/flow.ts";
export * as FlowActor from "./flow/actor.ts";
export * as FlowCheckpoint from "./flow/checkpoint.ts";
export * as FlowDefinition from "./flow/definition.ts";
export { CheckpointError } from "./flow/checkpoint_error.ts";
export * as Discovery from "./endpoint/discovery.ts";
export * as Introspection from "./endpoint/introspection.ts";
export * as Revocation from "./endpoint/revocation.ts";
export * as TokenEndpoint from "./endpoint/token.ts";
export * as Challenge from "./protocol/challenge.ts";
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
