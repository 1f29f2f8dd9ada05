import { assert, describe, it } from "@effect/vitest";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { run, withHome } from "../testdata/bellhop_process.ts";

describe("demo", () => {
  it(
    "ends by itself with 0, shows every state, and leaves nothing",
    { timeout: 60_000 },
    () =>
      withHome(async (home) => {
        const startedMillis = Date.now();
        const env = { TMPDIR: home };
        const { code, stdout, stderr } = await run([], { home, env, program: "demo/main.ts" });
        assert.strictEqual(code, 0, stdout + stderr);
        assert.isBelow(Date.now() - startedMillis, 30_000);
        const states = [...stdout.matchAll(/\+ *\d+\.\d\d s {2}(\S+) +← (.*)/g)].map((match) =>
          `${match[1]} by ${match[2]}`
        );
        assert.deepStrictEqual(states, [
          "requestingDeviceCode by start",
          "awaitingUser.waiting by device_code",
          "awaitingUser.polling by after interval",
          "awaitingUser.waiting by slow_down",
          "awaitingUser.polling by after interval",
          "authorized by token",
        ]);
        assert.include(stdout, `"sub":"ada"`);
        assert.include(stdout, "None holds a token in clear");
        assert.include(stdout, "answered: slow_down, token.");
        assert.strictEqual(stderr, "");
        assert.deepStrictEqual(await readdir(home), []);
        assert.notEqual(home, tmpdir());
      }),
  );
});
