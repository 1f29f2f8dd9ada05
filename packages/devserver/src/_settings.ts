import * as Effect from "effect/Effect";
import * as Redacted from "effect/Redacted";
import { builtInClients, type DevClient } from "./dev_client.ts";
import { DevServerError, InvalidOption } from "./dev_server_error.ts";
import type { DevServerOptions } from "./dev_server_options.ts";
import { testUser } from "./dev_user.ts";

/** The options with their defaults. */
export type Settings = {
  readonly [Option in keyof DevServerOptions]-?: Exclude<DevServerOptions[Option], undefined>;
};

/** Completes and checks `options`. */
export function settingsOf(options: DevServerOptions): Effect.Effect<Settings, DevServerError> {
  const settings: Settings = {
    ...defaults(),
    ...definedOf(options),
    clients: clientsOf(options.clients ?? []),
  };
  const reason = problemOf(settings);
  return reason === undefined
    ? Effect.succeed(settings)
    : Effect.fail(new DevServerError({ reason }));
}

function defaults(): Omit<Settings, "clients"> {
  return {
    port: 0,
    user: testUser(),
    intervalSeconds: 5,
    deviceCodeSeconds: 600,
    authorizationCodeSeconds: 60,
    accessTokenSeconds: 3600,
    refreshTokenSeconds: 14 * 24 * 3600,
    idTokenSeconds: 3600,
    rotateRefreshTokens: true,
    rotationGraceMillis: 0,
    refreshTokens: "always",
  };
}

function definedOf(options: DevServerOptions): Partial<Settings> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function clientsOf(added: ReadonlyArray<DevClient>): ReadonlyArray<DevClient> {
  return [
    ...new Map([...builtInClients(), ...added].map((client) => [client.clientId, client])).values(),
  ];
}

function problemOf(settings: Settings): InvalidOption | undefined {
  if (!Number.isInteger(settings.port) || settings.port < 0 || settings.port > 65_535) {
    return new InvalidOption({ option: "port", description: "a whole number from 0 to 65535" });
  }
  for (const option of ["intervalSeconds", "rotationGraceMillis"] as const) {
    if (!Number.isFinite(settings[option]) || settings[option] < 0) {
      return new InvalidOption({ option, description: "a number from 0" });
    }
  }
  for (
    const option of [
      "deviceCodeSeconds",
      "authorizationCodeSeconds",
      "accessTokenSeconds",
      "refreshTokenSeconds",
      "idTokenSeconds",
    ] as const
  ) {
    if (!Number.isSafeInteger(settings[option]) || settings[option] < 1) {
      return new InvalidOption({ option, description: "a whole number of seconds from 1" });
    }
  }
  return settings.clients.map(clientProblemOf).find((problem) => problem !== undefined);
}

function clientProblemOf(client: DevClient): InvalidOption | undefined {
  const { authentication, clientId, clientSecret, publicKeys = [] } = client;
  const isFitting = authentication.startsWith("client_secret") === (clientSecret !== undefined) &&
    (authentication === "private_key_jwt") === (publicKeys.length > 0);
  if (!isFitting) {
    return invalidClients(
      `clients with a secret, or public keys, where their authentication needs one, ` +
        `unlike "${clientId}"`,
    );
  }
  const isSecretLong = authentication !== "client_secret_jwt" || clientSecret === undefined ||
    new TextEncoder().encode(Redacted.value(clientSecret)).length >= minSigningSecretBytes;
  return isSecretLong ? undefined : invalidClients(
    `clients with a secret of at least ${minSigningSecretBytes} bytes to sign with, ` +
      `unlike "${clientId}"`,
  );
}

/** As long as the digest of HS256. RFC 7518 section 3.2. */
const minSigningSecretBytes = 32;

function invalidClients(description: string): InvalidOption {
  return new InvalidOption({ option: "clients", description });
}
