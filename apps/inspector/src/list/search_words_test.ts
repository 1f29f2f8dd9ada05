import { timelineOf } from "@bellhop/inspector/recording/timeline";
import { assert, describe, it } from "@effect/vitest";
import { deviceLines } from "../testdata/device_lines.ts";
import { exchangeWords, flowWords } from "./search_words.ts";

const timeline = timelineOf(deviceLines);
const [flow] = timeline.flows.values();

describe("search words", () => {
  it("flowWords tell what a flow remembers and emitted, and nothing redacted", () => {
    const words = flowWords(flow ?? assert.fail("No flow")).split(" ");
    assert.includeMembers(words, ["BQPK-KZGK", "user_code", "https://as.example.com"]);
    assert.isFalse(words.some((word) => word.includes("redacted")));
  });

  it("exchangeWords tell where a flow's requests went, and what came", () => {
    const words = exchangeWords(timeline).get(flow?.id ?? "")?.split(" ") ?? [];
    assert.includeMembers(words, [
      "https://as.example.com/token",
      "device_authorization",
      "authorization_pending",
    ]);
    assert.isFalse(words.some((word) => word.includes("redacted")));
  });
});
