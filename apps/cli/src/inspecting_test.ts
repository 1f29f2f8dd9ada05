import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import { writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { assertEnd } from "./testdata/assert_end.ts";
import { run, type Running, start, withHome } from "./testdata/bellhop_process.ts";
import { login } from "./testdata/device_session.ts";
import { withDevServer } from "./testdata/server.ts";

const header = `{"type":"recording","format":1,"source":"program","name":"login"}`;
const line = `{"seq":0,"at":1000,"type":"observed","process":"main","observation":` +
  `{"type":"flow.emitted","flowId":"f","seq":0,"at":1000,"event":"user_code"}}`;

/** Everything that the inspector of a command sends until it ends. */
async function watched(command: Running): Promise<string> {
  const { url } = await command.line("inspector");
  const response = await fetch(String(url).replace("/?", "/events?"));
  return response.text();
}

describe.concurrent("bellhop inspect", () => {
  it(
    "serves a recording until it is interrupted",
    { timeout: 60_000 },
    () =>
      withHome(async (home) => {
        const file = join(home, "login.jsonl");
        await writeFile(file, `${header}\n${line}\n`);
        const command = start(["inspect", "--json", "--no-browser", "--open", file], { home });
        const { url } = await command.line("inspector");
        const page = await fetch(String(url), { redirect: "manual" });
        assert.strictEqual(page.status, 303);
        const kept = await fetch(String(url).replace("/?", "/recording.jsonl?"));
        assert.strictEqual(await kept.text(), `${header}\n${line}\n`);
        // A page that comes later is told that nothing follows, too.
        for (let page = 0; page < 2; page++) {
          assert.match(await watched(command), /id: 0\n.*\n\nevent: end\n/);
        }
        command.kill("SIGINT");
        assert.strictEqual((await command.ended).code, 130);
      }),
  );

  it("opens nothing that is no recording", { timeout: 60_000 }, () =>
    withHome(async (home) => {
      const file = join(home, "other.json");
      await writeFile(file, "{}");
      for (const path of [file, join(home, "missing")]) {
        assertEnd(await run(["inspect", "--json", "--open", path], { home }), {
          code: 2,
          error: "invalid_configuration",
          says: /cannot be opened/,
          hints: /--record/,
        });
      }
    }));
});

describe.concurrent("--inspect", () => {
  it(
    "shows a login while it runs, whole and without a secret",
    { timeout: 60_000 },
    () =>
      withHome((home) =>
        withDevServer({}, async (server) => {
          const named = ["--issuer", server.issuer, "--client-id", "bellhop-cli"];
          const command = start(
            ["login", "--inspect", "--json", "--grant", "device", ...named],
            { home },
          );
          const { url } = await command.line("inspector");
          // Somebody who stays connected and says nothing does not keep the command alive.
          const idle = connect(Number(new URL(String(url)).port), "127.0.0.1").on(
            "error",
            () => {},
          );
          const events = watched(command);
          const { user_code: userCode } = await command.line("user_code");
          await Effect.runPromise(server.approve(String(userCode)));
          const { code, stderr } = await command.ended;
          assert.strictEqual(code, 0, stderr);
          idle.destroy();
          const text = await events;
          for (const part of ["deviceAuthorization", "authorized", "http.exchange", "event: end"]) {
            assert.include(text, part);
          }
          const token = await run(["token"], { home });
          assert.isAbove(token.stdout.length, 10);
          assert.notInclude(text, token.stdout.trim());
        })
      ),
  );

  it("shows a simulated world when it has ended, and ends once a page has it", () =>
    withHome(async (home) => {
      const args = ["simulate", "--inspect", "--json", "--seed", "2", "--runs", "1"];
      const command = start(args, { home });
      const text = await watched(command);
      assert.match(text, /event: header\ndata: .*"source":"simulator".*"seed":2\b/);
      for (const part of ["process.started", "http.sent", "event: end"]) assert.include(text, part);
      const { code, lines } = await command.ended;
      assert.deepStrictEqual([code, lines.at(-1)?.["type"]], [0, "inspector"]);
    }));

  it("is refused where there is nothing to show", () =>
    withHome(async (home) => {
      const refused = [
        { args: ["diagram", "session"], hints: /Leave it out/ },
        { args: ["inspect", "--no-browser"], hints: /Leave it out/ },
        { args: ["status", "--watch"], hints: /token --inspect/ },
        { args: ["serve"], hints: /talks to the server/ },
      ];
      for (const { args, hints } of refused) {
        assertEnd(await run([...args, "--inspect", "--json"], { home }), {
          code: 2,
          error: "invalid_usage",
          says: /--inspect has nothing to show here/,
          hints,
        });
      }
    }));

  it(
    "says at the end where nobody can have seen anything",
    { timeout: 60_000 },
    () =>
      withHome((home) =>
        withDevServer({}, async (server) => {
          const nothing = await run(["token", "--inspect"], { home });
          assert.strictEqual(nothing.code, 8);
          assert.match(nothing.stderr, /Nothing happened that the inspector could show/);
          assert.strictEqual((await login(server, { home })).code, 0);
          // A token that is good as it is: its session is opened all the same, to be seen.
          const unwatched = await run(["token", "--inspect"], { home });
          assert.strictEqual(unwatched.code, 0, unwatched.stderr);
          assert.match(unwatched.stderr, /No page opened the inspector before the end/);
          const quiet = await run(["token", "--inspect", "--quiet"], { home });
          assert.deepStrictEqual([quiet.code, quiet.stderr], [0, ""]);
        })
      ),
  );
});
