import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { assertEnd } from "./testdata/assert_end.ts";
import { run, start, withHome } from "./testdata/bellhop_process.ts";
import { withDevServer } from "./testdata/server.ts";

const named = ["--issuer", "https://as.example.com", "--client-id", "bellhop-cli"];

const byHand = [
  "--authorization-endpoint",
  "https://as.example.com/authorize",
  "--token-endpoint",
  "https://as.example.com/token",
];

/** Wrong usage, what its sentence must say, and its hint. */
const wrong: Readonly<Record<string, readonly [ReadonlyArray<string>, RegExp, RegExp]>> = {
  "no command": [[], /No command/, /--help/],
  "an unknown command": [["logn"], /Unknown subcommand "logn"/, /Did you mean login\?/],
  "an unknown flag": [["status", "--jsn"], /--jsn/, /bellhop status --help/],
  "a stray argument": [["status", "extra"], /extra/, /--help/],
  "a missing argument": [["call"], /URL/, /bellhop call --help/],
  "a duration that is none": [["token", "--min-ttl", "soon"], /min-ttl.*60s/, /--help/],
  "a port that is none": [["serve", "--port", "70000"], /65535/, /--help/],
  "an end of simulating that is none": [["simulate", "--until", "never"], /no such end/, /30s/],
  "a chart that there is not": [["diagram", "nothing"], /"nothing"/, /device_authorization/],
  "a profile's name that does not fit": [
    ["status", "--profile", "../x"],
    /profile's name/,
    /letters/,
  ],
  "a login without a server": [["login"], /No server/, /--issuer/],
  "a login without a client": [
    ["login", "--issuer", "https://a.example"],
    /No client/,
    /--client-id/,
  ],
  "a grant of another build": [["login", "--grant", "implicit", ...named], /"implicit"/, /device/],
  "a redirect URI elsewhere": [
    ["login", "--redirect-uri", "https://app.example.com/cb", ...named, ...byHand],
    /not an http URL/,
    /registered/,
  ],
  "two ports of one redirect": [
    ["login", ...named, "--redirect-port", "1234", "--redirect-uri", "http://127.0.0.1:1/cb"],
    /two ports/,
    /registered/,
  ],
  "a redirect for another grant": [
    ["login", "--grant", "device", "--redirect-port", "1234", ...named],
    /in the browser/,
    /--grant code/,
  ],
  "a redirect port that is none": [
    ["login", "--redirect-port", "0", ...named],
    /65535/,
    /--help/,
  ],
  "a prompt that is none": [["login", "--prompt", "always", ...named], /"always"/, /consent/],
  "a browser where the server has no page for it": [
    ["login", "--grant", "code", ...named, "--token-endpoint", "https://as.example.com/token"],
    /authorization_endpoint/,
    /--authorization-endpoint/,
  ],
  "an ID token that could not be checked": [
    ["login", "--grant", "code", "--scope", "openid", ...named, ...byHand],
    /jwks_uri/,
    /--jwks-uri/,
  ],
  "a bare client key": [
    ["login", ...named, "--client-key", "hunter2-planted"],
    /process list/,
    /--client-key-file/,
  ],
  "a secret beside a key": [
    ["login", ...named, "--client-secret-env", "A", "--client-key-env", "B"],
    /not both/,
    /either/,
  ],
  "a client key that is none": [
    ["login", ...named, ...byHand, "--client-key-file", import.meta.filename],
    /key/,
    /JSON Web Key/,
  ],
  "an unknown way of authentication": [
    ["login", ...named, "--token-auth", "jwt"],
    /basic.*private-key-jwt/,
    /--help/,
  ],
  "a service without a secret": [
    ["login", "--grant", "client-credentials", ...named],
    /secret/,
    /--client-secret-file/,
  ],
  "a bare client secret": [
    ["login", ...named, "--client-secret", "hunter2-planted"],
    /process list/,
    /--client-secret-file/,
  ],
  "two places of one secret": [
    ["login", ...named, "--client-secret-file", "a", "--client-secret-env", "B"],
    /file and in a variable/,
    /either/,
  ],
  "a secret file that is not there": [
    ["login", ...named, "--client-secret-file", "/nonexistent"],
    /\/nonexistent.*NotFound/,
    /path/,
  ],
  "a secret variable that is not set": [
    ["login", ...named, "--client-secret-env", "NOT_SET"],
    /NOT_SET/,
    /Set it/,
  ],
  "an endpoint that is not secure": [
    ["login", ...named, "--token-endpoint", "http://as.example.com/token"],
    /token_endpoint/,
    /flag/,
  ],
  "an endpoint that is missing": [
    ["login", ...named, "--token-endpoint", "https://as.example.com/token"],
    /device_authorization_endpoint/,
    /by hand/,
  ],
  "the metadata's address instead of the issuer": [
    ["discover", "https://as.example.com/.well-known/openid-configuration"],
    /not an issuer/,
    /Pass "https:\/\/as\.example\.com" instead/,
  ],
  "a call in clear": [["call", "http://api.example.com/"], /nothing was sent/, /https/],
  "a call to a file": [["call", "file:///etc/passwd"], /nothing was sent/, /https/],
  "a call with its own Authorization": [
    ["call", "https://api.example.com/", "-H", "Authorization: Basic eDp5"],
    /header/,
    /Authorization/,
  ],
  "a call by TRACE": [["call", "https://api.example.com/", "-X", "TRACE"], /method/, /GET/],
};

