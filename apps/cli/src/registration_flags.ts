/**
 * The flags that name a server, a client registered there, and what it asks for; and how they are laid
 * over what a profile remembers.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Path from "effect/Path";
import type * as Redacted from "effect/Redacted";
import * as Flag from "effect/cli/Flag";
import type { JwsAlgorithm } from "@bellhop/core/protocol/jws_algorithm";
import { type CommandError, usageError } from "./command_error.ts";
import { grantOf, grants } from "./grant.ts";
import { jwsAlgorithms } from "./jws_algorithms.ts";
import { present } from "./present.ts";
import {
  type ClientAlgorithm,
  type HandGivenEndpoints,
  type Profile,
  type SecretPlace,
  type TokenAuth,
  tokenAuths,
} from "./profile.ts";
import { redirectFlags, type RedirectInput, redirectOf } from "./redirect_flags.ts";

function endpointFlag(name: string): Flag.Flag<Option.Option<string>> {
  return Flag.String(name).pipe(
    Flag.withDescription("Given by hand, with --issuer, instead of discovery"),
    Flag.withMetavar("URL"),
    Flag.optional,
  );
}

/** The flags, as the command line declares them. */
export const registrationFlags = {
  grant: Flag.String("grant").pipe(
    Flag.withDescription(
      `How to sign in: ${
        grants.join(", ")
      }. Unless told or known auto: code where a browser can be ` +
        "opened, else device",
    ),
    Flag.withMetavar("GRANT"),
    Flag.optional,
  ),
  issuer: Flag.String("issuer").pipe(
    Flag.withDescription("The authorization server, exactly as it names itself"),
    Flag.withMetavar("URL"),
    Flag.optional,
  ),
  clientId: Flag.String("client-id").pipe(
    Flag.withDescription("The client, as it is registered at the server"),
    Flag.withMetavar("ID"),
    Flag.optional,
  ),
  tokenAuth: Flag.Literals("token-auth", tokenAuths).pipe(
    Flag.withDescription(
      "How the client proves who it is; chosen by the server's metadata unless told",
    ),
    Flag.optional,
  ),
  clientSecretFile: Flag.String("client-secret-file").pipe(
    Flag.withDescription("File that holds the client secret; the profile remembers its path only"),
    Flag.withMetavar("FILE"),
    Flag.optional,
  ),
  clientSecretEnv: Flag.String("client-secret-env").pipe(
    Flag.withDescription("Environment variable that holds the client secret"),
    Flag.withMetavar("NAME"),
    Flag.optional,
  ),
  clientSecret: Flag.Redacted("client-secret").pipe(Flag.optional, Flag.withHidden),
  clientKeyFile: Flag.String("client-key-file").pipe(
    Flag.withDescription(
      "File that holds the client's private JSON Web Key; the profile remembers its path only",
    ),
    Flag.withMetavar("FILE"),
    Flag.optional,
  ),
  clientKeyEnv: Flag.String("client-key-env").pipe(
    Flag.withDescription("Environment variable that holds the client's private JSON Web Key"),
    Flag.withMetavar("NAME"),
    Flag.optional,
  ),
  clientKey: Flag.Redacted("client-key").pipe(Flag.optional, Flag.withHidden),
  clientKeyAlg: Flag.Literals("client-key-alg", jwsAlgorithms).pipe(
    Flag.withDescription(
      "How the client signs, as it is registered; by its key or the metadata unless told",
    ),
    Flag.optional,
  ),
  ...redirectFlags,
  idTokenAlg: Flag.Literals("id-token-alg", jwsAlgorithms).pipe(
    Flag.withDescription(
      "How the server signs this client's ID tokens; RS256 unless told or its metadata lacks it",
    ),
    Flag.optional,
  ),
  scope: Flag.String("scope").pipe(
    Flag.withDescription("Scopes to ask for, separated by spaces; the server decides unless told"),
    Flag.withMetavar(`"A B"`),
    Flag.optional,
  ),
  resource: Flag.String("resource").pipe(
    Flag.withDescription("Where the token will be used (RFC 8707); may be repeated"),
    Flag.withMetavar("URL"),
    Flag.atLeast(0),
  ),
  audience: Flag.String("audience").pipe(
    Flag.withDescription("The same for servers that know no resource"),
    Flag.withMetavar("NAME"),
    Flag.optional,
  ),
  authorizationEndpoint: endpointFlag("authorization-endpoint"),
  tokenEndpoint: endpointFlag("token-endpoint"),
  deviceAuthorizationEndpoint: endpointFlag("device-authorization-endpoint"),
  revocationEndpoint: endpointFlag("revocation-endpoint"),
  introspectionEndpoint: endpointFlag("introspection-endpoint"),
  userinfoEndpoint: endpointFlag("userinfo-endpoint"),
  jwksUri: endpointFlag("jwks-uri"),
};

