import { assert, describe, it } from "@effect/vitest";
import { Cause, Effect, Exit, Redacted, Result, Schema } from "effect";
import { KeyFormat, Signature } from "effect/crypto";
import { Base64Url } from "effect/encoding";
import { TestClock } from "effect/testing";
import { readUnverified, validate, type ValidateOptions } from "./id_token.ts";
import type { IdTokenProblem } from "./id_token_error.ts";
import { sign } from "./jws_signature.ts";
import { fromSecret } from "./signing_key.ts";
import { layer } from "./testdata/jose_crypto.ts";
import { makeSigner, type Signer } from "./testdata/signer.ts";
import { tokenHash } from "./token_hash.ts";

const now = 1_800_000_000;
const nonce = Redacted.make("n-0S6_WzA2Mj");
const accessToken = Redacted.make("planted-access-token");
const code = Redacted.make("planted-code");
const claims: Record<string, unknown> = {
  iss: "https://op.example.com",
  sub: "planted-user",
  aud: "app",
  exp: now + 300,
  iat: now,
  nonce: "n-0S6_WzA2Mj",
};

function options(signer: Signer): ValidateOptions {
  return {
    issuer: "https://op.example.com",
    clientId: "app",
    algorithm: "ES256",
    nonce,
    accessToken,
    code,
    keys: signer.keys,
  };
}

/** A token as text, for what no signer would make. */
const textOf = (signer: Signer, header: Record<string, unknown> = {}) =>
  Effect.map(signer.sign(claims, header), Redacted.value);

const validated = Effect.fnUntraced(function* (
  members: Record<string, unknown>,
  expected: Partial<ValidateOptions> = {},
) {
  yield* TestClock.setTime(now * 1000);
  const signer = yield* makeSigner();
  const token = yield* signer.sign({ ...claims, ...members });
  return yield* validate(token, { ...options(signer), ...expected });
}, Effect.provide(layer));

const refusalOf = (members: Record<string, unknown>, expected?: Partial<ValidateOptions>) =>
  Effect.map(Effect.flip(validated(members, expected)), (error) => {
    assert.strictEqual((error as { readonly _tag: string })._tag, "IdTokenError");
    assert.notInclude(`${error.stack} ${JSON.stringify(error)}`, "planted");
    return (error as { readonly problem: IdTokenProblem }).problem;
  });

const previous = Result.getOrThrow(readUnverified(Redacted.make(
  `${Base64Url.encode(`{"alg":"ES256"}`)}.${
    Base64Url.encode(JSON.stringify({ ...claims, auth_time: now - 90 }))
  }.AAAA`,
)));

