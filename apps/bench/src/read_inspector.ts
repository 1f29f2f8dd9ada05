/**
 * An inspector whose lines another process reads as its page does.
 *
 * @module
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer";
import type { Hub } from "@bellhop/inspector/server/hub";
import { Inspector, layer as inspectorLayer } from "@bellhop/inspector/server/inspector";
import * as Effect from "effect/Effect";
import * as Layer from "effect/Layer";
import * as ManagedRuntime from "effect/ManagedRuntime";
import * as Redacted from "effect/Redacted";
import * as SecureRandom from "effect/crypto/SecureRandom";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { ReaderMessage, Received } from "./inspector_reader.ts";

/** An inspector that is being read. */
export interface ReadInspector {
  readonly hub: Hub;
  /** Ends it, and tells what came to the reader. */
  readonly close: () => Promise<Received>;
}

/** Starts a process that reads. It ends when it is disconnected. */
export function startReader(): ChildProcess {
  return fork(new URL("./inspector_reader.ts", import.meta.url), { execArgv: [] });
}

/** Starts an inspector, and has it read. */
export async function readInspector(reader: ChildProcess): Promise<ReadInspector> {
  const runtime = ManagedRuntime.make(
    inspectorLayer({ closeWithinMillis: 30_000 }).pipe(
      Layer.provide([
        NodeHttpServer.layerServer(createServer, { host: "127.0.0.1", port: 0 }),
        SecureRandom.layerWebCrypto,
      ]),
    ),
  );
  const { url, hub } = await runtime.runPromise(Inspector);
  const connected = once(reader, "message");
  reader.send(Redacted.value(url).replace("/?", "/events?"));
  await connected;
  return {
    hub,
    close: async () => {
      const told = once(reader, "message") as Promise<[Exclude<ReaderMessage, string>]>;
      await Effect.runPromise(hub.close);
      const [received] = await told;
      await runtime.dispose();
      return received;
    },
  };
}
