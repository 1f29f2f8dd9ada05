/** A request without its secrets. */
import { isPlanted, ordinalOf } from "../server/secret.ts";
import type { ServerRequest } from "../server/server_message.ts";
import type { HttpSent } from "../world/world_event.ts";

export function outlineOfRequest(
  { body, headers }: ServerRequest,
  { href, pathname }: URL,
): Pick<HttpSent, "path" | "grant" | "secret" | "bearer" | "holdsSecret"> {
  const form = new URLSearchParams(body);
  const grant = form.get("grant_type");
  const secret = ordinal(form.get("refresh_token") ?? form.get("device_code") ?? form.get("code"));
  const bearer = ordinal(headers["authorization"]?.slice("Bearer ".length));
  return {
    path: pathname,
    ...(grant === null ? {} : { grant }),
    ...(secret === undefined ? {} : { secret }),
    ...(bearer === undefined ? {} : { bearer }),
    ...(isPlanted(href) ? { holdsSecret: true } : {}),
  };
}

function ordinal(secret: string | null | undefined): number | undefined {
  return secret === null || secret === undefined ? undefined : ordinalOf(secret);
}
