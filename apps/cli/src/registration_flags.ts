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
import { type CommandError, usageError } from "./command_error.ts";
import { defaultGrant, grantOf, grants } from "./grant.ts";
import type { HandGivenEndpoints, Profile, SecretPlace, TokenAuth } from "./profile.ts";

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
      `How to sign in: ${grants.join(", ")}; ${defaultGrant} unless told or known`,
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
  tokenAuth: Flag.Literals("token-auth", ["basic", "post", "none"]).pipe(
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
};

/** What {@linkcode registrationFlags} give. */
export interface RegistrationInput {
  readonly grant: Option.Option<string>;
  readonly issuer: Option.Option<string>;
  readonly clientId: Option.Option<string>;
  readonly tokenAuth: Option.Option<TokenAuth>;
  readonly clientSecretFile: Option.Option<string>;
  readonly clientSecretEnv: Option.Option<string>;
  /** There only to be refused. */
  readonly clientSecret: Option.Option<Redacted.Redacted>;
  readonly scope: Option.Option<string>;
  readonly resource: ReadonlyArray<string>;
  readonly audience: Option.Option<string>;
  readonly authorizationEndpoint: Option.Option<string>;
  readonly tokenEndpoint: Option.Option<string>;
  readonly deviceAuthorizationEndpoint: Option.Option<string>;
  readonly revocationEndpoint: Option.Option<string>;
  readonly introspectionEndpoint: Option.Option<string>;
  readonly userinfoEndpoint: Option.Option<string>;
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
      endpoints: endpointsOf(input) ?? sameServer?.endpoints,
      audience: told(input.audience, sameClient?.audience),
    };
    return { issuer, clientId, ...wantsOf(input, sameClient), ...present(optional) };
  },
);

/** How the client logs in and proves who it is. */
const identityOf = Effect.fnUntraced(function* (
  input: RegistrationInput,
  known: Profile | undefined,
) {
  const grant = yield* grantOf(input.grant, known?.grant);
  const secret = (yield* secretPlaceOf(input)) ?? known?.clientSecret;
  const tokenAuth = told(input.tokenAuth, known?.tokenAuth);
  return {
    grant: grant === defaultGrant ? undefined : grant,
    tokenAuth,
    clientSecret: tokenAuth === "none" ? undefined : secret,
  };
});

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

/** Leaves out what is `undefined`. */
function present<A extends object>(
  members: A,
): { readonly [K in keyof A]?: Exclude<A[K], undefined> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { readonly [K in keyof A]?: Exclude<A[K], undefined> };
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

const secretPlaceOf = Effect.fnUntraced(function* (input: RegistrationInput) {
  const { clientSecret, clientSecretFile: file, clientSecretEnv: env } = input;
  if (Option.isSome(clientSecret)) {
    return yield* usageError(
      "A client secret on the command line shows in the process list",
      "Pass --client-secret-file FILE or --client-secret-env NAME, and replace that secret",
    );
  }
  if (Option.isSome(file) && Option.isSome(env)) {
    return yield* usageError(
      "The client secret cannot be in a file and in a variable",
      "Pass either --client-secret-file or --client-secret-env",
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
];

function endpointsOf(input: RegistrationInput): HandGivenEndpoints | undefined {
  const given = endpointNames.flatMap((name) => {
    const url = input[name];
    return Option.isSome(url) ? [[name, url.value]] : [];
  });
  return given.length === 0 ? undefined : Object.fromEntries(given);
}
