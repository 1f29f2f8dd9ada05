/**
 * The flags that say where the browser comes back to.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import * as Flag from "effect/cli/Flag";
import { type CommandError, usageError } from "./command_error.ts";
import type { RedirectPlace } from "./profile.ts";

/** The flags, as the command line declares them. */
export const redirectFlags = {
  redirectPort: Flag.Int("redirect-port").pipe(
    Flag.withDescription(
      "Port that the browser comes back to, as http://127.0.0.1:PORT/callback; any free one unless told",
    ),
    Flag.withMetavar("PORT"),
    Flag.filter((port) => port >= 1 && port <= 65_535, () => "Expected a port from 1 to 65535"),
    Flag.optional,
  ),
  redirectUri: Flag.String("redirect-uri").pipe(
    Flag.withDescription("Where the browser comes back to, exactly as it is registered"),
    Flag.withMetavar("URL"),
    Flag.optional,
  ),
};

/** What {@linkcode redirectFlags} give. */
export interface RedirectInput {
  readonly redirectPort: Option.Option<number>;
  readonly redirectUri: Option.Option<string>;
}

/** Where the browser comes back to; nothing where nobody said. */
export function redirectOf(
  { redirectPort, redirectUri }: RedirectInput,
): Effect.Effect<RedirectPlace | undefined, CommandError> {
  if (Option.isNone(redirectUri)) {
    return Effect.succeed(Option.match(redirectPort, {
      onNone: () => undefined,
      onSome: (port) => ({ port }),
    }));
  }
  const uri = redirectUri.value;
  if (Option.isNone(redirectPort)) return Effect.succeed({ uri });
  const own = portOf(uri);
  return own === undefined || own === redirectPort.value
    ? Effect.succeed({ uri, port: redirectPort.value })
    : Effect.fail(usageError(
      "--redirect-uri and --redirect-port name two ports",
      "Pass the redirect URI as it is registered, and leave --redirect-port out",
    ));
}

/** What is no URL is for the listener to complain about. */
function portOf(uri: string): number | undefined {
  const port = /^https?:\/\/[^/?#]*:(\d+)(?:[/?#]|$)/i.exec(uri)?.[1];
  return port === undefined ? undefined : Number(port);
}
