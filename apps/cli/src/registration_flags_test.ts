import { assert, describe, it } from "@effect/vitest";
import { Effect, Option, Path, Redacted } from "effect";
import type { Profile } from "./profile.ts";
import { profileOf, type RegistrationInput } from "./registration_flags.ts";

const none: RegistrationInput = {
  grant: Option.none(),
  issuer: Option.none(),
  clientId: Option.none(),
  tokenAuth: Option.none(),
  clientSecretFile: Option.none(),
  clientSecretEnv: Option.none(),
  clientSecret: Option.none(),
  clientKeyFile: Option.none(),
  clientKeyEnv: Option.none(),
  clientKey: Option.none(),
  clientKeyAlg: Option.none(),
  redirectPort: Option.none(),
  redirectUri: Option.none(),
  idTokenAlg: Option.none(),
  scope: Option.none(),
  resource: [],
  audience: Option.none(),
  authorizationEndpoint: Option.none(),
  tokenEndpoint: Option.none(),
  deviceAuthorizationEndpoint: Option.none(),
  revocationEndpoint: Option.none(),
  introspectionEndpoint: Option.none(),
  userinfoEndpoint: Option.none(),
  jwksUri: Option.none(),
};

const known: Profile = {
  issuer: "https://as.example.com",
  clientId: "tv",
  tokenAuth: "post",
  clientSecret: { env: "SECRET" },
  endpoints: { tokenEndpoint: "https://as.example.com/token" },
  scope: ["a"],
  resource: ["https://api.example.com/"],
  audience: "api",
};

function lay(input: Partial<RegistrationInput>, over: Option.Option<Profile> = Option.some(known)) {
  return profileOf({ ...none, ...input }, over).pipe(Effect.provide(Path.layer));
}

describe("profileOf()", () => {
  it.effect("keeps a known profile without flags", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* lay({}), known);
    }));

  it.effect("remembers the grant of the same client only", () =>
    Effect.gen(function* () {
      const grant = "client-credentials";
      const service = Option.some<Profile>({ ...known, grant });
      assert.strictEqual((yield* lay({}, service)).grant, grant);
      assert.strictEqual((yield* lay({ clientId: Option.some("other") }, service)).grant, "auto");
      assert.strictEqual((yield* lay({ grant: Option.some("device") }, service)).grant, "device");
      assert.strictEqual((yield* lay({ grant: Option.some(grant) })).grant, grant);
      assert.isUndefined((yield* lay({})).grant, "a profile from before there was a choice");
    }));

  it.effect("lets flags win", () =>
    Effect.gen(function* () {
      const profile = yield* lay({
        scope: Option.some("  b   c "),
        resource: ["https://other.example.com/"],
        audience: Option.some("other"),
        tokenEndpoint: Option.some("https://as.example.com/t2"),
        clientSecretFile: Option.some("/run/secret"),
      });
      assert.deepStrictEqual(profile, {
        ...known,
        scope: ["b", "c"],
        resource: ["https://other.example.com/"],
        audience: "other",
        endpoints: { tokenEndpoint: "https://as.example.com/t2" },
        clientSecret: { file: "/run/secret" },
      });
    }));

  it.effect("carries nothing over to another server", () =>
    Effect.gen(function* () {
      const issuer = Option.some("https://evil.example.com");
      const profile = yield* lay({ issuer, clientId: Option.some("tv") });
      assert.deepStrictEqual(profile, {
        issuer: "https://evil.example.com",
        clientId: "tv",
        grant: "auto",
        scope: [],
        resource: [],
      });
      const error = yield* Effect.flip(lay({ issuer }));
      assert.include(error.hint, "--client-id");
    }));

  it.effect("carries a secret's place to no other client", () =>
    Effect.gen(function* () {
      const profile = yield* lay({ clientId: Option.some("radio") });
      assert.deepStrictEqual(profile, {
        issuer: known.issuer,
        clientId: "radio",
        grant: "auto",
        endpoints: { tokenEndpoint: "https://as.example.com/token" },
        scope: [],
        resource: [],
      });
    }));

  it.effect("forgets the secret's place where the client is public now", () =>
    Effect.gen(function* () {
      const profile = yield* lay({ tokenAuth: Option.some("none") });
      assert.isUndefined(profile.clientSecret);
    }));

  it.effect("replaces a secret by a key and back, and the way of authentication with it", () =>
    Effect.gen(function* () {
      const signing = yield* lay({
        clientKeyEnv: Option.some("KEY"),
        clientKeyAlg: Option.some("PS256"),
      });
      assert.deepInclude(signing, { clientKey: { env: "KEY" }, clientAlgorithm: "PS256" });
      assert.isUndefined(signing.clientSecret ?? signing.tokenAuth);
      assert.deepInclude(yield* lay({}, Option.some(signing)), { clientAlgorithm: "PS256" });
      const renewed = yield* lay({ clientKeyFile: Option.some("/k") }, Option.some(signing));
      assert.deepStrictEqual(renewed.clientKey, { file: "/k" });
      assert.isUndefined(renewed.clientAlgorithm);
      const back = yield* lay({ clientSecretEnv: Option.some("S") }, Option.some(signing));
      assert.deepStrictEqual(back.clientSecret, { env: "S" });
      assert.isUndefined(back.clientKey ?? back.clientAlgorithm);
    }));

  it.effect("remembers where the browser comes back to, for the same client", () =>
    Effect.gen(function* () {
      const redirectUri = Option.some("http://localhost/cb");
      const profile = yield* lay({ redirectUri, redirectPort: Option.some(8400) });
      assert.deepStrictEqual(profile.redirect, { uri: "http://localhost/cb", port: 8400 });
      const again = yield* lay({}, Option.some(profile));
      assert.deepStrictEqual(again.redirect, profile.redirect);
      const other = yield* lay({ clientId: Option.some("radio") }, Option.some(profile));
      assert.isUndefined(other.redirect);
      const two = yield* Effect.flip(
        lay({ redirectUri: Option.some("http://[::1]:1/cb"), redirectPort: Option.some(2) }),
      );
      assert.include(two.message, "two ports");
    }));

  it.effect("refuses a bare secret or key, or both in their places, without showing it", () =>
    Effect.gen(function* () {
      const bare = yield* Effect.flip(lay({ clientSecret: Option.some(Redacted.make("planted")) }));
      assert.strictEqual(bare.exitCode, 2);
      assert.include(bare.message, "process list");
      assert.notInclude(String(bare) + JSON.stringify(bare), "planted");
      const key = yield* Effect.flip(lay({ clientKey: Option.some(Redacted.make("planted")) }));
      assert.include(key.hint, "--client-key-file");
      assert.notInclude(String(key) + JSON.stringify(key), "planted");
      const both = { clientSecretEnv: Option.some("S"), clientKeyEnv: Option.some("K") };
      assert.include((yield* Effect.flip(lay(both))).message, "not both");
    }));
});
