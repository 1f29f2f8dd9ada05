import * as Effect from "effect/Effect";
import * as Mac from "effect/crypto/Mac";
import * as SecureRandom from "effect/crypto/SecureRandom";
import type * as Signature from "effect/crypto/Signature";
import * as Option from "effect/Option";
import type * as Redacted from "effect/Redacted";
import { byKey, bySecret } from "./client_assertion.ts";
import { ClientConfigError, type ClientConfigProblem } from "./client_config_error.ts";
import { type ClientKey, decode } from "./client_key.ts";
import type {
  ClientAuthentication,
  ClientAuthenticationMethod,
  ClientSecretJwt,
  PrivateKeyJwt,
} from "./client_method.ts";
import type { AnyClientOptions } from "./client_options.ts";
import {
  isJwsAlgorithm,
  isMacAlgorithm,
  type JwsAlgorithm,
  type MacAlgorithm,
  type PublicKeyAlgorithm,
} from "./jws_algorithm.ts";
import { visible } from "./redaction.ts";
import type { ServerMetadata } from "./server_metadata.ts";
import { fromSecret } from "./signing_key.ts";

/** Of those that a server offers the first is used: what needs no crypto, in the header, comes first. */
const secretMethods = ["client_secret_basic", "client_secret_post", "client_secret_jwt"] as const;
const macAlgorithms: ReadonlyArray<MacAlgorithm> = ["HS256", "HS384", "HS512"];

/** The method that is prescribed or that the metadata leads to, with all that it needs. */
export function chooseAuthentication(
  server: ServerMetadata,
  options: AnyClientOptions,
): Effect.Effect<
  ClientAuthentication,
  ClientConfigError,
  SecureRandom.SecureRandom | Signature.Signature
> {
  const { clientSecret, key } = options;
  const method = options.method ?? preferredMethod(server, options);
  if (method === undefined) return refuseMethods(server, options);
  if (method === "private_key_jwt") {
    if (clientSecret !== undefined) return refuse("unexpectedSecret", secretBesideKey);
    return key === undefined ? refuse("missingKey", noKey) : signedByKey(server, options, key);
  }
  if (key !== undefined) return refuseKey(method);
  if (method === "none") {
    return clientSecret === undefined
      ? Effect.succeed({ method })
      : refuse("unexpectedSecret", secretOfNone);
  }
  if (clientSecret === undefined) return refuseWithoutSecret(method);
  return method === "client_secret_jwt"
    ? signedBySecret(server, options, clientSecret)
    : Effect.succeed({ method, clientSecret });
}

function preferredMethod(
  server: ServerMetadata,
  { clientSecret, key }: AnyClientOptions,
): ClientAuthenticationMethod | undefined {
  const { tokenEndpointAuthMethodsSupported: offered } = server;
  if (key !== undefined) {
    return offered?.includes("private_key_jwt") === false ? undefined : "private_key_jwt";
  }
  if (clientSecret === undefined) return "none";
  return secretMethods.find((method) => (offered ?? ["client_secret_basic"]).includes(method));
}

const signedByKey: (
  server: ServerMetadata,
  options: AnyClientOptions,
  key: ClientKey,
) => Effect.Effect<
  PrivateKeyJwt,
  ClientConfigError,
  SecureRandom.SecureRandom | Signature.Signature
> = Effect.fnUntraced(
  function* (server: ServerMetadata, options: AnyClientOptions, key: ClientKey) {
    const { clientId, keyId } = options;
    // `decode` looks at what it is given, and says what is wrong with an algorithm of HMAC.
    const asked = options.algorithm as PublicKeyAlgorithm | undefined;
    const signing = yield* decode({ key, algorithm: asked, keyId });
    const { algorithm } = signing;
    if (!isOffered(server, options, algorithm)) return yield* refuseAlgorithm(server, algorithm);
    return {
      method: "private_key_jwt" as const,
      algorithm,
      ...(signing.keyId === undefined ? {} : { keyId: signing.keyId }),
      assertion: yield* byKey(clientId, signing),
    };
  },
);

/** What is chosen by the metadata cannot show in the type: the services are taken if they are there. */
const signedBySecret: (
  server: ServerMetadata,
  options: AnyClientOptions,
  clientSecret: Redacted.Redacted,
) => Effect.Effect<ClientSecretJwt, ClientConfigError> = Effect.fnUntraced(
  function* (server: ServerMetadata, options: AnyClientOptions, clientSecret: Redacted.Redacted) {
    const mac = yield* Effect.serviceOption(Mac.Mac);
    const random = yield* Effect.serviceOption(SecureRandom.SecureRandom);
    if (Option.isNone(mac) || Option.isNone(random)) {
      return yield* refuse("missingCrypto", noCrypto);
    }
    const algorithm = yield* macAlgorithmOf(server, options);
    const shared = yield* fromSecret(clientSecret, algorithm).pipe(
      Effect.mapError(() => weakSecret(algorithm)),
    );
    const assertion = yield* bySecret(options.clientId, shared).pipe(
      Effect.provideService(Mac.Mac, mac.value),
      Effect.provideService(SecureRandom.SecureRandom, random.value),
    );
    return { method: "client_secret_jwt" as const, clientSecret, algorithm, assertion };
  },
);

