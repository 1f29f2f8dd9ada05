import { assert, describe, it } from "@effect/vitest";
import { Effect, Fiber, Stream } from "effect";
import { HttpClient } from "effect/http";
import { TestClock } from "effect/testing";
import { fetchKeys } from "./jwks.ts";
import { answer, type Behaviour, broken, scripted, streaming } from "./testdata/scripted_client.ts";

const key = { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" };
const jwksUri = "https://op.example.com/jwks";
const server = { issuer: "https://op.example.com", jwksUri };

function run(behaviour: Behaviour) {
  const { client, sent } = scripted(behaviour);
  return fetchKeys(server).pipe(
    Effect.map(({ keys, leftOut }) => ({ keys, leftOut, sent })),
    Effect.provideService(HttpClient.HttpClient, client),
  );
}

describe("jwks", () => {
  it.effect("fetchKeys() asks once and gives the keys that can be used", () =>
    Effect.gen(function* () {
      const hostile = { ...key, d: "planted-private-part" };
      const { keys, leftOut, sent } = yield* run(answer(200, { keys: [hostile, key] }));
      assert.deepStrictEqual(keys, [{ material: key } as never]);
      assert.deepStrictEqual(leftOut, ["secret"]);
      assert.deepInclude(sent, {
        method: "GET",
        url: jwksUri,
        headers: { accept: "application/json" },
        body: "",
      });
    }));

  const large = Stream.fromIterable(Array.from({ length: 160 }, () => new Uint8Array(65_536)));
  const malformed: ReadonlyArray<readonly [string, Behaviour, string]> = [
    ["an empty set", answer(200, { keys: [] }), "noUsableKey"],
    ["a key instead of a set", answer(200, key), "unexpectedShape"],
    ["private keys only", answer(200, { keys: [{ ...key, d: "planted" }] }), "noUsableKey"],
    ["secrets only", answer(200, { keys: [{ kty: "oct", k: "planted" }] }), "noUsableKey"],
    [
      "short RSA keys",
      answer(200, { keys: [{ kty: "RSA", n: "AQAB", e: "AQAB" }] }),
      "noUsableKey",
    ],
    ["a list", answer(200, [key]), "unexpectedShape"],
    ["HTML", answer(200, "<!doctype html>"), "notJson"],
    ["nothing", answer(200, ""), "notJson"],
    ["a deep document", answer(200, `{"keys":${"[".repeat(100)}`), "tooDeep"],
    ["10 MB", answer(200, { keys: [key], padding: "x".repeat(10_000_000) }), "tooLarge"],
    ["10 MB that stream", streaming(large), "tooLarge"],
    ["a redirect", answer(302, "", { location: "https://evil.example.com/jwks" }), "redirect"],
    ["404", answer(404, "not here"), "notJson"],
    ["404 and JSON", answer(404, { message: "x" }), "unexpectedStatus"],
  ];
  for (const [name, behaviour, problem] of malformed) {
    it.effect(`fetchKeys() refuses ${name}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(run(behaviour));
        assert.strictEqual(error.endpoint, "jwks");
        assert.strictEqual(error.url, jwksUri);
        assert.strictEqual(error.reason._tag, "Malformed");
        assert.propertyVal(error.reason, "problem", problem);
      }));
  }

  it.effect("fetchKeys() tells a server that is away from one that talks nonsense", () =>
    Effect.gen(function* () {
      const down = yield* Effect.flip(run(answer(503)));
      assert.strictEqual(down.reason._tag, "Unavailable");
      const cut = yield* Effect.flip(run(broken({ code: "ECONNREFUSED" })));
      assert.strictEqual(cut.reason._tag, "Unreachable");
    }));

  it.effect("fetchKeys() gives up after its limit", () =>
    Effect.gen(function* () {
      const asking = yield* Effect.forkChild(Effect.flip(run(() => Effect.never)));
      yield* TestClock.adjust(10_000);
      assert.strictEqual((yield* Fiber.join(asking)).reason._tag, "Unreachable");
    }));

  it.effect("fetchKeys() sends nothing where there is no endpoint, or one in clear", () =>
    Effect.gen(function* () {
      const { client, sent } = scripted(answer(200, { keys: [key] }));
      const { issuer } = server;
      for (
        const [metadata, tag] of [
          [{ issuer }, "Unsupported"],
          [{ issuer, jwksUri: "http://op.example.com/jwks" }, "Insecure"],
        ] as const
      ) {
        const error = yield* Effect.flip(fetchKeys(metadata)).pipe(
          Effect.provideService(HttpClient.HttpClient, client),
        );
        assert.strictEqual(error.reason._tag, tag);
      }
      assert.deepStrictEqual(sent, []);
    }));
});