/** What {@linkcode registrationFlags} give. */
export interface RegistrationInput extends RedirectInput {
  readonly grant: Option.Option<string>;
  readonly issuer: Option.Option<string>;
  readonly clientId: Option.Option<string>;
  readonly tokenAuth: Option.Option<TokenAuth>;
  readonly clientSecretFile: Option.Option<string>;
  readonly clientSecretEnv: Option.Option<string>;
  /** There only to be refused. */
  readonly clientSecret: Option.Option<Redacted.Redacted>;
  readonly clientKeyFile: Option.Option<string>;
  readonly clientKeyEnv: Option.Option<string>;
  /** There only to be refused. */
  readonly clientKey: Option.Option<Redacted.Redacted>;
  readonly clientKeyAlg: Option.Option<ClientAlgorithm>;
  readonly idTokenAlg: Option.Option<JwsAlgorithm>;
  readonly scope: Option.Option<string>;
  readonly resource: ReadonlyArray<string>;
  readonly audience: Option.Option<string>;
  readonly authorizationEndpoint: Option.Option<string>;
  readonly tokenEndpoint: Option.Option<string>;
  readonly deviceAuthorizationEndpoint: Option.Option<string>;
  readonly revocationEndpoint: Option.Option<string>;
  readonly introspectionEndpoint: Option.Option<string>;
  readonly userinfoEndpoint: Option.Option<string>;
  readonly jwksUri: Option.Option<string>;
}

/**
 * Lays the flags over what is known. What belongs to one server or client is not carried over to another:
 * endpoints end with the issuer, a secret's place with the client.
 */
export const profileOf: (
  input: RegistrationInput,
  known: Option.Option<Profile>,
) => Effect.Effect<Profile, CommandError, Path.Path> = Effect.fnUntraced(
  function* (input: RegistrationInput, known: Option.Option<Profile>) {
    const { issuer, sameServer } = yield* issuerOf(input, known);
    const clientId = told(input.clientId, sameServer?.clientId);
    if (clientId === undefined) {
      return yield* usageError(
        `No client is known at "${issuer}"`,
        "Pass --client-id ID, as the client is registered there",
      );
    }
    const sameClient = sameServer?.clientId === clientId ? sameServer : undefined;
    const optional = {
      ...(yield* identityOf(input, sameClient)),
      redirect: (yield* redirectOf(input)) ?? sameClient?.redirect,
      idTokenAlgorithm: told(input.idTokenAlg, sameClient?.idTokenAlgorithm),
      endpoints: endpointsOf(input) ?? sameServer?.endpoints,
      audience: told(input.audience, sameClient?.audience),
    };
    return { issuer, clientId, ...wantsOf(input, sameClient), ...present(optional) };
  },
);

/** How the client logs in and proves who it is. A new credential replaces whatever is known of that. */
const identityOf = Effect.fnUntraced(function* (
  input: RegistrationInput,
  known: Profile | undefined,
) {
  const grant = yield* grantOf(input.grant, known === undefined ? "auto" : known.grant);
  const secret = yield* placeOf({ name: "client secret", flag: "--client-secret" }, {
    bare: input.clientSecret,
    file: input.clientSecretFile,
    env: input.clientSecretEnv,
  });
  const key = yield* placeOf({ name: "client key", flag: "--client-key" }, {
    bare: input.clientKey,
    file: input.clientKeyFile,
    env: input.clientKeyEnv,
  });
  const { tokenAuth, clientSecret, clientKey, clientAlgorithm } = known ?? {};
  const before = present({ tokenAuth, clientSecret, clientKey, clientAlgorithm });
  const proof = yield* proofOf(input, { known: before, secret, key });
  return { grant, ...proof };
});

