import { assert, describe, it } from "@effect/vitest";
import { Effect, Option, Redacted, Result } from "effect";
import { isPlanted } from "@bellhop/simulator/server/secret";
import type { Observation } from "@bellhop/core/protocol/observation";
import { read } from "./read.ts";
import { make } from "./recorder.ts";
import { recorded } from "./testdata/program.ts";
import { timelineOf } from "./timeline.ts";
import { stateAt } from "./moment.ts";

describe("a recording", () => {
  it.effect("holds no secret of logins, ID tokens, renewals and failures", () =>
    Effect.gen(function* () {
      const { text } = yield* recorded;
      for (const line of text.split("\n")) assert.isFalse(isPlanted(line), line);
      assert.notMatch(text, /eyJ[\w-]{8,}/);
      assert.include(text, "<redacted>");
      // What the client made itself: state, nonce and verifier are in its requests only.
      assert.notMatch(text, /[?&](?:state|nonce|code|code_challenge)=/);
      const timeline = timelineOf(Result.getOrThrow(read(text)));
      const all = [...timeline.flows.values(), ...timeline.sessions.values(), timeline.exchanges];
      const { flows, sessions } = stateAt(timeline, timeline.lastAt ?? 0);
      assert.isFalse(isPlanted(JSON.stringify([all, timeline.messages, flows, sessions])));
    }));

  it.effect("holds no state, nonce or verifier of a login", () =>
    Effect.gen(function* () {
      const { text } = yield* recorded;
      assert.isAbove(text.length, 10_000);
      const names = ["state", "nonce", "verifier", "url", "code", "deviceCode", "accessToken"];
      for (
        const [, value] of text.matchAll(
          new RegExp(`"(?:${names.join("|")})":("[^"]*"|[^,}]*)`, "g"),
        )
      ) {
        if (value?.startsWith('"http') === true) continue;
        assert.include(['"<redacted>"', '"<string>"'], value);
      }
    }));

  it("holds no text below the name of a secret, and none in a text that names it", () => {
    const written: Array<string> = [];
    const observer = make({ sink: (line) => written.push(JSON.stringify(line)) });
    const context = {
      access_token: { value: "pl4nted" },
      token: ["pl4nted", { deep: ["pl4nted"] }],
      refreshToken: Option.some("pl4nted"),
      idToken: new Map([["raw", "pl4nted"]]),
      password: 4_711_2026,
      client_secret: 4_711_2026n,
      callback: "https://app.example.com/cb?iss=a&code=pl4nted",
      sent: ["grant_type=password&password=pl4nted", "authorization: Bearer pl4nted-12345678"],
      after: "kept",
      verificationUriComplete: "https://as.example.com/device?user_code=WDJB-MJHT",
    };
    observer.observe({
      type: "flow.started",
      flowId: "a",
      seq: 0,
      at: 1,
      chart: "c",
      chartVersion: "1",
      path: "s",
      resumed: false,
      context,
    });
    const [line = ""] = written;
    assert.notMatch(line, /pl4nted|47112026/);
    const { after, verificationUriComplete } = JSON.parse(line).observation.context;
    assert.deepStrictEqual(
      [after, verificationUriComplete],
      [context.after, context.verificationUriComplete],
    );
  });

  it("holds nothing of an error but its words, and of what a program hands on only the type", () => {
    const written: Array<string> = [];
    const observer = make({ sink: (line) => written.push(JSON.stringify(line)) });
    const error = Object.assign(new Error("it said access_token=pl4nted-1234567"), {
      _tag: "Failed",
      hint: "try again",
      request: "pl4nted",
      reason: { _tag: "Rejected", body: "pl4nted" },
      cause: new Error("pl4nted"),
    });
    const data = {
      error,
      validated: { id: "pl4nted" },
      accessToken: "pl4nted",
      labelled: Redacted.make("pl4nted", { label: "pl4nted" }),
      nested: { list: [Redacted.make("pl4nted")] },
      set: new Set([Redacted.make("pl4nted")]),
      map: new Map([[Redacted.make("pl4nted"), Redacted.make("pl4nted")]]),
    };
    const observation: Observation = {
      type: "flow.transition",
      flowId: "a",
      seq: 0,
      at: 1,
      from: "b",
      to: "c",
      event: "e",
      data,
      context: { memo: "pl4nted", toJSON: () => "pl4nted" },
    };
    observer.observe(observation);
    const [line = ""] = written;
    assert.notInclude(line, "pl4nted");
    const told = JSON.parse(line).observation.data.error;
    assert.deepStrictEqual(told, {
      name: "Error",
      tag: "Failed",
      reason: "Rejected",
      message: "it said access_token=<redacted>",
      hint: "try again",
    });
  });
});
