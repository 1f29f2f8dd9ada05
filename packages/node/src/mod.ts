/**
 * Bellhop for terminals and servers on Node: sessions in sealed files, and the key that seals them.
 *
 * @module
 */
export * as FileStore from "./file_store.ts";
export * as SealingKey from "./sealing_key.ts";
