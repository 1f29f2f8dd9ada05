import { assert, describe, it } from "@effect/vitest";
import { Effect, Redacted } from "effect";
import { type ClientAuthenticationMethod, make } from "./client.ts";

const issuer = "https://as.example.com";
const clientSecret = Redacted.make("planted");

describe("client", () => {
  const chosen: ReadonlyArray<readonly [ReadonlyArray<string> | undefined, string]> = [
    [undefined, "client_secret_basic"],
    [["client_secret_basic"], "client_secret_basic"],
    [["client_secret_post", "client_secret_basic"], "client_secret_basic"],
    [["client_secret_post"], "client_secret_post"],
    [["none", "client_secret_post", "private_key_jwt"], "client_secret_post"],
  ];
  for (const [offered, method] of chosen) {
    it.effect(`make() chooses ${method} of ${offered?.join(", ") ?? "what is not said"}`, () =>
      Effect.gen(function* () {
        const server = offered === undefined
          ? { issuer }
          : { issuer, tokenEndpointAuthMethodsSupported: offered };
        const client = yield* make(server, { clientId: "c", clientSecret });
        assert.strictEqual(client.authentication.method, method);
        assert.strictEqual(client.server, server);
      }));
  }

  it.effect("make() chooses none without a secret, whatever is offered", () =>
    Effect.gen(function* () {
      const server = { issuer, tokenEndpointAuthMethodsSupported: ["client_secret_basic"] };
      const client = yield* make(server, { clientId: "c" });
      assert.deepStrictEqual(client.authentication, { method: "none" });
    }));

  it.effect("make() follows the caller against the metadata", () =>
    Effect.gen(function* () {
      const server = { issuer, tokenEndpointAuthMethodsSupported: ["private_key_jwt"] };
      const method = "client_secret_post";
      const client = yield* make(server, { clientId: "c", clientSecret, method });
      assert.strictEqual(client.authentication.method, method);
    }));

  it.effect("make() refuses a secret where the server takes none, and names what it takes", () =>
    Effect.gen(function* () {
      const server = {
        issuer,
        tokenEndpointAuthMethodsSupported: ["private_key_jwt", "x\u001b[0m"],
      };
      const error = yield* Effect.flip(make(server, { clientId: "c", clientSecret }));
      assert.strictEqual(error.problem, "unsupportedMethod");
      assert.strictEqual(
        error.message,
        `The server takes no client secret, it offers "private_key_jwt", "x"`,
      );
      assert.notInclude(JSON.stringify(error) + error.stack, "planted");
    }));

  const refused: ReadonlyArray<readonly [string, boolean, ClientAuthenticationMethod, string]> = [
    ["", true, "client_secret_basic", "missingClientId"],
    ["c", false, "client_secret_basic", "missingSecret"],
    ["c", false, "client_secret_post", "missingSecret"],
    ["c", true, "none", "unexpectedSecret"],
  ];
  for (const [clientId, hasSecret, method, problem] of refused) {
    it.effect(`make() refuses ${problem} for ${method}`, () =>
      Effect.gen(function* () {
        const options = { clientId, method, clientSecret: hasSecret ? clientSecret : undefined };
        const error = yield* Effect.flip(make({ issuer }, options));
        assert.strictEqual(error.problem, problem);
        assert.isNotEmpty(error.hint);
      }));
  }
});
