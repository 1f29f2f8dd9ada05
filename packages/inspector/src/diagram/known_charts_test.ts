import { readdirSync } from "node:fs";
import { assert, describe, it } from "@effect/vitest";
import { findChart, knownCharts } from "./known_charts.ts";

describe("knownCharts", () => {
  it("are all charts of core", () => {
    const folder = new URL("../../../core/src/chart/", import.meta.url);
    const parts = new Set([
      "operation",
      "token_request",
      "session_event",
      "authorization_code_event",
    ]);
    const files = readdirSync(folder).filter((name) => /^[a-z_]+\.ts$/.test(name))
      .map((name) => name.slice(0, -".ts".length))
      .filter((name) => !name.startsWith("_") && !name.endsWith("_test") && !parts.has(name));
    assert.sameMembers(knownCharts.map(({ name }) => name), files);
  });
});

describe("findChart()", () => {
  it.each(knownCharts)("finds $name by every way to write it", (known) => {
    for (const name of [known.name, known.name.replaceAll("_", "-"), known.chart.id]) {
      assert.strictEqual(findChart(name), known);
    }
  });

  it.each(["", "_", "constructor", "device", "Session_"])("finds nothing by %j", (name) => {
    assert.isUndefined(findChart(name));
  });
});
