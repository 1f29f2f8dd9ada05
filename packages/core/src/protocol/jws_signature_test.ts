import { assert, describe, it } from "@effect/vitest";
import { Effect, Redacted, Result, Schema } from "effect";
import { KeyFormat, Mac, Signature } from "effect/crypto";
import { Base64Url } from "effect/encoding";
import { decode as decodeJwk, type Jwk } from "./jwk.ts";
import {
  isJwsAlgorithm,
  isMacAlgorithm,
  type PublicKeyAlgorithm,
  signatureOf,
} from "./jws_algorithm.ts";
import { sign, verify } from "./jws_signature.ts";
import { claimsOf, decode, type Jws } from "./jwt.ts";
import { fromJwk, fromPrivateKey, fromSecret, type SharedKey } from "./signing_key.ts";
import { layer } from "./testdata/jose_crypto.ts";
import { joseVectors } from "./testdata/jose_vectors.ts";
import { membersIn, textIn, type Vector } from "./testdata/vectors.ts";

const all = ["RS256", "PS384", "ES256", "ES512", "EdDSA", "HS256"] as const;

const secret = Redacted.make("a-secret-of-at-least-thirty-two-bytes");

function jwsOf(token: string | Redacted.Redacted): Jws {
  return Result.getOrThrow(decode(typeof token === "string" ? Redacted.make(token) : token));
}

const keyOf = Effect.fnUntraced(function* ({ input }: Vector) {
  const members = membersIn(input, "jwk");
  if (members["kty"] !== "oct") return Result.getOrThrow(decodeJwk(members));
  const data = { kty: "oct", k: textIn(members, "k") };
  const key = yield* KeyFormat.decodeSecret(KeyFormat.jwk, Mac.hmacSha256, data);
  return { algorithm: "HS256", key } satisfies SharedKey;
});

const problemOf = (
  jws: Jws,
  key: Jwk | SharedKey,
  algorithms: Parameters<typeof verify>[2]["algorithms"] = all,
) => verify(jws, key, { algorithms }).pipe(Effect.flip, Effect.map(({ problem }) => problem));

const pair = Effect.fnUntraced(function* (algorithm: PublicKeyAlgorithm) {
  const service = yield* Signature.Signature;
  const generated = yield* service.generateKeyPair(signatureOf(algorithm));
  const jwk = yield* KeyFormat.encode(
    KeyFormat.jwk,
    generated.publicKey as Signature.PublicKey<Signature.Ed25519>,
  );
  const signing = yield* fromPrivateKey(generated.privateKey, { algorithm, keyId: "own" });
  return { signing, jwk: Result.getOrThrow(decodeJwk({ ...jwk, kid: "own" })) };
});

