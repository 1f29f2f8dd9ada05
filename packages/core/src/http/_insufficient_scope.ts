import * as Challenge from "../protocol/challenge.ts";
import * as Redaction from "../protocol/redaction.ts";
import * as SecureUrl from "../protocol/secure_url.ts";
import type { Bearer } from "./_bearer.ts";
import { InsufficientScope } from "./session_client_error.ts";

/** What a 403 said, and in answer to what. */
export interface Refusal {
  /** The `WWW-Authenticate` header. */
  readonly header: string | null | undefined;
  readonly url: string;
  readonly bearer: Bearer;
}

const maxScopes = 32;

/** Reads a 403 as an error, if it says that scope is missing. RFC 6750 section 3.1. */
export function insufficientScopeOf(refusal: Refusal): InsufficientScope | undefined {
  const challenge = Challenge.parse(refusal.header ?? undefined).find(({ scheme, parameters }) =>
    scheme === "bearer" && parameters["error"] === "insufficient_scope"
  );
  if (challenge === undefined) return undefined;
  const redact = Redaction.make([refusal.bearer.tokens.accessToken]);
  const scope = (challenge.parameters["scope"] ?? "").split(/\s+/).filter((text) => text !== "");
  const description = challenge.parameters["error_description"];
  return new InsufficientScope({
    url: redact(SecureUrl.stripped(refusal.url)),
    scope: scope.slice(0, maxScopes).map((text) => redact(text, { limit: 100, isLine: true })),
    ...(description === undefined
      ? {}
      : { description: redact(description, { limit: 500, isLine: true }) }),
  });
}