describe.concurrent("wrong usage", () => {
  for (const [what, [args, says, hints]] of Object.entries(wrong)) {
    it(`${what} exits with 2`, { timeout: 60_000 }, () =>
      withHome(async (home) => {
        const ended = await run([...args, "--json"], { home });
        const { error } = ended.lines.at(-1) ?? {};
        assertEnd(ended, { code: 2, error: String(error), says, hints });
        assert.match(
          String(error),
          /^(?:invalid_usage|invalid_configuration|invalid_url|unsupported)$/,
        );
        assert.notInclude(`${ended.stdout}${ended.stderr}`, "hunter2-planted");
        const others = ended.lines.slice(0, -1).filter(({ type }) => type !== "state");
        assert.deepStrictEqual(others, []);
        assert.strictEqual(ended.stdout.split("\n").length, ended.lines.length + 1, ended.stdout);
      }));
  }

  it(
    "help is on stdout when asked for, on stderr when not",
    { timeout: 60_000 },
    () =>
      withHome(async (home) => {
        const [asked, unasked] = await Promise.all([
          run(["login", "--help"], { home }),
          run(["login", "--bogus"], { home }),
        ]);
        assert.strictEqual(asked.code, 0);
        assert.include(asked.stdout, "--device-authorization-endpoint");
        assert.notMatch(asked.stdout, /--client-secret\s/);
        assert.strictEqual(asked.stderr, "");
        assert.strictEqual(unasked.stdout, "");
        assert.include(unasked.stderr, "USAGE");
        assert.match(
          unasked.stderr,
          /error: Unrecognized flag: --bogus .*\nhint: {2}Run "bellhop login --help"\n$/,
        );
      }),
  );

  it(
    "only the commands of this build are listed",
    { timeout: 60_000 },
    () =>
      withHome(async (home) => {
        const { stdout } = await run(["--help"], { home });
        const listed = stdout.split("SUBCOMMANDS\n")[1]?.match(/^ {2}\w+/gm)?.map((name) =>
          name.trim()
        );
        assert.deepStrictEqual(listed, [
          "login",
          "token",
          "call",
          "status",
          "whoami",
          "logout",
          "discover",
          "serve",
          "inspect",
          "diagram",
          "simulate",
        ]);
      }),
  );

  it(
    "completions know the commands and their flags",
    { timeout: 60_000 },
    () =>
      withHome(async (home) => {
        for (const shell of ["bash", "zsh", "fish"]) {
          const { code, stdout } = await run(["--completions", shell], { home });
          assert.strictEqual(code, 0);
          for (const word of ["login", "client-id", "min-ttl", "json"]) {
            assert.include(stdout, word);
          }
        }
      }),
  );
});

describe.concurrent("a session that is not there", () => {
  for (const args of [["token"], ["call", "https://api.example.com/"], ["whoami"], ["logout"]]) {
    it(
      `${args[0]} exits with 8`,
      { timeout: 60_000 },
      () =>
        withHome(async (home) =>
          assertEnd(await run([...args, "--json", "--profile", "work"], { home }), {
            code: 8,
            error: "no_session",
            says: /Profile "work" has no session/,
            hints: /bellhop login --profile work/,
          })
        ),
    );
  }

  it(
    "status shows nothing, and logout --all has nothing to do",
    { timeout: 60_000 },
    () =>
      withHome(async (home) => {
        const status = await run(["status", "--json"], { home });
        assert.deepStrictEqual([status.code, status.stdout], [0, "[]\n"]);
        assert.deepStrictEqual(await readdir(home), []);
        const logout = await run(["logout", "--all"], { home });
        assert.strictEqual(logout.code, 0);
      }),
  );
});