describe("validate() refuses one wrong claim at a time", () => {
  type Row = readonly [
    name: string,
    members: Record<string, unknown>,
    problem: IdTokenProblem,
    expected?: Partial<ValidateOptions>,
  ];
  const rows: ReadonlyArray<Row> = [
    ["another issuer", { iss: "https://evil.example.com" }, "issuer"],
    ["the issuer with a slash", { iss: "https://op.example.com/" }, "issuer"],
    ["the issuer in upper case", { iss: "https://OP.example.com" }, "issuer"],
    ["no issuer", { iss: undefined }, "issuer"],
    ["another audience", { aud: "other" }, "audience"],
    ["an audience that begins alike", { aud: ["app2", "ap"] }, "audience"],
    ["no audience", { aud: undefined }, "audience"],
    ["several audiences without azp", { aud: ["app", "other"] }, "authorizedParty"],
    ["several audiences of another", { aud: ["app", "other"], azp: "other" }, "authorizedParty"],
    ["azp of another", { azp: "other" }, "authorizedParty"],
    ["an empty azp", { azp: "" }, "authorizedParty"],
    ["no subject", { sub: undefined }, "subject"],
    ["an empty subject", { sub: "" }, "subject"],
    ["a subject of 256 characters", { sub: "s".repeat(256) }, "subject"],
    ["no expiry", { exp: undefined }, "expiry"],
    ["expiry 30 seconds ago", { exp: now - 30 }, "expiry"],
    ["expiry now, without tolerance", { exp: now }, "expiry", { clockToleranceSeconds: 0 }],
    ["expiry as text", { exp: `${now + 60}` }, "expiry"],
    ["no iat", { iat: undefined }, "issuedAt"],
    ["iat 31 seconds from now", { iat: now + 31 }, "issuedAt"],
    ["iat a second from now, without tolerance", { iat: now + 1 }, "issuedAt", {
      clockToleranceSeconds: 0,
    }],
    ["iat in milliseconds", { iat: now * 1000 }, "issuedAt"],
    ["nbf 31 seconds from now", { nbf: now + 31 }, "notBefore"],
    ["no nonce", { nonce: undefined }, "nonce"],
    ["another nonce", { nonce: "n-0S6_WzA2Mk" }, "nonce"],
    ["a longer nonce", { nonce: "n-0S6_WzA2Mj " }, "nonce"],
    ["an empty nonce", { nonce: "" }, "nonce"],
    ["a nonce that nobody sent", {}, "nonce", { nonce: undefined }],
    ["no nonce and an empty one sent", { nonce: undefined }, "nonce", { nonce: Redacted.make("") }],
    ["ES256 where nothing is said", {}, "algorithm", { algorithm: undefined }],
    ["at_hash of another token", { at_hash: "77QmUPtjPfzWtF2AnpK9RQ" }, "accessTokenHash"],
    ["an empty at_hash", { at_hash: "" }, "accessTokenHash"],
    ["at_hash that is null", { at_hash: null }, "accessTokenHash"],
    ["c_hash of another code", { c_hash: "LDktKdoQak3Pk0cnXxCltA" }, "codeHash"],
    ["auth_time from the future", { auth_time: now + 31 }, "authTime"],
    ["no auth_time with max_age", {}, "authTime", { maxAgeSeconds: 60 }],
    ["an old login", { auth_time: now - 91 }, "authTime", { maxAgeSeconds: 60 }],
    ["an old login with max_age 0", { auth_time: now - 1 }, "authTime", {
      maxAgeSeconds: 0,
      clockToleranceSeconds: 0,
    }],
    ["another acr", { acr: "0" }, "acr", { acrValues: ["1", "2"] }],
    ["no acr", {}, "acr", { acrValues: ["1"] }],
  ];
  for (const [name, members, problem, expected] of rows) {
    it.effect(name, () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* refusalOf(members, expected), problem);
      }));
  }

  const renewals: ReadonlyArray<Row> = [
    ["renewed for another user", { sub: "other" }, "subject"],
    ["renewed for further clients", { aud: ["app", "other"], azp: "app" }, "audience"],
    ["renewed with azp where none was", { azp: "app" }, "authorizedParty"],
    ["renewed with another nonce", { nonce: "other" }, "nonce"],
    ["renewed with another time of login", { auth_time: now - 1 }, "authTime"],
    ["renewed by another issuer", { iss: "https://evil.example.com" }, "issuer"],
  ];
  for (const [name, members, problem] of renewals) {
    it.effect(name, () =>
      Effect.gen(function* () {
        assert.strictEqual(yield* refusalOf(members, { previous }), problem);
      }));
  }

  it.effect("renewed while the configured issuer is another than that of the login", () =>
    Effect.gen(function* () {
      const elsewhere = { ...previous, issuer: "https://old.example.com" };
      assert.strictEqual(yield* refusalOf({}, { previous: elsewhere }), "issuer");
    }));
});

describe("validate() accepts", () => {
  const rows: ReadonlyArray<
    readonly [string, Record<string, unknown>, Partial<ValidateOptions>?]
  > = [
    ["what was expected", {}],
    ["a list of one audience", { aud: ["app"] }],
    ["several audiences with azp", { aud: ["other", "app"], azp: "app" }],
    ["a token that expired within the tolerance", { exp: now - 29 }],
    ["a clock that is ahead within the tolerance", { iat: now + 30, nbf: now + 30 }],
    ["a wider tolerance", { exp: now - 100 }, { clockToleranceSeconds: 120 }],
    ["a login within max_age", { auth_time: now - 90 }, { maxAgeSeconds: 60 }],
    ["a login without nonce where none was sent", { nonce: undefined }, { nonce: undefined }],
    ["one of several acr", { acr: "2" }, { acrValues: ["1", "2"] }],
    ["no acr where none was asked for", {}, { acrValues: [] }],
    ["a renewed token without nonce", { nonce: undefined }, { previous, nonce: undefined }],
    ["a renewed token with the nonce of the login", { auth_time: now - 90 }, { previous }],
    ["a subject of 255 characters", { sub: "s".repeat(255) }],
  ];
  for (const [name, members, expected] of rows) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const validatedClaims = yield* validated(members, expected);
        assert.strictEqual(validatedClaims.issuer, "https://op.example.com");
      }));
  }

  it.effect("at_hash and c_hash of what came with it", () =>
    Effect.gen(function* () {
      const atHash = yield* tokenHash(accessToken, "ES256");
      const cHash = yield* tokenHash(code, "ES256");
      const result = yield* validated({ at_hash: atHash, c_hash: cHash, name: "Ada" });
      assert.strictEqual(result.subject, "planted-user");
      assert.strictEqual(result.members["name"], "Ada");
    }).pipe(Effect.provide(layer)));

  it.effect("a secret where HMAC is registered", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000);
      const clientSecret = Redacted.make("a-secret-of-at-least-thirty-two-bytes");
      const token = yield* sign({}, claims, yield* fromSecret(clientSecret, "HS256"));
      const signer = yield* makeSigner();
      const expected = { ...options(signer), algorithm: "HS256", clientSecret } as const;
      assert.strictEqual((yield* validate(token, expected)).subject, "planted-user");
      const without = yield* Effect.flip(validate(token, { ...expected, clientSecret: undefined }));
      assert.strictEqual(without.problem, "key");
    }).pipe(Effect.provide(layer)));

  it.effect("either of two keys of one name, and RS256 unless told", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000);
      const rsa = { algorithm: "RS256" } as const;
      const [first, second] = [yield* makeSigner(rsa), yield* makeSigner(rsa)];
      const keys = () => Effect.succeed([first.published, second.published]);
      const { algorithm: _, ...expected } = options(first);
      for (const signer of [first, second]) {
        yield* validate(yield* signer.sign(claims), { ...expected, keys });
      }
    }).pipe(Effect.provide(layer)), 30_000);
});

