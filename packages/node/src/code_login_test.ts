import { assert, describe, it } from "@effect/vitest";
import type { AuthorizationCodeOptions } from "@bellhop/core/grant/authorization_code";
import * as AuthorizationCode from "@bellhop/core/grant/authorization_code";
import * as Discovery from "@bellhop/core/endpoint/discovery";
import { layerMemory } from "@bellhop/core/flow/memory_flow_store";
import { fromUrl } from "@bellhop/core/protocol/authorization_response";
import * as Client from "@bellhop/core/protocol/client";
import { generateKey, SealingKeys } from "@bellhop/core/protocol/seal";
import { DevServer } from "@bellhop/devserver/dev_server";
import * as Server from "@bellhop/devserver/dev_server";
import { Effect, Fiber, Layer, Queue, Redacted, Stream } from "effect";
import { Aead, Digest, SecureRandom } from "effect/crypto";
import { FetchHttpClient } from "effect/http";
import { pressing } from "./_test_sign_in.ts";

const keys = Layer.effect(
  SealingKeys,
  Effect.map(generateKey(), (key) => ({ keys: [key] as const })),
);
const services = Layer.mergeAll(keys, layerMemory(), FetchHttpClient.layer).pipe(
  Layer.provideMerge(Layer.mergeAll(Aead.layerWebCrypto, Digest.layerWebCrypto)),
  Layer.provideMerge(SecureRandom.layerWebCrypto),
);

const optionsFor = Effect.fnUntraced(function* (clientId: string, secret?: string) {
  const server = yield* Discovery.discover((yield* DevServer).issuer);
  const client = yield* Client.make(server, {
    clientId,
    clientSecret: secret === undefined ? undefined : Redacted.make(secret),
  });
  const options: AuthorizationCodeOptions = {
    client,
    redirectUri: "http://127.0.0.1:51234/callback",
    scope: ["openid", "api:read"],
  };
  return options;
});

const codeRequests = Effect.map(
  Effect.flatMap(DevServer, (server) => server.requests),
  (requests) => requests.filter(({ path }) => path === "/token"),
);

describe("a login by authorization code at a real server", () => {
  it.layer(Layer.mergeAll(Server.layer(), services), { excludeTestServices: true })((it) => {
    it.effect("gives a public client its tokens, with PKCE and the server's iss", () =>
      Effect.gen(function* () {
        const options = yield* optionsFor("bellhop-cli");
        const callbacks = yield* Queue.unbounded<AuthorizationCode.Callback>();
        const before = (yield* codeRequests).length;
        const { tokens } = yield* AuthorizationCode.authorize({
          ...options,
          callbacks: Stream.fromQueue(callbacks),
          onAuthorizationUrl: ({ url }) =>
            Effect.flatMap(pressing(url, "login", "allow"), (back) => {
              assert.isTrue(new URL(back).searchParams.has("iss"));
              const forged = new URL(back);
              forged.searchParams.set("state", "forged");
              const loads = [forged.href, back, back];
              return Queue.offerAll(
                callbacks,
                loads.map((each) => ({ parameters: fromUrl(each) })),
              );
            }),
        });
        assert.deepStrictEqual(tokens.scope, ["openid", "api:read"]);
        assert.isDefined(tokens.idToken);
        assert.lengthOf(yield* codeRequests, before + 1);
      }));

    it.effect("gives a web application its tokens in two halves, and once", () =>
      Effect.gen(function* () {
        const options = yield* optionsFor("bellhop-web", "bellhop-web-dev-secret");
        const { url } = yield* AuthorizationCode.begin({ ...options, memo: "/inbox" });
        const back = yield* pressing(url, "login", "allow");
        const { memo, tokens } = yield* AuthorizationCode.complete(options, fromUrl(back));
        assert.strictEqual(memo, "/inbox");
        assert.strictEqual(tokens.tokenType, "Bearer");
        const before = (yield* codeRequests).length;
        const error = yield* Effect.flip(AuthorizationCode.complete(options, fromUrl(back)));
        assert.strictEqual(error.reason._tag, "NotAwaited");
        assert.lengthOf(yield* codeRequests, before);
      }));

    it.effect("ends as Denied when the user presses Deny", () =>
      Effect.gen(function* () {
        const options = yield* optionsFor("bellhop-web", "bellhop-web-dev-secret");
        const { url } = yield* AuthorizationCode.begin(options);
        const back = yield* pressing(url, "login", "deny");
        const error = yield* Effect.flip(AuthorizationCode.complete(options, fromUrl(back)));
        assert.strictEqual(error.reason._tag, "Denied");
      }));

    it.effect("two logins at once by one client do not mix, whatever is interrupted", () =>
      Effect.gen(function* () {
        const options = yield* optionsFor("bellhop-cli");
        const waiting = yield* Effect.forkChild(AuthorizationCode.authorize({
          ...options,
          callbacks: Stream.never,
          onAuthorizationUrl: () => Effect.void,
        }));
        const { url } = yield* AuthorizationCode.begin(options);
        yield* Fiber.interrupt(waiting);
        const back = yield* pressing(url, "login", "allow");
        const { tokens } = yield* AuthorizationCode.complete(options, fromUrl(back));
        assert.strictEqual(tokens.tokenType, "Bearer");
      }));
  });
});
