/** Lines as they come from the server that gave this page, or from a file that was dropped on it. */
import { read } from "@bellhop/inspector/recording/read";
import type { RecordingHeader } from "@bellhop/inspector/recording/recorded";
import type { Line } from "@bellhop/inspector/recording/timeline";
import * as Result from "effect/Result";
import { check } from "../check/check.ts";
import { add, current, open, show } from "./store.ts";
import { size } from "./words.ts";

let waiting: Array<Line> = [];
let frame = 0;

/** Listens to the server's events, where this page came from one. Gives what ends that. */
export function listen(): () => void {
  if (!location.protocol.startsWith("http")) return () => undefined;
  const events = new EventSource("events");
  events.addEventListener("header", ({ data }: MessageEvent<string>) => {
    if (current().source.type === "file") return;
    const { source, header } = current();
    if (source.type !== "live" || header === undefined) {
      open(JSON.parse(data) as RecordingHeader, [], { type: "live", status: "open" });
    } else show({ source: { type: "live", status: "open" } });
  });
  events.addEventListener("message", ({ data }: MessageEvent<string>) => hear(data));
  events.addEventListener("dropped", ({ data }: MessageEvent<string>) => {
    const { count } = JSON.parse(data) as { readonly count: number };
    if (current().source.type !== "file") show({ missed: current().missed + count });
  });
  events.addEventListener("end", () => {
    events.close();
    if (current().source.type !== "live") return;
    take();
    show({ source: { type: "live", status: "ended" } });
    void check();
  });
  events.addEventListener("open", () => {
    if (current().source.type !== "file") show({ source: { type: "live", status: "open" } });
  });
  events.addEventListener("error", () => {
    if (current().source.type === "live") show({ source: { type: "live", status: "lost" } });
    else if (events.readyState === EventSource.CLOSED) events.close();
  });
  return () => {
    events.close();
    cancelAnimationFrame(frame);
  };
}

/** Adds what came at most once a frame. */
function hear(data: string): void {
  if (current().source.type === "file") return;
  waiting.push(JSON.parse(data) as Line);
  if (frame !== 0) return;
  frame = requestAnimationFrame(take);
}

function take(): void {
  cancelAnimationFrame(frame);
  frame = 0;
  const lines = waiting;
  waiting = [];
  if (lines.length > 0) add(lines);
}

/** Larger files are not read: all that is in one is held at once. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Opens a recording. What is no recording is told, and leaves what is shown. */
export async function openFile(file: File): Promise<void> {
  if (file.size > MOST_BYTES) {
    const most = `recordings up to ${size(MOST_BYTES)} open here`;
    show({ fault: `${file.name}: It has ${size(file.size)}; ${most}` });
    return;
  }
  const text = await file.text();
  Result.match(read(text), {
    onSuccess: ({ header, lines }) => {
      open(header, lines, { type: "file", name: file.name });
      void check();
    },
    onFailure: ({ message }) => show({ fault: `${file.name}: ${message}` }),
  });
}