describe.concurrent("a store that fails", () => {
  it(
    "a home that is a file exits with 7",
    { timeout: 60_000 },
    () =>
      withHome(async (directory) => {
        const home = join(directory, "file");
        await writeFile(home, "");
        const ended = await run(["login", "--json", ...named], { home });
        assertEnd(ended, { code: 7, error: "store_sealing_key", says: /file/, hints: /\w/ });
      }),
  );

  it(
    "a sealing key that is none exits with 7 and is not shown",
    { timeout: 60_000 },
    () =>
      withHome(async (home) => {
        const env = { BELLHOP_STORE_KEY: "planted-key" };
        const ended = await run(["token", "--json"], { home, env });
        assertEnd(ended, {
          code: 7,
          error: "store_sealing_key",
          says: /BELLHOP_STORE_KEY/,
          hints: /Set it/,
        });
        assert.notInclude(ended.stdout, "planted-key");
      }),
  );

  for (const args of [["status"], ["login", ...named]]) {
    it(
      `${args[0]} --store keyring exits with 7 where no keyring answers, and makes nothing`,
      { timeout: 60_000 },
      () =>
        withHome(async (directory) => {
          const home = join(directory, "home");
          assertEnd(await run([...args, "--json", "--store", "keyring"], { home }), {
            code: 7,
            error: "store_sealing_key",
            says: /keyring: bellhop.*no keyring answers here/,
            hints: /key file/,
          });
          assert.deepStrictEqual(await readdir(directory), []);
        }),
    );
  }

  it("a profile that is no JSON exits with 7", { timeout: 60_000 }, () =>
    withHome(async (home) => {
      await mkdir(join(home, "profiles"));
      await writeFile(join(home, "profiles", "profile-default.json"), "{");
      const ended = await run(["login", "--json"], { home });
      assertEnd(ended, {
        code: 7,
        error: "store_unreadable",
        says: /profile-default\.json/,
        hints: /--issuer/,
      });
    }));

  it("a damaged session exits with 7, hides no other, and can be logged out", {
    timeout: 60_000,
  }, () =>
    withHome((home) =>
      withDevServer({}, async (server) => {
        for (const profile of ["damaged", "sound"]) {
          const child = start([
            "login",
            "--json",
            "--issuer",
            server.issuer,
            "--client-id",
            "bellhop-cli",
            "--profile",
            profile,
          ], { home });
          const { user_code: userCode } = await child.line("user_code");
          await Effect.runPromise(server.approve(String(userCode)));
          assert.strictEqual((await child.ended).code, 0);
        }
        const sessions = join(home, "sessions");
        const file = (await readdir(sessions)).find((name) => name.includes("damaged")) ?? "";
        await writeFile(join(sessions, file), "garbage");
        const profile = ["--profile", "damaged"];
        const [status, token, login] = await Promise.all([
          run(["status", "--json"], { home }),
          run(["token", "--json", ...profile], { home }),
          run(["login", "--json", ...profile], { home }),
        ]);
        assert.strictEqual(status.code, 7, status.stdout);
        const [array = ""] = status.stdout.split("\n");
        const states = (JSON.parse(array) as ReadonlyArray<Record<string, unknown>>)
          .map(({ profile, issuer, state }) => [profile, issuer, state]);
        assert.deepStrictEqual(states, [
          ["damaged", server.issuer, "unreadable"],
          ["sound", server.issuer, "fresh"],
        ]);
        const expected = { code: 7, error: "store_corrupt", says: /"damaged"/, hints: /log out/ };
        assertEnd(token, expected);
        assertEnd(login, expected);
        const other = { BELLHOP_STORE_KEY: Buffer.alloc(32, 7).toString("base64url") };
        assertEnd(await run(["token", "--json", "--profile", "sound"], { home, env: other }), {
          code: 7,
          error: "store_unknown_key",
          says: /another key/,
          hints: /Provide the key/,
        });
        assert.strictEqual((await run(["logout", ...profile], { home })).code, 0);
        assert.strictEqual((await run(["status", "--json"], { home })).code, 0);
      })
    ));
});
