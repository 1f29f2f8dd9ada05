/**
 * A call with the token, and what happened behind it: the states of the session, and what the server
 * heard.
 *
 * @module
 */
import * as Effect from "effect/Effect";
import * as Option from "effect/Option";
import { type Observation, Observer } from "@bellhop/core/protocol/observation";
import type { DevServer } from "@bellhop/devserver/dev_server";
import type { RecordedRequest } from "@bellhop/devserver/recorded_request";
import * as Call from "../command/call.ts";
import type { AppError } from "../failure.ts";
import { dim, Screen } from "../screen.ts";

/** Calls the server's API and writes its answer, then what happened. */
export const watchedCall: (
  server: DevServer,
) => Effect.Effect<void, AppError, Call.CallServices> = Effect.fnUntraced(
  function* (server: DevServer) {
    const screen = yield* Screen;
    const url = `${server.issuer}/api/me`;
    const before = yield* server.requests;
    const states: Array<string> = [];
    const observer: Observer = {
      observe: (observation: Observation) => {
        if (observation.type === "session.changed") states.push(observation.path);
      },
    };
    screen.write(`  bellhop call ${url}\n  `);
    yield* Call.run({
      url,
      method: Option.none(),
      headers: [],
      data: Option.none(),
      include: false,
      fail: true,
    }).pipe(Effect.provideService(Observer, observer));
    const heard = (yield* server.requests).slice(before.length).map(wordsOf);
    screen.write(`\n${dim(screen, `  session: ${states.join(" → ")}`)}\n`);
    screen.write(`${dim(screen, `  server:  ${heard.join(", ")}`)}\n`);
  },
);

function wordsOf({ method, path, grantType, status }: RecordedRequest): string {
  return `${method} ${path}${grantType === undefined ? "" : ` (${grantType})`} ${status ?? "-"}`;
}
