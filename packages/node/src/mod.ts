/**
 * Bellhop for terminals and servers on Node: sessions in sealed files, the key that seals
 * them in the keyring of the operating system or a file, and logins in the user's browser.
 *
 * @module
 */
export * as Browser from "./browser.ts";
export * as FileStore from "./file_store.ts";
export * as HttpClient from "./http_client.ts";
export * as KeyRotation from "./key_rotation.ts";
export { KeySourceError, type KeySourceProblem } from "./key_source_error.ts";
export * as Keyring from "./keyring.ts";
export * as LoopbackListener from "./loopback_listener.ts";
export {
  LoopbackListenerError,
  type LoopbackListenerErrorReason,
} from "./loopback_listener_error.ts";
export * as LoopbackListenerPage from "./loopback_listener_page.ts";
export * as SealingKey from "./sealing_key.ts";
export * as SessionStorage from "./session_storage.ts";
export * as StorageChoice from "./storage_choice.ts";
export * as TerminalLogin from "./terminal_login.ts";