describe("validate() refuses one wrong thing about the token at a time", () => {
  type Forge = (
    signer: Signer,
  ) => Effect.Effect<string, unknown, Effect.Services<ReturnType<Signer["sign"]>>>;
  const withHeader = (header: Record<string, unknown>): Forge => (signer) =>
    Effect.map(textOf(signer), (text) => {
      const parts = text.split(".");
      parts[0] = Base64Url.encode(JSON.stringify({ kid: "one", ...header }));
      return parts.join(".");
    });
  const rows: ReadonlyArray<readonly [string, Forge, IdTokenProblem]> = [
    ["alg none", withHeader({ alg: "none" }), "algorithm"],
    ["alg None", withHeader({ alg: "None" }), "algorithm"],
    [
      "alg NONE without signature",
      () => Effect.succeed(`${Base64Url.encode(`{"alg":"NONE"}`)}.e30.`),
      "algorithm",
    ],
    ["another algorithm than registered", withHeader({ alg: "RS256" }), "algorithm"],
    ["HMAC where ES256 is registered", withHeader({ alg: "HS256" }), "algorithm"],
    ["a key that is not published", withHeader({ alg: "ES256", kid: "two" }), "unknownKey"],
    [
      "a key that the token brings",
      (signer) =>
        textOf(signer, { jwk: signer.json, jku: "https://evil.example.com" }).pipe(
          Effect.map((text) => text.replace(/\.[^.]*$/, ".AAAA")),
        ),
      "signature",
    ],
    ["another kind of token", (signer) => textOf(signer, { typ: "at+jwt" }), "type"],
    ["crit", (signer) => textOf(signer, { crit: ["exp"] }), "critical"],
    [
      "a truncated signature",
      (signer) => Effect.map(textOf(signer), (text) => text.slice(0, -22)),
      "signature",
    ],
    [
      "a truncated token",
      (signer) => Effect.map(textOf(signer), (text) => text.slice(0, 80)),
      "malformed",
    ],
    ["a changed payload", (signer) =>
      Effect.map(textOf(signer), (text) => {
        const parts = text.split(".");
        parts[1] = Base64Url.encode(JSON.stringify({ ...claims, sub: "planted-admin" }));
        return parts.join(".");
      }), "signature"],
    ["nothing", () => Effect.succeed(""), "malformed"],
    ["a huge token", () => Effect.succeed("A".repeat(1_000_000)), "tooLarge"],
    ["a deep token", (signer) =>
      Effect.map(
        sign({}, new TextEncoder().encode("[".repeat(1_000)), signer.key),
        Redacted.value,
      ), "malformed"],
    ["a claim twice", (signer) =>
      Effect.map(
        sign(
          {},
          new TextEncoder().encode(`{"sub":"a",${JSON.stringify(claims).slice(1)}`),
          signer.key,
        ),
        Redacted.value,
      ), "duplicateMember"],
  ];
  for (const [name, forge, problem] of rows) {
    it.effect(name, () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(now * 1000);
        const signer = yield* makeSigner();
        const token = Redacted.make(yield* forge(signer));
        const error = yield* Effect.flip(validate(token, options(signer)));
        assert.strictEqual(error.problem, problem);
        assert.notInclude(`${error.stack} ${JSON.stringify(error)}`, "planted");
      }).pipe(Effect.provide(layer)));
  }

  it.effect("a signature in DER", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000);
      const signer = yield* makeSigner();
      const text = yield* textOf(signer);
      const at = text.lastIndexOf(".") + 1;
      const raw = Result.getOrThrow(Base64Url.decode(text.slice(at)));
      const der = [0x30, 70, 2, 33, 0, ...raw.slice(0, 32), 2, 33, 0, ...raw.slice(32)];
      const token = Redacted.make(text.slice(0, at) + Base64Url.encode(Uint8Array.from(der)));
      assert.strictEqual(
        (yield* Effect.flip(validate(token, options(signer)))).problem,
        "signature",
      );
    }).pipe(Effect.provide(layer)));

  it.effect(
    "HS256 by the public key, even where HS256 is registered",
    () =>
      Effect.gen(function* () {
        yield* TestClock.setTime(now * 1000);
        const signer = yield* makeSigner({ algorithm: "RS256" });
        const service = yield* Signature.Signature;
        const publicKey = yield* service.publicKeyOf(
          signer.key.key as Signature.PrivateKey<Signature.RsaPkcs1v15>,
        );
        const pem = yield* KeyFormat.encode(KeyFormat.pem(KeyFormat.spki), publicKey);
        const forged = yield* sign({}, claims, yield* fromSecret(Redacted.make(pem), "HS256"));
        for (const algorithm of ["RS256", "HS256"] as const) {
          const clientSecret = Redacted.make("a-secret-of-at-least-thirty-two-bytes");
          const expected = { ...options(signer), algorithm, clientSecret };
          const { problem } = yield* Effect.flip(validate(forged, expected));
          assert.strictEqual(problem, algorithm === "RS256" ? "algorithm" : "signature");
        }
      }).pipe(Effect.provide(layer)),
    30_000,
  );

  it.effect("a key off its curve", () =>
    Effect.gen(function* () {
      const signer = yield* makeSigner();
      const material = { ...signer.published.material, y: "A".repeat(43) } as never;
      const keys = () => Effect.succeed([{ material }]);
      const token = yield* signer.sign(claims);
      const error = yield* Effect.flip(validate(token, { ...options(signer), keys }));
      assert.strictEqual(error.problem, "key");
    }).pipe(Effect.provide(layer)));
});

