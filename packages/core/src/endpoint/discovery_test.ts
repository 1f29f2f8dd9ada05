import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import { HttpClient } from "effect/http";
import { discover, type DiscoverOptions } from "./discovery.ts";
import { answer, type Behaviour, broken, scripted } from "./testdata/scripted_client.ts";

const issuer = "https://as.example.com/t";
const oauth = "https://as.example.com/.well-known/oauth-authorization-server/t";
const appended = "https://as.example.com/t/.well-known/openid-configuration";
const inserted = "https://as.example.com/.well-known/openid-configuration/t";
const document = { issuer, token_endpoint: `${issuer}/token` };
const found = answer(200, document);

function run(
  behaviours: ReadonlyArray<Behaviour>,
  asked: string = issuer,
  options: DiscoverOptions = {},
) {
  const { client, sent } = scripted(...behaviours);
  return Effect.exit(discover(asked, options)).pipe(
    Effect.map((exit) => ({ exit, urls: sent.map(({ url }) => url), sent })),
    Effect.provideService(HttpClient.HttpClient, client),
  );
}

function errorOf(behaviours: ReadonlyArray<Behaviour>, asked: string = issuer) {
  const { client, sent } = scripted(...behaviours);
  return Effect.flip(discover(asked)).pipe(
    Effect.map((error) => ({ error, urls: sent.map(({ url }) => url) })),
    Effect.provideService(HttpClient.HttpClient, client),
  );
}

describe("discovery: where it looks", () => {
  it.effect("discover() asks once where RFC 8414 says, and asks for JSON", () =>
    Effect.gen(function* () {
      const { exit, sent, urls } = yield* run([found]);
      assert.deepStrictEqual(urls, [oauth]);
      assert.deepInclude(sent[0], {
        method: "GET",
        body: "",
        headers: { accept: "application/json" },
      });
      assert.deepStrictEqual(exit._tag === "Success" && exit.value, {
        issuer,
        tokenEndpoint: `${issuer}/token`,
      });
    }));

  const misses: Record<string, Behaviour> = {
    "404": answer(404),
    "405": answer(405),
    "401 and JSON": answer(401, { error: "unauthorized" }),
    "HTML": answer(200, "<!doctype html>"),
    "a text that is not JSON": answer(200, "Not here"),
    "JSON without issuer": answer(200, { message: "Hello" }),
    "a redirect": answer(302, "", { location: "/login" }),
  };
  for (const [name, miss] of Object.entries(misses)) {
    it.effect(`discover() goes on after ${name}`, () =>
      Effect.gen(function* () {
        const { exit, urls } = yield* run([miss, miss, found]);
        assert.strictEqual(exit._tag, "Success");
        assert.deepStrictEqual(urls, [oauth, appended, inserted]);
      }));
  }

  it.effect("discover() looks in the order it is told", () =>
    Effect.gen(function* () {
      const forms = ["openidInserted", "oauthInserted"] as const;
      const { urls } = yield* run([answer(404), found], issuer, { forms });
      assert.deepStrictEqual(urls, [inserted, oauth]);
    }));

  it.effect("discover() looks in two places where the issuer has no path", () =>
    Effect.gen(function* () {
      const { urls } = yield* run([answer(404)], "https://as.example.com");
      assert.deepStrictEqual(urls, [
        "https://as.example.com/.well-known/oauth-authorization-server",
        "https://as.example.com/.well-known/openid-configuration",
      ]);
    }));

  it.effect("discover() keeps the slash at an issuer's end when it compares", () =>
    Effect.gen(function* () {
      const slashed = "https://as.example.com/t/";
      const { exit, urls } = yield* run([answer(200, { issuer: slashed })], slashed);
      assert.deepStrictEqual(urls, [oauth]);
      assert.strictEqual(exit._tag, "Success");
    }));
});

