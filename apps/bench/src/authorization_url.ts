/**
 * What the start of an authorization code login costs: state, PKCE pair and URL, one after the other.
 */
import * as NodeCrypto from "@effect/platform-node/NodeCrypto";
import { type Client, Pkce } from "@bellhop/core";
import { prepare, type PreparedRequest, urlOf } from "@bellhop/core/protocol/authorization_request";
import * as Effect from "effect/Effect";
import * as Digest from "effect/crypto/Digest";
import * as SecureRandom from "effect/crypto/SecureRandom";
import * as Base64Url from "effect/encoding/Base64Url";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import * as Result from "effect/Result";
import { createHash, randomBytes } from "node:crypto";
import * as openid from "openid-client";
import type { Measure } from "./figure.ts";
import { figuresOf, inRounds, ratio } from "./rounds.ts";

const redirectUri = "https://app.example.com/callback";
const authorizationEndpoint = "https://as.example.com/authorize";
const issuer = "https://as.example.com";

const client: Client.Client = {
  clientId: "app",
  authentication: { method: "none" },
  server: { issuer, authorizationEndpoint },
};

/** Keeps what was made from being optimised away. */
let last: unknown;

function plainly(times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    const verifier = randomBytes(32).toString("base64url");
    const challenge = createHash("sha256").update(verifier).digest("base64url");
    const query = new URLSearchParams({
      response_type: "code",
      client_id: "app",
      redirect_uri: redirectUri,
      scope: "read",
      state: randomBytes(32).toString("base64url"),
      code_challenge: challenge,
      code_challenge_method: "S256",
    });
    last = [verifier, `${authorizationEndpoint}?${query}`];
  }
  return Promise.resolve();
}

const attempt = Effect.fnUntraced(function* (prepared: PreparedRequest) {
  const random = yield* SecureRandom.SecureRandom;
  const state = Redacted.make(Base64Url.encode(yield* random.randomBytes(32)));
  const { challenge, verifier } = yield* Pkce.make();
  return [verifier, urlOf(prepared, { state, challenge })] as const;
});

function ours(
  crypto: Layer.Layer<Digest.Digest | SecureRandom.SecureRandom>,
): (times: number) => Promise<void> {
  const prepared = Result.getOrThrow(prepare({ client, redirectUri, scope: ["read"] }));
  const once = attempt(prepared);
  return (times) =>
    Effect.runPromise(
      Effect.provide(
        Effect.gen(function* () {
          for (let i = 0; i < times; i++) last = yield* once;
        }),
        crypto,
      ),
    );
}

async function openidClient(times: number): Promise<void> {
  const metadata = { issuer, authorization_endpoint: authorizationEndpoint };
  const configuration = new openid.Configuration(metadata, "app", undefined, openid.None());
  for (let i = 0; i < times; i++) {
    const verifier = openid.randomPKCECodeVerifier();
    const challenge = await openid.calculatePKCECodeChallenge(verifier);
    last = [
      verifier,
      openid.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: "read",
        state: openid.randomState(),
        code_challenge: challenge,
        code_challenge_method: "S256",
      }).href,
    ];
  }
}

/** Rates of the same start, ours over both kinds of crypto, beside node:crypto by hand and a peer. */
export async function authorizationUrl(_: unknown, isSmoke: boolean): Promise<Measure> {
  const times = isSmoke ? 2_000 : 20_000;
  const rate = (name: string, make: (times: number) => Promise<void>) => ({
    name,
    measure: async () => {
      const began = performance.now();
      await make(times);
      return times / (performance.now() - began) * 1000;
    },
  });
  const web = Layer.merge(Digest.layerWebCrypto, SecureRandom.layerWebCrypto);
  const node = Layer.merge(NodeCrypto.layerDigest, NodeCrypto.layerSecureRandom);
  const outcomes = await inRounds([
    rate("node:crypto and URLSearchParams by hand", plainly),
    rate("Bellhop, Node's crypto layers", ours(node)),
    rate("Bellhop, WebCrypto", ours(web)),
    rate("openid-client", openidClient),
  ], { rounds: isSmoke ? 5 : 11, warmUp: 2 });
  if (last === undefined) throw new Error("Nothing was made");
  const [, , overWeb, peer] = outcomes;
  return {
    name: "Authorization URL with PKCE, per second",
    aim: "over WebCrypto at least openid-client's rate",
    figures: figuresOf(outcomes, "/s"),
    isMet: ratio(overWeb, peer) >= 1,
  };
}