interface Places {
  readonly known: Proof;
  readonly secret: SecretPlace | undefined;
  readonly key: SecretPlace | undefined;
}

type Proof = Pick<Profile, "tokenAuth" | "clientSecret" | "clientKey" | "clientAlgorithm">;

function proofOf(
  input: RegistrationInput,
  places: Places,
): Effect.Effect<Proof, CommandError> {
  const { secret, key } = places;
  if (secret !== undefined && key !== undefined) {
    return Effect.fail(usageError(
      "A client has a secret or a key, not both",
      "Pass either --client-secret-… or --client-key-…",
    ));
  }
  const { tokenAuth: before, clientAlgorithm, ...kept } = keptOf(places);
  const tokenAuth = told(input.tokenAuth, before);
  const algorithm = told(input.clientKeyAlg, tokenAuth === before ? clientAlgorithm : undefined);
  const credentials = { ...kept, ...present({ clientSecret: secret, clientKey: key }) };
  return Effect.succeed({
    ...present({ tokenAuth, clientAlgorithm: algorithm }),
    ...(tokenAuth === "none" ? {} : credentials),
  });
}

/** What stays of what is known: another sort of credential is another way of authentication too. */
function keptOf({ known, secret, key }: Places): Proof {
  if (secret === undefined && key === undefined) return known;
  const isKey = key !== undefined;
  if (isKey !== (known.clientKey !== undefined)) return {};
  const { tokenAuth, clientAlgorithm } = known;
  return present({ tokenAuth, clientAlgorithm: isKey ? undefined : clientAlgorithm });
}

/** Scopes and resources. */
function wantsOf(
  input: RegistrationInput,
  known: Profile | undefined,
): Pick<Profile, "scope" | "resource"> {
  const { scope = [], resource = [] } = known ?? {};
  return {
    scope: Option.match(input.scope, {
      onNone: () => scope,
      onSome: (text) => text.split(/\s+/).filter((name) => name !== ""),
    }),
    resource: input.resource.length > 0 ? input.resource : resource,
  };
}

function told<A>(flag: Option.Option<A>, known: A | undefined): A | undefined {
  return Option.getOrElse(flag, () => known);
}

const issuerOf = Effect.fnUntraced(function* (
  input: RegistrationInput,
  known: Option.Option<Profile>,
) {
  const profile = Option.getOrUndefined(known);
  const issuer = Option.getOrUndefined(input.issuer) ?? profile?.issuer;
  if (issuer === undefined) {
    return yield* usageError(
      "No server is known for this profile",
      "Pass --issuer URL and --client-id ID the first time",
    );
  }
  return { issuer, sameServer: profile?.issuer === issuer ? profile : undefined };
});

interface Credential {
  readonly name: string;
  readonly flag: string;
}

interface CredentialFlags {
  readonly bare: Option.Option<Redacted.Redacted>;
  readonly file: Option.Option<string>;
  readonly env: Option.Option<string>;
}

const placeOf = Effect.fnUntraced(function* (
  { name, flag }: Credential,
  { bare, file, env }: CredentialFlags,
) {
  if (Option.isSome(bare)) {
    return yield* usageError(
      `A ${name} on the command line shows in the process list`,
      `Pass ${flag}-file FILE or ${flag}-env NAME, and replace that ${name}`,
    );
  }
  if (Option.isSome(file) && Option.isSome(env)) {
    return yield* usageError(
      `The ${name} cannot be in a file and in a variable`,
      `Pass either ${flag}-file or ${flag}-env`,
    );
  }
  const path = yield* Path.Path;
  const place: SecretPlace | undefined = Option.isSome(file)
    ? { file: path.resolve(file.value) }
    : Option.isSome(env)
    ? { env: env.value }
    : undefined;
  return place;
});

const endpointNames: ReadonlyArray<keyof HandGivenEndpoints> = [
  "authorizationEndpoint",
  "tokenEndpoint",
  "deviceAuthorizationEndpoint",
  "revocationEndpoint",
  "introspectionEndpoint",
  "userinfoEndpoint",
  "jwksUri",
];

function endpointsOf(input: RegistrationInput): HandGivenEndpoints | undefined {
  const given = endpointNames.flatMap((name) => {
    const url = input[name];
    return Option.isSome(url) ? [[name, url.value]] : [];
  });
  return given.length === 0 ? undefined : Object.fromEntries(given);
}