describe("discovery: where it stops", () => {
  const stops: ReadonlyArray<readonly [string, Behaviour, object]> = [
    ["a network failure", broken(new Error("x")), { _tag: "Unreachable", kind: "other" }],
    ["500", answer(500, "<pre>"), { _tag: "Unavailable", status: 500 }],
    ["503", answer(503, "", { "retry-after": "9" }), {
      _tag: "Unavailable",
      retryAfterMillis: 9_000,
    }],
    ["429", answer(429), { _tag: "Unavailable", status: 429 }],
    ["another issuer", answer(200, { issuer: "https://evil.example" }), {
      _tag: "Malformed",
      problem: "issuerMismatch",
    }],
    ["a body that is too large", answer(200, " ".repeat(1_048_577)), { problem: "tooLarge" }],
    ["JSON that is too deep", answer(200, "[".repeat(65)), { problem: "tooDeep" }],
    ["an endpoint in clear", answer(200, { issuer, token_endpoint: "http://as.example.com/t" }), {
      _tag: "Malformed",
      problem: "insecureEndpoint",
    }],
  ];
  for (const [name, behaviour, expected] of stops) {
    it.effect(`discover() stops at ${name}`, () =>
      Effect.gen(function* () {
        const { error, urls } = yield* errorOf([behaviour]);
        assert.deepInclude(error.reason, expected);
        assert.deepStrictEqual(urls, [oauth]);
        assert.strictEqual(error.url, oauth);
        assert.strictEqual(error.endpoint, "metadata");
      }));
  }

  const mismatches = [`${issuer}/`, "https://AS.example.com/t", "https://as.example.com:443/t"];
  for (const named of mismatches) {
    it.effect(`discover() takes ${named} for another issuer, and names both`, () =>
      Effect.gen(function* () {
        const { error } = yield* errorOf([answer(200, { issuer: named })]);
        assert.strictEqual(
          error.message,
          `Authorization server answered nonsense: the document is of issuer "${named}", not of "${issuer}"`,
        );
        assert.strictEqual(
          error.hint,
          `Pass "${named}" exactly as written, if you trust that server`,
        );
      }));
  }

  it.effect("discover() tells of the first miss that tells more than a 404", () =>
    Effect.gen(function* () {
      const { error, urls } = yield* errorOf([answer(404), answer(200, "<html>"), answer(404)]);
      assert.lengthOf(urls, 3);
      assert.strictEqual(error.url, appended);
      assert.deepInclude(error.reason, { _tag: "Malformed", problem: "notJson", status: 200 });
    }));

  it.effect("discover() tells of the first place where all are missing", () =>
    Effect.gen(function* () {
      const { error } = yield* errorOf([answer(404, "<html>")]);
      assert.strictEqual(error.url, oauth);
      assert.deepInclude(error.reason, { problem: "unexpectedStatus", status: 404 });
      assert.include(error.hint, "issuer");
    }));
});

describe("discovery: what it does not ask", () => {
  const refused: ReadonlyArray<readonly [string, string, string]> = [
    ["http://as.example.com", "Insecure", `Use https, as in "https://as.example.com"`],
    ["as.example.com", "InvalidUrl", `Pass an absolute URL such as "https://as.example.com"`],
    ["https://u:p@as.example.com", "InvalidUrl", "Pass an absolute URL"],
    ["https://as.example.com#f", "InvalidUrl", "Pass an absolute URL"],
    ["https://as.example.com/t?x=1", "InvalidUrl", `Pass "https://as.example.com/t" instead`],
    [oauth, "InvalidUrl", `Pass "${issuer}" instead`],
    [appended, "InvalidUrl", `Pass "${issuer}" instead`],
    [inserted, "InvalidUrl", `Pass "${issuer}" instead`],
  ];
  for (const [asked, tag, hint] of refused) {
    it.effect(`discover() refuses ${asked} with a hint`, () =>
      Effect.gen(function* () {
        const { error, urls } = yield* errorOf([found], asked);
        assert.strictEqual(error.reason._tag, tag);
        assert.include(error.hint, hint);
        assert.lengthOf(urls, 0);
      }));
  }

  it.effect("discover() asks over http on loopback", () =>
    Effect.gen(function* () {
      const local = "http://127.0.0.1:3000";
      const { exit } = yield* run([answer(200, { issuer: local })], local);
      assert.strictEqual(exit._tag, "Success");
    }));
});
