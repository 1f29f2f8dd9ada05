/**
 * The client credentials grant as the command line runs it: observed, and with an end.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import type { HttpClient } from "effect/http/HttpClient";
import type { TokenRequestError } from "@bellhop/core/grant/token_request_error";
import type { Client } from "@bellhop/core/protocol/client";
import { Observer } from "@bellhop/core/protocol/observation";
import type { TokenSet } from "@bellhop/core/protocol/token_set";
import type { Profile } from "./profile.ts";
import type { Screen } from "./screen.ts";
import { Settings } from "./settings.ts";
import { stateReport } from "./state_report.ts";

/** For whom, and what is asked for. */
export interface ClientCredentialsLoginOptions {
  readonly client: Client;
  readonly profile: Profile;
}

/** How long a server that gives no answer is asked again. Nobody is there to wait for. */
const retryForMillis = 5_000;

/** Gets a token for the client itself. RFC 6749 section 4.4. */
export const clientCredentialsLogin: (
  options: ClientCredentialsLoginOptions,
) => Effect.Effect<TokenSet, TokenRequestError, HttpClient | Settings | Screen> = Effect
  .fnUntraced(function* ({ client, profile }: ClientCredentialsLoginOptions) {
    const { authorize } = yield* Effect.promise(() =>
      import("@bellhop/core/grant/client_credentials")
    );
    const { requestLimitMillis } = yield* Settings;
    const observer = yield* stateReport({ path: "" });
    return yield* authorize({
      client,
      scope: profile.scope.length === 0 ? undefined : profile.scope,
      resource: profile.resource.length === 0 ? undefined : profile.resource,
      audience: profile.audience,
      requestLimitMillis,
      retryForMillis,
    }).pipe(Effect.provideService(Observer, observer));
  });
