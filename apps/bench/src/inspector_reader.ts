/** A process that reads an inspector's lines as its page does: told a URL, it says when it is connected, and at the end how many lines came. */

import { rawFetch } from "./builtin_fetch.ts";

/** What it says. */
export type ReaderMessage = "connected" | { readonly lines: number };

async function read(url: string): Promise<number> {
  const response = await rawFetch(url);
  if (response.body === null) throw new Error(`The inspector answered ${response.status}`);
  let lines = 0;
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      if (block.startsWith("event: header") || block.includes("\nevent: header")) tell("connected");
      if (!block.startsWith("id: ")) continue;
      JSON.parse(block.slice(block.indexOf("data: ") + 6));
      lines++;
    }
  }
  return lines;
}

function tell(message: ReaderMessage): void {
  process.send?.(message);
}

process.on("message", (url: string) => void read(url).then((lines) => tell({ lines })));
process.on("disconnect", () => process.exit());