describe("jws_signature", () => {
  for (const vector of joseVectors["jws-verify"]) {
    const { expected, id, input } = vector;
    const jws = textIn(input, "jws");
    if (expected["valid"] === true) {
      it.effect(`verify() accepts ${id}`, () =>
        Effect.gen(function* () {
          yield* verify(jwsOf(jws), yield* keyOf(vector), { algorithms: all });
          const payload = new TextDecoder().decode(Redacted.value(jwsOf(jws).payload));
          const { claims, payload_utf8: text } = expected;
          if (text !== undefined) assert.strictEqual(payload, text);
          if (claims !== undefined) assert.deepStrictEqual(JSON.parse(payload), claims);
        }).pipe(Effect.provide(layer)));
    } else {
      it.effect(`decode() or verify() refuses ${id}`, () =>
        Effect.gen(function* () {
          const decoded = decode(Redacted.make(jws));
          if (Result.isFailure(decoded)) {
            assert.strictEqual(decoded.failure.problem, "algorithm");
          } else {
            const problem = yield* problemOf(decoded.success, yield* keyOf(vector));
            assert.strictEqual(problem, id.startsWith("alg-confusion") ? "key" : "signature");
          }
        }).pipe(Effect.provide(layer)));
    }
  }

  const algorithms = ["RS256", "PS256", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"] as const;
  for (const algorithm of algorithms) {
    it.effect(
      `sign() makes ${algorithm} that verify() accepts from this key alone`,
      () =>
        Effect.gen(function* () {
          const { jwk, signing } = yield* pair(algorithm);
          const claims = { iss: "https://client", text: "ü" };
          const jws = jwsOf(yield* sign({ typ: "JWT" }, claims, signing));
          assert.deepStrictEqual(jws.header, { algorithm, keyId: "own", type: "JWT" });
          assert.deepStrictEqual(Result.getOrThrow(claimsOf(jws)), claims);
          yield* verify(jws, jwk, { algorithms: [algorithm] });
          const other = yield* pair(algorithm);
          assert.strictEqual(yield* problemOf(jws, other.jwk, [algorithm]), "signature");
          assert.strictEqual(yield* problemOf(jws, jwk, ["HS256"]), "algorithm");
          const shared = yield* fromSecret(secret, "HS256");
          assert.strictEqual(yield* problemOf(jws, shared, [algorithm]), "key");
        }).pipe(Effect.provide(layer)),
      30_000,
    );
  }

  for (const algorithm of ["HS256", "HS384", "HS512"] as const) {
    it.effect(`sign() makes ${algorithm} that verify() accepts from this secret alone`, () =>
      Effect.gen(function* () {
        assert.isTrue(isJwsAlgorithm(algorithm) && isMacAlgorithm(algorithm));
        const own = yield* fromSecret(Redacted.make("s".repeat(64)), algorithm);
        const other = yield* fromSecret(Redacted.make("t".repeat(64)), algorithm);
        const jws = jwsOf(yield* sign({}, { iss: "joe" }, own));
        yield* verify(jws, own, { algorithms: [algorithm] });
        assert.strictEqual(yield* problemOf(jws, other, [algorithm]), "signature");
      }).pipe(Effect.provide(layer)));
  }

  it.effect("sign() makes the header of rfc7523-4-grant-claims", () =>
    Effect.gen(function* () {
      const { signing } = yield* pair("ES256");
      const token = yield* sign({}, { iss: "https://jwt-idp.example.com" }, {
        ...signing,
        keyId: "16",
      });
      const [header] = Redacted.value(token).split(".");
      assert.strictEqual(header, "eyJhbGciOiJFUzI1NiIsImtpZCI6IjE2In0");
    }).pipe(Effect.provide(layer)));

  it.effect("sign() makes rfc8037-a4-eddsa to the letter", () =>
    Effect.gen(function* () {
      const key = yield* fromJwk(Redacted.make({
        kty: "OKP",
        crv: "Ed25519",
        d: "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
      }));
      const payload = new TextEncoder().encode("Example of Ed25519 signing");
      const token = yield* sign({}, payload, key);
      const vector = joseVectors["jws-verify"].find(({ id }) => id === "rfc8037-a4-eddsa");
      assert.strictEqual(Redacted.value(token), vector?.input["jws"]);
    }).pipe(Effect.provide(layer)));

  it.effect("sign() lets nobody choose another alg than the key's", () =>
    Effect.gen(function* () {
      const key = yield* fromSecret(secret, "HS256");
      const header = { alg: "none" } as unknown as { typ: string };
      assert.strictEqual(jwsOf(yield* sign(header, {}, key)).header.algorithm, "HS256");
    }).pipe(Effect.provide(layer)));

  it.effect("verify() refuses a point off its curve as a key", () =>
    Effect.gen(function* () {
      const { jwk, signing } = yield* pair("ES256");
      const jws = jwsOf(yield* sign({}, {}, signing));
      const off = {
        ...jwk,
        material: { ...jwk.material, y: Base64Url.encode(new Uint8Array(32).fill(7)) },
      };
      assert.strictEqual(yield* problemOf(jws, off as Jwk), "key");
    }).pipe(Effect.provide(layer)));

  it.effect("verify() refuses RS256 by a key that is for PS256", () =>
    Effect.gen(function* () {
      const { jwk, signing } = yield* pair("RS256");
      const jws = jwsOf(yield* sign({}, {}, signing));
      assert.strictEqual(yield* problemOf(jws, { ...jwk, algorithm: "PS256" }), "key");
    }).pipe(Effect.provide(layer)), 30_000);

  it.effect.prop(
    "verify() accepts whatever sign() signed, and nothing with one bit changed",
    [Schema.Record(Schema.String, Schema.String), Schema.Natural],
    ([claims, at]) =>
      Effect.gen(function* () {
        const key = yield* fromSecret(secret, "HS256");
        const jws = jwsOf(yield* sign({}, { claims }, key));
        yield* verify(jws, key, { algorithms: ["HS256"] });
        assert.deepStrictEqual(Result.getOrThrow(claimsOf(jws)), { claims });
        const bytes = Redacted.value(jws.signingInput).slice();
        const index = at % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ (1 << (at % 8));
        const changed = { ...jws, signingInput: Redacted.make(bytes) };
        assert.strictEqual(yield* problemOf(changed, key), "signature");
      }).pipe(Effect.provide(layer)),
  );
});
