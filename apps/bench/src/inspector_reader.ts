/** A process that reads an inspector's lines as its page does: told a URL, it says when it is connected, and at the end what came. */

import { rawFetch } from "./builtin_fetch.ts";

/** What came to it. */
export interface Received {
  readonly lines: number;
  /** Those of them that tell of a request with a session's token. */
  readonly exchanges: number;
  /** Lines that were gone before it came to read them. */
  readonly dropped: number;
}

/** What it says. */
export type ReaderMessage = "connected" | Received;

async function read(url: string): Promise<Received> {
  const response = await rawFetch(url);
  if (response.body === null) throw new Error(`The inspector answered ${response.status}`);
  let lines = 0;
  let exchanges = 0;
  let dropped = 0;
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      if (block.startsWith("event: header") || block.includes("\nevent: header")) tell("connected");
      const isLine = block.startsWith("id: ");
      if (!isLine && !block.startsWith("event: dropped")) continue;
      const told = JSON.parse(block.slice(block.indexOf("data: ") + 6));
      if (isLine) {
        lines++;
        if (told.observation?.type === "api.exchange") exchanges++;
      } else dropped += told.count;
    }
  }
  return { lines, exchanges, dropped };
}

function tell(message: ReaderMessage): void {
  process.send?.(message);
}

process.on("message", (url: string) => void read(url).then(tell));
process.on("disconnect", () => process.exit());
