import { assert, describe, it } from "@effect/vitest";
import { Effect, Redacted } from "effect";
import {
  type AnyClientOptions,
  type Client,
  type ClientAuthenticationMethod,
  type ClientConfigError,
  make,
} from "./client.ts";
import { ed25519Jwk, p256Jwk } from "./testdata/client_keys.ts";
import { layer } from "./testdata/jose_crypto.ts";

const issuer = "https://as.example.com";
const clientSecret = Redacted.make("planted");
const longSecret = Redacted.make("planted-secret-of-at-least-32-bytes");

function made(
  options: Omit<AnyClientOptions, "clientId"> & { readonly clientId?: string },
  offered: {
    readonly methods?: ReadonlyArray<string>;
    readonly algorithms?: ReadonlyArray<string>;
  } = {},
): Effect.Effect<Client, ClientConfigError> {
  const server = {
    issuer,
    ...(offered.methods && { tokenEndpointAuthMethodsSupported: offered.methods }),
    ...(offered.algorithms && { tokenEndpointAuthSigningAlgValuesSupported: offered.algorithms }),
  };
  return Effect.provide(make(server, { clientId: "c", ...options }), layer);
}

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
        const error = yield* Effect.flip(made(options));
        assert.strictEqual(error.problem, problem);
        assert.isNotEmpty(error.hint);
      }));
  }
});

describe("client: methods that sign", () => {
  const chosen: ReadonlyArray<readonly [string, Parameters<typeof made>, string]> = [
    ["a key, nothing said", [{ key: ed25519Jwk }], "private_key_jwt EdDSA"],
    [
      "a key, offered",
      [{ key: p256Jwk }, { methods: ["client_secret_basic", "private_key_jwt"] }],
      "private_key_jwt ES256",
    ],
    [
      "a key and its algorithm, offered",
      [{ key: p256Jwk }, { methods: ["private_key_jwt"], algorithms: ["RS256", "ES256"] }],
      "private_key_jwt ES256",
    ],
    [
      "a key, prescribed against the metadata",
      [{ key: p256Jwk, method: "private_key_jwt" }, { methods: ["none"], algorithms: ["RS256"] }],
      "private_key_jwt ES256",
    ],
    [
      "a secret where nothing else is offered",
      [{ clientSecret: longSecret }, { methods: ["private_key_jwt", "client_secret_jwt"] }],
      "client_secret_jwt HS256",
    ],
    [
      "a secret where Basic is offered as well",
      [{ clientSecret: longSecret }, { methods: ["client_secret_jwt", "client_secret_basic"] }],
      "client_secret_basic",
    ],
    [
      "a secret, prescribed",
      [{ clientSecret: longSecret, method: "client_secret_jwt" }],
      "client_secret_jwt HS256",
    ],
    [
      "a longer secret and the one algorithm that is listed",
      [
        { clientSecret: Redacted.make("x".repeat(64)) },
        { methods: ["client_secret_jwt"], algorithms: ["ES256", "HS512"] },
      ],
      "client_secret_jwt HS512",
    ],
  ];
  for (const [name, [options, offered], expected] of chosen) {
    it.effect(`make() chooses ${expected} for ${name}`, () =>
      Effect.gen(function* () {
        const { authentication } = yield* made(options, offered);
        const algorithm = "algorithm" in authentication ? [authentication.algorithm] : [];
        assert.strictEqual([authentication.method, ...algorithm].join(" "), expected);
        assert.notMatch(JSON.stringify(authentication), /planted|nWGxne|jpsQnn/);
      }));
  }

  it.effect("make() keeps the key's name, and needs no service for what it made", () =>
    Effect.gen(function* () {
      const { authentication } = yield* made({ key: { ...p256Jwk, kid: "one" } });
      assert.isTrue(authentication.method === "private_key_jwt" && authentication.keyId === "one");
      const signed = "assertion" in authentication
        ? yield* authentication.assertion(issuer)
        : Redacted.make("");
      assert.lengthOf(Redacted.value(signed).split("."), 3);
    }));

  it.effect("make() takes what services there are where the metadata chose client_secret_jwt", () =>
    Effect.gen(function* () {
      const server = { issuer, tokenEndpointAuthMethodsSupported: ["client_secret_jwt"] };
      const making = make(server, { clientId: "c", clientSecret: longSecret });
      const error = yield* Effect.flip(making);
      assert.strictEqual(error.problem, "missingCrypto");
      assert.include(error.hint, "Mac.layerWebCrypto");
      const { authentication } = yield* Effect.provide(making, layer);
      assert.strictEqual(authentication.method, "client_secret_jwt");
    }));

  const { d: _, ...publicHalf } = p256Jwk;
  const refused: ReadonlyArray<readonly [string, Parameters<typeof made>]> = [
    ["missingClientId", [{ clientId: "", key: p256Jwk }]],
    ["missingKey", [{ method: "private_key_jwt" }]],
    ["missingSecret", [{ method: "client_secret_jwt" }]],
    ["unexpectedKey", [{ key: p256Jwk, method: "none" }]],
    ["unexpectedKey", [{ key: p256Jwk, clientSecret, method: "client_secret_basic" }]],
    ["unexpectedKey", [{ key: p256Jwk, clientSecret: longSecret, method: "client_secret_jwt" }]],
    ["unexpectedSecret", [{ key: p256Jwk, clientSecret }]],
    ["unexpectedSecret", [{ clientSecret, method: "private_key_jwt" }]],
    ["unsupportedMethod", [{ key: p256Jwk }, { methods: ["client_secret_basic", "none"] }]],
    ["unsupportedMethod", [{ clientSecret: longSecret }, { methods: ["none"] }]],
    ["unsupportedAlgorithm", [{ key: p256Jwk }, { algorithms: ["RS256", "EdDSA", "none"] }]],
    [
      "unsupportedAlgorithm",
      [{ clientSecret: longSecret }, { methods: ["client_secret_jwt"], algorithms: ["ES256"] }],
    ],
    ["unknownAlgorithm", [{ key: p256Jwk, algorithm: "HS256" }]],
    [
      "unknownAlgorithm",
      [{ clientSecret: longSecret, method: "client_secret_jwt", algorithm: "ES256" }],
    ],
    ["publicKey", [{ key: publicHalf }]],
    ["weakKey", [{ clientSecret, method: "client_secret_jwt" }]],
    ["weakKey", [{ clientSecret: longSecret, method: "client_secret_jwt", algorithm: "HS384" }]],
  ];
  for (const [problem, [options, offered]] of refused) {
    it.effect(`make() refuses ${problem}: ${JSON.stringify({ ...options, ...offered })}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(made(options, offered));
        assert.strictEqual(error.problem, problem);
        assert.isNotEmpty(error.hint);
        assert.notMatch(JSON.stringify(error) + error.stack + error.hint, /planted|jpsQnn/);
      }));
  }
});
