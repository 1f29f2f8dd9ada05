/**
 * The people of a world, as a program meets them: it sends their browser somewhere, and they come
 * back, or not.
 *
 * Nobody need be asked to enter a user code: whoever reads one off a device comes by themselves.
 *
 * @module
 */
import * as Context from "effect/Context";
import * as Effect from "effect/Effect";
import type { ServerHost } from "../network/server_host.ts";
import type { Process } from "../world/process.ts";
import type { World } from "../world/world.ts";

/** Somebody with a browser. */
export interface People {
  /**
   * Sends a browser to an authorization URL, and gives the URL that it comes back to. Who never comes
   * back is waited for without end.
   *
   * @param url The authorization URL.
   * @param onReturn Called with each URL that the browser comes back to. Whoever approves twice comes
   * back twice.
   */
  readonly visit: (url: string, onReturn?: (url: string) => void) => Effect.Effect<string>;
}

/** Key of the {@linkcode People} service. */
export const People: Context.Service<People, People> = Context.Service(
  "@bellhop/simulator/simulation/people/People",
);

/** The people that one process meets. */
export function peopleOf(world: World, server: ServerHost, process: Process): People {
  return {
    visit: (url, onReturn) =>
      Effect.callback<string>((resume) => {
        const challenge = new URL(url).searchParams.get("code_challenge") ?? "";
        world.emit({ type: "browser.sent", process: process.name, challenge });
        for (const { afterMillis, decision } of server.nextPerson()) {
          world.after(afterMillis, () => {
            const { status, headers } = server.answer({
              method: "GET",
              url,
              headers: { "x-person": decision },
              body: "",
            });
            world.emit({ type: "person", does: decision, status });
            const { location } = headers;
            if (location === undefined) return;
            process.post(() => {
              onReturn?.(location);
              resume(Effect.succeed(location));
            });
          });
        }
      }),
  };
}
