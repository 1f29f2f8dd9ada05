import { flowAt } from "@bellhop/inspector/recording/moment";
import { timelineOf } from "@bellhop/inspector/recording/timeline";
import { assert, describe, it } from "@effect/vitest";
import { beginning, deviceLines } from "../testdata/device_lines.ts";
import { laidChart } from "../testdata/laid_chart.ts";
import { isWithin, marksOf, routeOf } from "./marks.ts";

const chart = await laidChart("device_authorization");
const [flow] = timelineOf(deviceLines).flows.values();
const marksAt = (after: number) => marksOf(chart, flow && flowAt(flow, { at: beginning + after }));

describe("marks", () => {
  it("marksOf lights nothing before the flow", () => {
    assert.strictEqual(marksOf(chart, undefined).nodes.size, 0);
  });

  it("marksOf lights the state, the one around it, and what may come", () => {
    const { nodes, edges } = marksAt(150);
    const timersOf = (id: string) => nodes.get(id)?.timers.map(({ timer }) => timer);
    assert.isTrue(nodes.get("awaitingUser.waiting")?.isCurrent);
    assert.isTrue(nodes.get("awaitingUser")?.isAround);
    assert.isTrue(nodes.get("awaitingUser.polling")?.isNext);
    assert.isFalse(nodes.get("requestingDeviceCode")?.isNext);
    const waiting = edges.get("awaitingUser.waiting → awaitingUser.polling");
    assert.isTrue(waiting?.isNext);
    assert.deepStrictEqual(timersOf("awaitingUser.waiting"), ["after interval"]);
    assert.deepStrictEqual(timersOf("awaitingUser"), ["after lifetime"]);
    assert.deepStrictEqual(timersOf("awaitingUser.polling"), []);
  });

  it("marksOf numbers the steps on their lines", () => {
    const { edges } = marksAt(4_300);
    const steps = (id: string) => edges.get(id)?.steps;
    assert.deepStrictEqual(steps("awaitingUser.waiting → awaitingUser.polling"), [2, 4]);
    assert.deepStrictEqual(steps("awaitingUser.polling → awaitingUser.waiting"), [3]);
    assert.deepStrictEqual(steps("awaitingUser.polling → authorized"), [5]);
    assert.isTrue(edges.get("awaitingUser.polling → authorized")?.isLast);
  });

  it("marksOf tells which transitions of a line were taken", () => {
    const line = "awaitingUser.polling → awaitingUser.waiting";
    const events = chart.edges.find(({ id }) => id === line)?.transitions ?? [];
    const { taken, last } = marksAt(2_300).edges.get(line) ?? assert.fail("No line");
    const named = (ids: ReadonlySet<string>) =>
      events.filter(({ id }) => ids.has(id)).map(({ event }) => event);
    assert.include(events.map(({ event }) => event), "slow_down");
    assert.deepStrictEqual(named(taken), ["authorization_pending"]);
    assert.deepStrictEqual(named(last), ["authorization_pending"]);
    assert.strictEqual(marksAt(4_300).edges.get(line)?.last.size, 0);
  });

  it("marksOf shows nothing as next once the flow is over", () => {
    assert.isFalse([...marksAt(4_300).edges.values()].some(({ isNext }) => isNext));
  });

  it("routeOf finds the way through states that are left at once", async () => {
    const session = await laidChart("session");
    const step = {
      seq: 1,
      at: 1,
      from: "renewing.persisting",
      to: "fresh",
      event: "stored",
      context: {},
      flowSeq: 1,
    };
    assert.deepStrictEqual(routeOf(session, step).map(({ id }) => id), [
      "renewing.persisting → settling",
      "settling → fresh",
    ]);
  });

  it("isWithin does not take a longer name for a state inside", () => {
    assert.isTrue(isWithin("a.b", "a"));
    assert.isFalse(isWithin("ab", "a"));
  });
});
