import type { IncomingMessage } from "node:http";
import { pathOf } from "./_route.ts";
import type { RecordedRequest } from "./recorded_request.ts";

/** The oldest requests are forgotten beyond this many. */
const limit = 10_000;

/** A record that its request's handler completes. */
export type OpenRecord = { -readonly [Member in keyof RecordedRequest]: RecordedRequest[Member] };

/** What was asked of the server. */
export interface RequestLog {
  readonly open: (request: IncomingMessage) => OpenRecord;
  readonly of: (request: IncomingMessage) => OpenRecord | undefined;
  readonly list: () => ReadonlyArray<RecordedRequest>;
  readonly clear: () => void;
}

export function makeRequestLog(): RequestLog {
  const byRequest = new WeakMap<IncomingMessage, OpenRecord>();
  let records: Array<OpenRecord> = [];

  return {
    open: (request) => {
      const record: OpenRecord = {
        method: request.method ?? "GET",
        path: pathOf(request.url),
        atMillis: Date.now(),
      };
      byRequest.set(request, record);
      records.push(record);
      if (records.length > limit) {
        records = records.slice(-limit);
      }
      return record;
    },
    of: (request) => byRequest.get(request),
    list: () => records.map(copyOf),
    clear: () => {
      records = [];
    },
  };
}

function copyOf(record: OpenRecord): RecordedRequest {
  return { ...record };
}
