/** What the tests of the authorization code grant share: a client, a server by script, services. */
import * as Effect from "effect/Effect";
import type * as HttpClient from "effect/http/HttpClient";
import * as Layer from "effect/Layer";
import * as Redacted from "effect/Redacted";
import * as Aead from "effect/crypto/Aead";
import * as Digest from "effect/crypto/Digest";
import * as SecureRandom from "effect/crypto/SecureRandom";
import * as Base64Url from "effect/encoding/Base64Url";
import { layerMemory } from "../../flow/memory_flow_store.ts";
import type { FlowStore } from "../../flow/flow_store.ts";
import type { Client } from "../../protocol/client.ts";
import { generateKey, SealingKeys } from "../../protocol/seal.ts";
import type { AuthorizationCodeOptions } from "../authorization_code_options.ts";
import { type ScriptedAnswer, scriptedServer, type SeenRequest } from "./scripted_server.ts";

export const SECRETS = {
  code: "planted-code-0a41",
  accessToken: "planted-access-token-9d20",
  refreshToken: "planted-refresh-token-e7aa",
  idToken: "planted-id-token-77c3",
  clientSecret: "planted-client-secret-4b13",
} as const;

export const issuer = "https://as.example.com";
export const redirectUri = "https://client.example.com/cb";

export const client: Client = {
  clientId: "app",
  authentication: {
    method: "client_secret_basic",
    clientSecret: Redacted.make(SECRETS.clientSecret),
  },
  server: {
    issuer,
    authorizationEndpoint: `${issuer}/authorize`,
    tokenEndpoint: `${issuer}/token`,
    codeChallengeMethodsSupported: ["S256"],
    authorizationResponseIssParameterSupported: true,
  },
};

export const options: AuthorizationCodeOptions = {
  client,
  redirectUri,
  scope: ["openid", "read"],
  resource: ["https://api.example.com/"],
};

export const granted: ScriptedAnswer = {
  body: {
    access_token: SECRETS.accessToken,
    token_type: "Bearer",
    expires_in: 3600,
    refresh_token: SECRETS.refreshToken,
    id_token: SECRETS.idToken,
  },
};

/** The token endpoint by script. */
export function tokenServer(...answers: ReadonlyArray<ScriptedAnswer>): {
  readonly layer: Layer.Layer<HttpClient.HttpClient>;
  readonly seen: Array<SeenRequest>;
} {
  return scriptedServer("hang", answers);
}

/** Random bytes that a seed brings back: byte by byte another stream for each layer. */
export function seeded(seed: number): Layer.Layer<SecureRandom.SecureRandom> {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  };
  return Layer.sync(
    SecureRandom.SecureRandom,
    () => SecureRandom.make((size) => Uint8Array.from({ length: size }, next)),
  );
}

/** A digest that answers at once. It is none. */
export const digest: Layer.Layer<Digest.Digest> = Layer.succeed(
  Digest.Digest,
  Digest.Digest.of({
    digest: (_algorithm, data) => Effect.sync(() => mixed(data)),
    digestHex: (_algorithm, data) => Effect.sync(() => [...mixed(data)].join("")),
  }),
);

/** What that digest makes of a text, in base64url. */
export function digestOf(text: string): string {
  return Base64Url.encode(mixed(new TextEncoder().encode(text)));
}

function mixed(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(32);
  let at = 7;
  for (const byte of data) {
    at = (Math.imul(at, 31) + byte + 1) >>> 0;
    bytes[at % 32] = (bytes[at % 32] ?? 0) + byte + (at >>> 24);
  }
  return bytes;
}

/** Services that answer at once, for the test clock. */
export const instant: Layer.Layer<Digest.Digest | SecureRandom.SecureRandom> = Layer.mergeAll(
  digest,
  seeded(1),
);

/** What the two halves of a login need, with real crypto; one server process. */
export const process: Layer.Layer<
  Aead.Aead | Digest.Digest | FlowStore | SealingKeys | SecureRandom.SecureRandom
> = Layer.mergeAll(
  layerMemory(),
  Layer.effect(SealingKeys, Effect.map(generateKey(), (key) => ({ keys: [key] as const }))),
).pipe(
  Layer.provideMerge(Layer.mergeAll(Aead.layerWebCrypto, Digest.layerWebCrypto)),
  Layer.provideMerge(SecureRandom.layerWebCrypto),
);

/** The callback that answers a URL, with what differs; an absent value leaves a parameter out. */
export function callbackTo(
  url: Redacted.Redacted,
  differing: Readonly<Record<string, string | undefined>> = {},
): string {
  const state = new URL(Redacted.value(url)).searchParams.get("state") ?? "";
  const query = new URLSearchParams();
  for (
    const [name, value] of Object.entries({ code: SECRETS.code, state, iss: issuer, ...differing })
  ) {
    if (value !== undefined) query.append(name, value);
  }
  return `${redirectUri}?${query}`;
}
