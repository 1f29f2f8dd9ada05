import { timelineOf } from "@bellhop/inspector/recording/timeline";
import { assert, describe, it } from "@effect/vitest";
import { deviceLines } from "../testdata/device_lines.ts";
import { pendingRequests } from "./pending.ts";
import { sequenceOf } from "./rows.ts";

const everything = () => true;
const after = (count: number) => timelineOf(deviceLines.slice(0, count));
const types = deviceLines.map((line) => (line["observation"] as { readonly type: string }).type);
const typeOf = (index: number) => types[index];

describe("pendingRequests", () => {
  it("pendingRequests are there from the operation's beginning until its exchange is told", () => {
    const counts = deviceLines.map((_, index) =>
      pendingRequests(after(index + 1), everything).map(({ run }) => run.operation)
    );
    const begins = deviceLines.flatMap((_, index) =>
      typeOf(index) === "operation.started" ? [index] : []
    );
    const names = begins.map((index) => counts[index]);
    assert.deepStrictEqual(names, [["requestDeviceCode"], ["poll"], ["poll"]]);
    assert.isTrue(begins.every((index) => typeOf(index + 1) === "http.exchange"));
    assert.strictEqual(counts.flat().length, begins.length);
  });

  it("pendingRequests are those of flows that count", () => {
    assert.lengthOf(pendingRequests(after(2), () => false), 0);
  });

  it("pendingRequests are arrows to the server, whose lane is there with them", () => {
    const timeline = after(2);
    const [flow] = timeline.flows.values();
    const { lanes, rows } = sequenceOf(timeline, flow, "flow");
    assert.deepStrictEqual(lanes.map(({ name }) => name), ["Program", "Authorization server"]);
    assert.deepStrictEqual(rows.map(({ kind, label, to }) => [kind, label, to]), [
      ["pending", "requestDeviceCode …", "server"],
    ]);
  });
});
