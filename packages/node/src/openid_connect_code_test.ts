import { assert, describe, it } from "@effect/vitest";
import * as Discovery from "@bellhop/core/endpoint/discovery";
import * as JwksCache from "@bellhop/core/endpoint/jwks_cache";
import { layerMemory } from "@bellhop/core/flow/memory_flow_store";
import * as AuthorizationCode from "@bellhop/core/grant/authorization_code";
import { userinfo, validator } from "@bellhop/core/grant/openid_connect";
import { fromUrl } from "@bellhop/core/protocol/authorization_response";
import * as Client from "@bellhop/core/protocol/client";
import { endSessionUrl } from "@bellhop/core/protocol/end_session_request";
import { generateKey, SealingKeys } from "@bellhop/core/protocol/seal";
import { DevServer } from "@bellhop/devserver/dev_server";
import * as Server from "@bellhop/devserver/dev_server";
import { Effect, Layer, Redacted, Result } from "effect";
import { Aead, Digest, Mac, SecureRandom, Signature } from "effect/crypto";
import { FetchHttpClient } from "effect/http";
import { pressing } from "./_test_sign_in.ts";

const crypto = Layer.mergeAll(
  Aead.layerWebCrypto,
  Digest.layerWebCrypto,
  Mac.layerWebCrypto,
  Signature.layerWebCrypto,
).pipe(Layer.provideMerge(SecureRandom.layerWebCrypto));
const keys = Layer.effect(
  SealingKeys,
  Effect.map(generateKey(), (key) => ({ keys: [key] as const })),
);
const layer = Layer.mergeAll(
  Server.layer(),
  JwksCache.layer().pipe(Layer.provideMerge(FetchHttpClient.layer)),
  layerMemory(),
  keys.pipe(Layer.provideMerge(crypto)),
);

const validate = validator();

const optionsFor = Effect.fnUntraced(function* (maxAgeSeconds?: number) {
  const server = yield* Discovery.discover((yield* DevServer).issuer);
  const client = yield* Client.make(server, {
    clientId: "bellhop-web",
    clientSecret: Redacted.make("bellhop-web-dev-secret"),
  });
  return {
    client,
    redirectUri: "http://127.0.0.1:51234/callback",
    scope: ["openid", "profile"],
    maxAgeSeconds,
    validate,
  };
});

const login = Effect.fnUntraced(function* (maxAgeSeconds?: number) {
  const options = yield* optionsFor(maxAgeSeconds);
  const { url } = yield* AuthorizationCode.begin(options);
  const back = yield* pressing(url, "login", "allow");
  const authorization = yield* AuthorizationCode.complete(options, fromUrl(back));
  return { ...authorization, client: options.client };
});

describe("a login by authorization code, identified", () => {
  it.layer(layer, { excludeTestServices: true })((it) => {
    it.effect("tells who it was, by a token with the nonce that was sent", () =>
      Effect.gen(function* () {
        const { client, nonce, tokens, validated: { claims } } = yield* login();
        assert.strictEqual(claims.subject, "ada");
        assert.strictEqual(claims.nonce, Redacted.value(nonce));
        const { accessToken } = tokens;
        const { members } = yield* userinfo(client, { accessToken, subject: claims.subject });
        assert.strictEqual(members["name"], "Ada Lovelace");
      }));

    it.effect("tells when the user signed in, where that was asked for", () =>
      Effect.gen(function* () {
        const { validated: { claims } } = yield* login(600);
        assert.isDefined(claims.authTimeMillis);
      }));

    it.effect("is not another login, whatever is exchanged", () =>
      Effect.gen(function* () {
        const [first, second] = [yield* login(), yield* login()];
        const { client, tokens } = first;
        const other = yield* Effect.flip(validate(tokens, { client, nonce: second.nonce }));
        assert.propertyVal(other, "problem", "nonce");
        const without = yield* Effect.flip(validate(tokens, { client }));
        assert.propertyVal(without, "problem", "nonce");
      }));

    it.effect("ends at the server too, where the browser opens the address for that", () =>
      Effect.gen(function* () {
        const { client, tokens } = yield* login();
        const pageFor = (idToken: Redacted.Redacted | undefined) =>
          Effect.promise(async () => {
            const url = Result.getOrThrow(endSessionUrl(client, { idToken }));
            const response = await fetch(Redacted.value(url));
            return { status: response.status, text: await response.text() };
          });
        const page = yield* pageFor(tokens.idToken);
        assert.strictEqual(page.status, 200);
        assert.include(page.text, "/session/end/confirm");
        assert.strictEqual((yield* pageFor(Redacted.make("not.a.token"))).status, 400);
      }));
  });
});