function macAlgorithmOf(
  server: ServerMetadata,
  options: AnyClientOptions,
): Effect.Effect<MacAlgorithm, ClientConfigError> {
  const { algorithm: asked } = options;
  if (asked !== undefined && !(isJwsAlgorithm(asked) && isMacAlgorithm(asked))) {
    return refuse("unknownAlgorithm", {
      description: `"${visible(asked).slice(0, 20)}" is not an algorithm of a secret`,
      hint: "Choose HS256, HS384 or HS512, as the client is registered",
    });
  }
  const { tokenEndpointAuthSigningAlgValuesSupported: offered } = server;
  const algorithm = asked ??
    macAlgorithms.find((name) => offered?.includes(name)) ?? "HS256";
  return isOffered(server, options, algorithm)
    ? Effect.succeed(algorithm)
    : refuseAlgorithm(server, algorithm);
}

/** Who prescribes the method knows better than the metadata, of the algorithm too. */
function isOffered(
  server: ServerMetadata,
  { method }: AnyClientOptions,
  algorithm: JwsAlgorithm,
): boolean {
  const { tokenEndpointAuthSigningAlgValuesSupported: offered } = server;
  return method !== undefined || offered === undefined || offered.includes(algorithm);
}

const secretBesideKey = {
  description: "A client secret was given beside the method of a key, which sends none",
  hint: "Leave the secret out, or choose another method",
};
const secretOfNone = {
  description: `A client secret was given, but the method "none" sends none`,
  hint: "Leave the secret out, or choose another method",
};
const noKey = {
  description: `The method "private_key_jwt" needs a private key`,
  hint: "Pass the private key whose public half the server knows",
};
const noCrypto = {
  description: `The method "client_secret_jwt" needs the services Mac and SecureRandom`,
  hint: "Provide Mac.layerWebCrypto and SecureRandom.layerWebCrypto where the client is made, " +
    "or name another method",
};

function refuseKey(method: string): Effect.Effect<never, ClientConfigError> {
  return refuse("unexpectedKey", {
    description: `A private key was given, but the method "${method}" signs nothing with it`,
    hint: `Leave the key out, or choose the method "private_key_jwt"`,
  });
}

function refuseWithoutSecret(method: string): Effect.Effect<never, ClientConfigError> {
  return refuse("missingSecret", {
    description: `The method "${method}" needs a client secret`,
    hint: `Pass the client secret, or the method "none" for a public client`,
  });
}

function refuseMethods(
  { tokenEndpointAuthMethodsSupported: offered }: ServerMetadata,
  { key }: AnyClientOptions,
): Effect.Effect<never, ClientConfigError> {
  const [credential, methods] = key === undefined
    ? ["client secret", "client_secret_basic or client_secret_post"]
    : ["signature of a key", "private_key_jwt"];
  return refuse("unsupportedMethod", {
    description: `The server takes no ${credential}, it offers ${listed(offered, "method")}`,
    hint: `Register the client for ${methods}, ` +
      "or name the method if the server's metadata is wrong",
  });
}

function refuseAlgorithm(
  { tokenEndpointAuthSigningAlgValuesSupported: offered }: ServerMetadata,
  algorithm: string,
): Effect.Effect<never, ClientConfigError> {
  return refuse("unsupportedAlgorithm", {
    description: `The server takes no "${algorithm}", it offers ${listed(offered, "algorithm")}`,
    hint: "Register the client for one of those, " +
      "or name the method as well if the server's metadata is wrong",
  });
}

function weakSecret(algorithm: MacAlgorithm): ClientConfigError {
  return new ClientConfigError({
    problem: "weakKey",
    description: `The client secret is too short to sign with "${algorithm}"`,
    hint: "Have the server make a longer one, or register the client for another method",
  });
}

function listed(offered: ReadonlyArray<string> = [], what: string): string {
  const names = offered.slice(0, 10).map((name) => `"${visible(name).slice(0, 60)}"`).join(", ");
  return names || `no ${what} at all`;
}

function refuse(
  problem: ClientConfigProblem,
  words: { readonly description: string; readonly hint: string },
): Effect.Effect<never, ClientConfigError> {
  return Effect.fail(new ClientConfigError({ problem, ...words }));
}
