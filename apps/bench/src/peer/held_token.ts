/**
 * How programs hold tokens over a library that does not, as the libraries' own examples do it: when
 * the token has expired, ask for another and keep what comes.
 *
 * @module
 */
import type { Call } from "./call.ts";

interface Answer {
  readonly access_token: string;
  readonly expires_in?: number | undefined;
  readonly refresh_token?: string | undefined;
}

/** Asks for a token where the one that is held has expired. */
export function renewedWhenExpired(
  family: string,
  renew: (refreshToken: string) => Promise<Answer>,
): Call {
  let held = { accessToken: "old", expiresAtMillis: 1, refreshToken: `${family}.0` };
  return async () => {
    if (held.expiresAtMillis <= Date.now()) {
      const answer = await renew(held.refreshToken);
      held = {
        accessToken: answer.access_token,
        expiresAtMillis: Date.now() + (answer.expires_in ?? 0) * 1000,
        refreshToken: answer.refresh_token ?? held.refreshToken,
      };
    }
    return held.accessToken;
  };
}
