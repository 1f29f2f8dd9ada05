import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import { TestConsole } from "effect/testing";
import { encodeJson, errorLine, userCodeLine, writeLine } from "./json_lines.ts";

describe("encodeJson()", () => {
  it("leaves no character that acts on a terminal, and loses none", () => {
    const text = "a\u001b[31m\u009b2J\u0007\u202eb\u2028\u200b\ufeffc\né";
    const json = encodeJson({ text });
    assert.match(json, /^[\u0020-\u007e\u00a0-\uffff]*$/);
    assert.notMatch(json, /[\u200b\u2028\u202e\ufeff]/);
    assert.deepStrictEqual(JSON.parse(json), { text });
  });
});

describe("userCodeLine()", () => {
  it("counts in seconds, and writes null for a link that the server did not give", () => {
    const line = userCodeLine({
      type: "user_code",
      userCode: "WDJB-MJHT",
      verificationUri: "https://as.example.com/device",
      verificationUriComplete: undefined,
      expiresInMillis: 1_800_000,
      intervalMillis: 5_000,
    });
    assert.deepStrictEqual(line, {
      type: "user_code",
      user_code: "WDJB-MJHT",
      verification_uri: "https://as.example.com/device",
      verification_uri_complete: null,
      expires_in: 1800,
      interval: 5,
    });
  });
});

describe("writeLine()", () => {
  it.effect("writes one line to stdout", () =>
    Effect.gen(function* () {
      const failure = {
        exitCode: 8,
        error: "no_session",
        description: "a",
        hint: undefined,
      } as const;
      yield* writeLine(errorLine(failure));
      assert.deepStrictEqual(yield* TestConsole.logLines, [
        `{"type":"error","error":"no_session","description":"a","hint":null}`,
      ]);
    }).pipe(Effect.provide(TestConsole.layer)));
});
