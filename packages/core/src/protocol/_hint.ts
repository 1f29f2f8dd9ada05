import type { EndpointError, EndpointErrorReason } from "./endpoint_error.ts";

type ReasonOf<Tag extends EndpointErrorReason["_tag"]> = Extract<
  EndpointErrorReason,
  { readonly _tag: Tag }
>;

/** What a person can do about an {@linkcode EndpointError}. */
export function hintOf(error: EndpointError): string {
  const { reason } = error;
  switch (reason._tag) {
    case "Unreachable":
      return unreachableHint(reason, hostOf(error.url));
    case "Unavailable":
      return unavailableHint(reason);
    case "Rejected":
      return rejectedHint(reason.code);
    case "Malformed":
      return malformedHint(reason, error);
    case "Insecure":
      return `Use https, as in "${reason.url.replace(/^http:/i, "https:")}"`;
    case "InvalidUrl":
      return invalidUrlHint(reason);
    case "Unsupported":
      return `Pass the ${reason.member} by hand if the server has one, or choose another grant`;
  }
}

function unreachableHint(reason: ReasonOf<"Unreachable">, host: string): string {
  switch (reason.kind) {
    case "dns":
      return `Check the spelling of "${host}" and the network`;
    case "refused":
      return `Check that a server is listening at "${host}" and that the port is right`;
    case "tls":
      return `Check the certificate of "${host}"; a private authority must be trusted first`;
    case "timeout":
      return `Try again, or allow the request more time`;
    default:
      return `Check the network and any proxy on the way to "${host}", then try again`;
  }
}

function unavailableHint(reason: ReasonOf<"Unavailable">): string {
  return reason.retryAfterMillis === undefined
    ? "Try again later; if it stays so, the server's operator has to look"
    : `Try again in ${Math.ceil(reason.retryAfterMillis / 1000)} seconds, as the server asked`;
}

function rejectedHint(code: string): string {
  switch (code) {
    case "invalid_client":
      return "Check the client identifier, the client secret and the method of authentication";
    case "unauthorized_client":
      return "Allow this grant for the client in the server's registration";
    case "unsupported_grant_type":
      return "Enable this grant at the server, or choose another one";
    case "invalid_scope":
      return "Ask only for scopes that the server offers this client";
    case "invalid_target":
      return "Check the resource or audience that was asked for";
    case "invalid_grant":
    case "expired_token":
    case "access_denied":
      return "Log in again";
    case "unsupported_token_type":
      return "The server does not revoke this type of token, let it expire";
    default:
      return "Look up the error code in the server's documentation";
  }
}

function malformedHint(reason: ReasonOf<"Malformed">, error: EndpointError): string {
  switch (reason.problem) {
    case "issuerMismatch":
      return `Pass "${
        reason.suggestion ?? "the issuer"
      }" exactly as written, if you trust that server`;
    case "redirect":
      return reason.suggestion === undefined
        ? "Pass the address that the server redirects to, if you trust it"
        : `Pass "${reason.suggestion}" instead, if you trust that server`;
    case "insecureEndpoint":
      return "The server's operator has to publish https endpoints; or pass the endpoints by hand";
    default:
      return error.endpoint === "metadata"
        ? "Check that the issuer is right, or pass the endpoints by hand"
        : `Check that "${error.url}" is the server's ${error.endpoint} endpoint`;
  }
}

function invalidUrlHint(reason: ReasonOf<"InvalidUrl">): string {
  return reason.suggestion === undefined
    ? `Pass an absolute URL such as "https://as.example.com"`
    : `Pass "${reason.suggestion}" instead`;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
