/**
 * `bellhop serve`: a real authorization server on loopback, for trying things out.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Command from "effect/cli/Command";
import * as Flag from "effect/cli/Flag";
import type { DevServer } from "@bellhop/devserver/dev_server";
import type { DevServerError } from "@bellhop/devserver/dev_server_error";
import { writeLine } from "../json_lines.ts";
import { Screen } from "../screen.ts";
import { Settings } from "../settings.ts";

const flags = {
  port: Flag.Int("port").pipe(
    Flag.withDescription("Port on 127.0.0.1; 0 takes a free one"),
    Flag.withMetavar("PORT"),
    Flag.filter((port) => port >= 0 && port <= 65_535, () => "Expected a port from 0 to 65535"),
    Flag.withDefault(4400),
  ),
};

/** The command. */
export const command = Command.make("serve", flags, (input) => run(input)).pipe(
  Command.withDescription(
    "Runs an authorization server on loopback until Ctrl-C: with a test user, clients and an API. " +
      "It keeps nothing, and protects nothing",
  ),
  Command.withShortDescription("Run a server to try things out"),
);

/** Where it listens. */
export interface ServeOptions {
  readonly port: number;
}

/** Serves until interrupted. */
const run: (
  options: ServeOptions,
) => Effect.Effect<never, DevServerError, Settings | Screen> = Effect.fnUntraced(
  function* ({ port }: ServeOptions) {
    const { make } = yield* Effect.promise(() => import("@bellhop/devserver/dev_server"));
    const server = yield* make({ port });
    yield* announce(server);
    return yield* Effect.never;
  },
  Effect.scoped,
);

const announce = Effect.fnUntraced(function* (server: DevServer) {
  const { isJson } = yield* Settings;
  const screen = yield* Screen;
  if (isJson) {
    return yield* writeLine({
      type: "serving",
      issuer: server.issuer,
      api: `${server.issuer}/api/me`,
      clients: server.clients.map(({ clientId, authentication, grantTypes }) => ({
        client_id: clientId,
        token_endpoint_auth_method: authentication,
        grant_types: grantTypes,
      })),
    });
  }
  screen.write(`${wordsOf(server).join("\n")}\n`);
});

function wordsOf({ issuer, clients, user }: DevServer): ReadonlyArray<string> {
  return [
    `Authorization server: ${issuer}`,
    `Test user: ${user.name}, who signs in without a password`,
    "Clients:",
    ...clients.map(({ clientId, authentication, grantTypes }) =>
      `  ${clientId.padEnd(21)} ${authentication.padEnd(20)} ${
        grantTypes.map(shortGrant).join(", ")
      }`
    ),
    "  The secret of a client that has one is its name followed by -dev-secret.",
    "",
    "Try it from another terminal:",
    `  bellhop login --issuer ${issuer} --client-id bellhop-cli --scope "openid api:read"`,
    `  bellhop call ${issuer}/api/me`,
    "",
    "Ctrl-C ends it.",
  ];
}

function shortGrant(grantType: string): string {
  return grantType.replace("urn:ietf:params:oauth:grant-type:", "");
}
