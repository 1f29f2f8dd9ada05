import { assert, describe, it } from "@effect/vitest";
import { Result } from "effect";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { read, type ReadRecording } from "@bellhop/inspector/recording/read";
import { replay } from "@bellhop/inspector/recording/replay";
import { timelineOf } from "@bellhop/inspector/recording/timeline";
import { assertEnd } from "./testdata/assert_end.ts";
import { run, withHome } from "./testdata/bellhop_process.ts";
import { login } from "./testdata/code_session.ts";
import { withDevServer } from "./testdata/server.ts";
import { age } from "./testdata/stored_session.ts";

async function readRecording(path: string): Promise<ReadRecording> {
  return Result.getOrThrow(read(await readFile(path, "utf8")));
}

/** The flows of a recording, which has to be one that charts agree with. */
async function flowsOf(path: string): Promise<ReadonlyArray<string>> {
  const timeline = timelineOf(await readRecording(path));
  assert.deepStrictEqual(replay(timeline).mismatches, []);
  assert.deepStrictEqual(replay(timeline).unreplayed, []);
  return [...timeline.flows.values()].map(({ chart, path: end }) => `${chart} ${end}`);
}

describe("--record", () => {
  it("writes a login in the browser, step by step and without secrets", () =>
    withDevServer({}, (server) =>
      withHome(async (home) => {
        const path = join(home, "login.jsonl");
        const args = ["--record", path, "--scope", "openid profile"];
        const ended = await login(server, { home, args });
        assert.strictEqual(ended.code, 0, ended.stderr);
        const { header, isCutOff } = await readRecording(path);
        assert.deepStrictEqual([header.source, header.name, isCutOff], ["program", "login", false]);
        assert.include(await flowsOf(path), "authorizationCode authorized");
        assert.strictEqual((await stat(path)).mode & 0o777, 0o600);
        const text = await readFile(path, "utf8");
        assert.notMatch(text, /eyJ[\w-]{8,}|[?&](?:state|nonce|code)=/);
        const token = await run(["token"], { home });
        assert.isAbove(token.stdout.trim().length, 10);
        assert.notInclude(text, token.stdout.trim());
      })));

  it("writes what the other commands do, failures too", () =>
    withDevServer({}, (server) =>
      withHome(async (home) => {
        const path = join(home, "run.jsonl");
        await login(server, { home, args: ["--scope", "openid offline_access"] });
        const good = await run(["token", "--record", path], { home });
        assert.strictEqual(good.code, 0, good.stderr);
        assert.deepStrictEqual(await flowsOf(path), ["session fresh"]);
        await age(home, 86_400_000);
        const token = await run(["token", "--record", path], { home });
        assert.strictEqual(token.code, 0, token.stderr);
        assert.isTrue((await flowsOf(path)).some((flow) => flow.startsWith("session ")));
        assert.notInclude(await readFile(path, "utf8"), token.stdout.trim());
        const found = await run(["discover", server.issuer, "--record", path], { home });
        assert.strictEqual(found.code, 0, found.stderr);
        const { header, lines } = await readRecording(path);
        assert.deepStrictEqual([header.name, lines.length], ["discover", 1]);
        const lost = await run(["discover", "http://127.0.0.1:9", "--record", path], { home });
        assert.strictEqual(lost.code, 6, lost.stderr);
        const [exchange] = timelineOf(await readRecording(path)).exchanges;
        assert.deepStrictEqual([exchange?.endpoint, exchange?.outcome], [
          "metadata",
          "Unreachable",
        ]);
      })));

  it("writes the run of a simulated world", () =>
    withHome(async (home) => {
      const path = join(home, "world.jsonl");
      const args = ["simulate", "--seed", "2", "--runs", "1", "--record", path];
      const ended = await run(args, { home });
      assert.strictEqual(ended.code, 0, ended.stderr);
      assert.include(ended.stderr, `Recorded: ${path}`);
      const { header } = await readRecording(path);
      assert.deepStrictEqual([header.source, header.name, header.seed], ["simulator", "mixed", 2]);
      assert.isAbove((await flowsOf(path)).length, 3);
      assert.strictEqual((await stat(path)).mode & 0o777, 0o600);
    }));

  it("writes a recording of nothing where no flow runs, and keeps a file from others", () =>
    withHome(async (home) => {
      const path = join(home, "diagram.jsonl");
      await writeFile(path, "what was there before", { mode: 0o644 });
      const ended = await run(["diagram", "session", "--record", path], { home });
      assert.strictEqual(ended.code, 0, ended.stderr);
      const { header, lines } = await readRecording(path);
      assert.deepStrictEqual([header.name, lines], ["diagram", []]);
      assert.strictEqual((await stat(path)).mode & 0o777, 0o600);
    }));

  it("ends with 2 where the file cannot be written, and does nothing else", () =>
    withHome(async (home) => {
      const path = join(home, "no", "such", "run.jsonl");
      for (const args of [["status"], ["simulate", "--runs", "1"]]) {
        const ended = await run([...args, "--json", "--record", path], { home });
        const last = { ...ended, lines: ended.lines.slice(-1), stderr: "" };
        assertEnd(last, {
          code: 2,
          error: "invalid_configuration",
          says: /Recording cannot be written to/,
          hints: /--record FILE/,
        });
      }
    }));
});
