import { assert, describe, it } from "@effect/vitest";
import { Result } from "effect";
import { parse } from "./response_body.ts";

function problemOf(text: string): string {
  return Result.getOrThrow(Result.flip(parse(text))).problem;
}

describe("response_body", () => {
  const members = { access_token: "a", token_type: "bearer" };
  const bodies: Record<string, string> = {
    "JSON": JSON.stringify(members),
    "JSON with white space around it": ` \r\n${JSON.stringify(members, null, 2)}\n`,
    "JSON after a byte order mark": `\ufeff${JSON.stringify(members)}`,
    "a form": "access_token=a&token_type=bearer",
    "a form with a line feed": "access_token=a&token_type=bearer\n",
  };
  for (const [name, body] of Object.entries(bodies)) {
    it(`parse() reads ${name}`, () => {
      assert.deepStrictEqual(Result.getOrThrow(parse(body)), members);
    });
  }

  it("parse() keeps unknown members and escapes of a form", () => {
    assert.deepStrictEqual(
      Result.getOrThrow(parse("error=slow_down&error_description=Too%20fast+now&x=1")),
      { error: "slow_down", error_description: "Too fast now", x: "1" },
    );
  });

  const nonsense: ReadonlyArray<readonly [string, string]> = [
    ["", "notJson"],
    ["<!doctype html><a href='?error=access_denied'>", "notJson"],
    ["Internal error", "notJson"],
    [`{"access_token":"a`, "notJson"],
    ["null", "unexpectedShape"],
    ["[]", "unexpectedShape"],
    [`"access_token=a"`, "unexpectedShape"],
    ["error=a&error=b", "unexpectedShape"],
    ["[".repeat(65), "tooDeep"],
    [`Oops: a=b&c=d`, "notJson"],
  ];
  for (const [body, problem] of nonsense) {
    it(`parse() calls ${JSON.stringify(body.slice(0, 30))} ${problem}`, () => {
      assert.strictEqual(problemOf(body), problem);
    });
  }

  it("parse() says when JSON breaks off, and quotes nothing", () => {
    const problem = Result.getOrThrow(Result.flip(parse(`{"access_token":"planted`)));
    assert.strictEqual(problem.description, "the JSON breaks off");
  });
});
