/** A process that reads an inspector's lines as its page does: told a URL, it says when it is connected, and at the end what came. */

import { rawFetch } from "./builtin_fetch.ts";

/** What came to it. */
export interface Received {
  readonly lines: number;
  /** Those of them that tell of a request with a session's token. */
  readonly exchanges: number;
  /** How many more there were, as it was told. */
  readonly skipped: number;
  /** Lines that were gone before it came to read them. */
  readonly dropped: number;
}

/** What it says. */
export type ReaderMessage = "connected" | Received;

async function read(url: string): Promise<Received> {
  const response = await rawFetch(url);
  if (response.body === null) throw new Error(`The inspector answered ${response.status}`);
  const received = { lines: 0, exchanges: 0, skipped: 0, dropped: 0 };
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      if (block.startsWith("event: header") || block.includes("\nevent: header")) tell("connected");
      else take(received, block);
    }
  }
  return received;
}

function take(received: { -readonly [Member in keyof Received]: number }, block: string): void {
  const isLine = block.startsWith("id: ");
  if (!isLine && !block.startsWith("event: dropped")) return;
  const told = JSON.parse(block.slice(block.indexOf("data: ") + 6));
  if (isLine) received.lines++;
  else received.dropped += told.count;
  if (told.observation?.type === "api.exchange") received.exchanges++;
  if (told.type === "skipped") received.skipped += told.count;
}

function tell(message: ReaderMessage): void {
  process.send?.(message);
}

process.on("message", (url: string) => void read(url).then(tell));
process.on("disconnect", () => process.exit());