describe("validate()", () => {
  for (const clockToleranceSeconds of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
    it.effect(`takes a tolerance of ${clockToleranceSeconds} seconds for a defect`, () =>
      Effect.gen(function* () {
        const exit = yield* Effect.exit(validated({}, { clockToleranceSeconds }));
        assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause));
      }));
  }

  it.effect("takes a max_age below zero for a defect", () =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(validated({ auth_time: now }, { maxAgeSeconds: -1 }));
      assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause));
    }));

  it.effect("tells of keys that do not come as their source does", () =>
    Effect.gen(function* () {
      const signer = yield* makeSigner();
      const keys = () => Effect.fail("offline" as const);
      const token = yield* signer.sign(claims);
      const error = yield* Effect.flip(validate(token, { ...options(signer), keys }));
      assert.strictEqual(error, "offline");
    }).pipe(Effect.provide(layer)));

  it.effect.prop(
    "accepts no token but between iat and exp, tolerance included",
    [Schema.Int.check(Schema.isBetween({ minimum: -200, maximum: 500 }))],
    ([offsetSeconds]) =>
      Effect.gen(function* () {
        const clientSecret = Redacted.make("a-secret-of-at-least-thirty-two-bytes");
        const token = yield* sign({}, claims, yield* fromSecret(clientSecret, "HS256"));
        yield* TestClock.setTime((now + offsetSeconds) * 1000);
        const result = yield* Effect.result(validate(token, {
          issuer: "https://op.example.com",
          clientId: "app",
          algorithm: "HS256",
          clientSecret,
          nonce,
          keys: () => Effect.succeed([]),
        }));
        assert.strictEqual(Result.isSuccess(result), offsetSeconds >= -30 && offsetSeconds < 330);
      }).pipe(Effect.provide(layer)),
  );
});

describe("readUnverified()", () => {
  it("reads the claims of a token that expired long ago", () => {
    assert.strictEqual(previous.subject, "planted-user");
  });

  it("refuses what is no ID token", () => {
    const error = Result.getOrThrow(Result.flip(readUnverified(Redacted.make("planted"))));
    assert.strictEqual(error.problem, "malformed");
    assert.notInclude(error.message, "planted");
  });
});
