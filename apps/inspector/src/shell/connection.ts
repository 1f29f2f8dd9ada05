/** Lines as they come from the server that gave this page, or from a file that was dropped on it. */
import { read } from "@bellhop/inspector/recording/read";
import type { RecordingHeader } from "@bellhop/inspector/recording/recorded";
import type { Line } from "@bellhop/inspector/recording/timeline";
import * as Result from "effect/Result";
import { check } from "../check/check.ts";
import { add, current, open, settle, show } from "./store.ts";
import { size } from "./words.ts";

/** How long the page rests between two looks at what came: it has more to do than to listen. */
const REST_MILLIS = 120;

let waiting: Array<Line> = [];
let timer: ReturnType<typeof setTimeout> | undefined;
let tookAt = -Infinity;

/** Listens to the server's events, where this page came from one. Gives what ends that. */
export function listen(): () => void {
  if (!location.protocol.startsWith("http")) return () => undefined;
  const events = new EventSource("events");
  events.addEventListener("header", ({ data }: MessageEvent<string>) => begin(JSON.parse(data)));
  events.addEventListener("message", ({ data }: MessageEvent<string>) => hear(data));
  events.addEventListener("dropped", ({ data }: MessageEvent<string>) => {
    const { count } = JSON.parse(data) as { readonly count: number };
    if (current().source.type !== "file") show({ missed: current().missed + count });
  });
  events.addEventListener("end", () => {
    events.close();
    finish();
  });
  events.addEventListener("open", () => {
    const { type } = current().source;
    if (type === "live" || type === "nothing") show({ source: { type: "live", status: "open" } });
  });
  events.addEventListener("error", () => {
    if (current().source.type === "live") show({ source: { type: "live", status: "lost" } });
    else if (events.readyState === EventSource.CLOSED) events.close();
  });
  return () => {
    events.close();
    clearTimeout(timer);
    timer = undefined;
  };
}

/** The server's first event; `opened` is the name of the file where it shows a recording. */
type Beginning = RecordingHeader & { readonly opened?: string };

/** Begins anew, unless a lost connection is back or a file was opened here. */
function begin({ opened, ...told }: Beginning): void {
  const { source, header } = current();
  if (source.type === "file" || source.type === "served") return;
  if (opened !== undefined) return open(told, [], { type: "served", name: opened, isWhole: false });
  if (source.type !== "live" || header === undefined) {
    open(told, [], { type: "live", status: "open" });
  } else show({ source: { type: "live", status: "open" } });
}

/** Nothing more comes: what there is can be checked. */
function finish(): void {
  const { source } = current();
  if (source.type !== "live" && source.type !== "served") return;
  take();
  if (source.type === "live") show({ source: { type: "live", status: "ended" } });
  else {
    show({ source: { ...source, isWhole: true } });
    settle();
  }
  void check();
}

/** Adds what came: at once, or when the page has rested. */
function hear(data: string): void {
  if (current().source.type === "file") return;
  waiting.push(JSON.parse(data) as Line);
  timer ??= setTimeout(take, Math.max(0, tookAt + REST_MILLIS - performance.now()));
}

function take(): void {
  clearTimeout(timer);
  timer = undefined;
  const lines = waiting;
  waiting = [];
  if (lines.length > 0) add(lines);
  tookAt = performance.now();
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
