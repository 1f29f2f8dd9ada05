/** What every bad end of a `--json` run has in common. */
import { assert } from "@effect/vitest";
import type { Ended } from "./bellhop_process.ts";

/** How it should end. */
export interface Expected {
  readonly code: number;
  readonly error: string;
  /** What the sentence, and the hint, must say. */
  readonly says: RegExp;
  readonly hints: RegExp;
}

/** Asserts the end of a `--json` run: one line, whole, and nothing on stderr. */
export function assertEnd(ended: Ended, { code, error, says, hints }: Expected): void {
  const all = `${ended.stdout}${ended.stderr}`;
  assert.strictEqual(ended.code, code, all);
  const last = ended.lines.at(-1);
  assert.deepStrictEqual(Object.keys(last ?? {}), ["type", "error", "description", "hint"], all);
  assert.strictEqual(last?.["type"], "error");
  assert.strictEqual(last?.["error"], error);
  assert.match(String(last?.["description"]), says);
  assert.match(String(last?.["hint"]), hints);
  assert.notMatch(all, /\bat \S+ \(.*:\d+:\d+\)|node:internal|"_tag"/);
}
