/**
 * Bellhop for terminals and servers on Node: sessions in sealed files, the key that seals
 * them, and opening a browser.
 *
 * @module
 */
export * as Browser from "./browser.ts";
export * as FileStore from "./file_store.ts";
export * as SealingKey from "./sealing_key.ts";
