import { assert, describe, it } from "@effect/vitest";
import { ConfigProvider, Effect, FileSystem, Layer, Redacted } from "effect";
import { NodeServices } from "@effect/platform-node";
import { credentialsOf, secretVariables } from "./credentials.ts";

describe("secretVariables()", () => {
  it("names the variables of secret and key, for the browser to go without", () => {
    assert.deepStrictEqual(secretVariables({ clientSecret: { env: "S" } }), ["S"]);
    assert.deepStrictEqual(secretVariables({ clientKey: { env: "K" } }), ["K"]);
    assert.deepStrictEqual(secretVariables({ clientSecret: { file: "/s" } }), []);
    assert.deepStrictEqual(secretVariables({}), []);
  });
});

describe("credentialsOf()", () => {
  const layer = Layer.merge(
    NodeServices.layer,
    ConfigProvider.layer(ConfigProvider.fromEnv({ env: { S: "secret", K: "{}", EMPTY: "" } })),
  );

  it.effect("reads secret and key from where they are, without the last line's end", () =>
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem;
      const file = yield* fs.makeTempFileScoped();
      yield* fs.writeFileString(file, "key\n");
      const found = yield* credentialsOf({ clientSecret: { env: "S" }, clientKey: { file } });
      assert.strictEqual(found.clientSecret && Redacted.value(found.clientSecret), "secret");
      assert.strictEqual(found.clientKey && Redacted.value(found.clientKey), "key");
      const none = yield* credentialsOf(undefined);
      assert.deepStrictEqual(none, { clientSecret: undefined, clientKey: undefined });
    }).pipe(Effect.scoped, Effect.provide(layer)));

  it.effect("says which of them is missing, and by which flag it can be elsewhere", () =>
    Effect.gen(function* () {
      const secret = yield* Effect.flip(credentialsOf({ clientSecret: { env: "EMPTY" } }));
      assert.include(secret.message, `"EMPTY" holds no client secret`);
      assert.include(secret.hint, "--client-secret-env");
      const key = yield* Effect.flip(credentialsOf({ clientKey: { file: "/nonexistent" } }));
      assert.match(key.message, /client key .*NotFound/);
      assert.include(key.hint, "--client-key-file");
      assert.strictEqual(key.exitCode, 2);
    }).pipe(Effect.provide(layer)));
});
