/**
 * The mixed scenario: processes that share one person's session and renew it, people who sign in by
 * device and by browser, sign out and are thrown out, and a service with a grant of its own.
 *
 * @module
 */
import type * as Cause from "effect/Cause";
import * as Effect from "effect/Effect";
import * as HttpClient from "effect/http/HttpClient";
import * as Redacted from "effect/Redacted";
import type * as Scope from "effect/Scope";
import * as AuthorizationCode from "@bellhop/core/grant/authorization_code";
import * as ClientCredentials from "@bellhop/core/grant/client_credentials";
import * as DeviceAuthorization from "@bellhop/core/grant/device_authorization";
import * as SessionClient from "@bellhop/core/http/session_client";
import * as AuthorizationResponse from "@bellhop/core/protocol/authorization_response";
import { open, type Session } from "@bellhop/core/session/session";
import type { SessionStateName } from "@bellhop/core/session/session_state";
import type { Draw } from "../seed.ts";
import { People } from "../simulation/people.ts";
import type { ProcessServices, Surroundings } from "../simulation/process_services.ts";
import { strikeBefore } from "../world/crowd.ts";
import type { Extent } from "../world/extent.ts";
import type { Process } from "../world/process.ts";
import { ask } from "./caller.ts";
import { drawServer } from "./draw_server.ts";
import type { Desk, Errand, Failure, Scenario } from "./scenario.ts";
import { apiUrl, publicClient, redirectUri, serviceClient } from "./simulated_client.ts";

/** Key of the person's session. */
export const SESSION_KEY = "work";
const SCOPE = ["read", "write"];

/** Processes that share a session, while everything that a session meets happens to it. */
export const mixed: Scenario = {
  name: "mixed",
  server: drawServer,
  errands: drawErrands,
  last: ["token"],
  open: (process, surroundings) => openDesk(process, surroundings),
};

/** What is asked, by how often it is. */
const often: readonly [string, ...ReadonlyArray<string>] = [
  "token",
  "token",
  "token",
  "tokens",
  "tokens",
  "call",
  "call",
  "read",
  "long",
  "service",
];

const seldom: readonly [string, ...ReadonlyArray<string>] = [
  "sign in by device",
  "sign in by code",
  "sign in by code",
  "sign in again",
  "sign out",
  "throw out",
];

function drawErrands(draw: Draw, { machines, durationMillis }: Extent): ReadonlyArray<Errand> {
  const minutes = Math.ceil(durationMillis / 60_000);
  const some = (count: number, from: readonly [string, ...ReadonlyArray<string>]) =>
    Array.from({ length: count }, () => ({
      atMillis: draw.between(Math.min(30_000, durationMillis), durationMillis),
      machine: draw.below(machines),
      what: draw.pick(from),
    }));
  // Many at one time on several machines: a token that is due is due for all of them.
  const crowds = Array.from({ length: 2 * minutes }, () => {
    const atMillis = strikeBefore(draw.between(Math.min(60_000, durationMillis), durationMillis));
    return Array.from(
      { length: machines },
      (_, machine) => ({ atMillis, machine, what: "tokens" }),
    );
  }).flat();
  return [
    { atMillis: 10, machine: 0, what: "sign in by device" },
    ...crowds,
    ...some(4 * minutes, often),
    ...some(Math.ceil(minutes / 2), seldom),
  ].toSorted((one, other) => one.atMillis - other.atMillis);
}

type Opened = Effect.Effect<Desk, Failure, ProcessServices | Scope.Scope>;

const openDesk: (process: Process, surroundings: Surroundings) => Opened = Effect.fnUntraced(
  function* (process: Process, surroundings: Surroundings) {
    const session = yield* open({ key: SESSION_KEY, client: publicClient });
    const service = yield* open({
      key: `service ${process.machine}`,
      client: serviceClient,
      acquire: ({ scope }) => ClientCredentials.request({ client: serviceClient, scope }),
    });
    const http = yield* HttpClient.HttpClient;
    const api = yield* SessionClient.make(http, session, { origins: [new URL(apiUrl).origin] });
    return (what: string) => {
      switch (what) {
        case "token":
          return ask(process, what, () => session.token());
        case "tokens":
          return together(4, ask(process, "token", () => session.token()));
        case "read":
          return ask(process, what, () => session.token({ scope: ["read"] }));
        case "long":
          return ask(process, what, () => session.token({ minTtlMillis: 45_000 }));
        case "service":
          return together(2, ask(process, { what, key: service.key }, () => service.token()));
        case "call":
          return ask(process, what, () => callApi(api));
        case "sign out":
          return ask(process, what, () => Effect.asVoid(session.revoke()));
        case "throw out":
          return throwOut(surroundings);
        default:
          return signIn(process, session, what);
      }
    };
  },
);

/** A call has a limit of its own: a session's client sets none. */
function callApi<E>(
  api: HttpClient.HttpClient.With<E>,
): Effect.Effect<void, E | Cause.TimeoutError> {
  return Effect.scoped(api.get(apiUrl)).pipe(Effect.timeout(30_000), Effect.asVoid);
}

function together(count: number, asking: Effect.Effect<void>): Effect.Effect<void> {
  return Effect.all(Array.from({ length: count }, () => asking), {
    concurrency: "unbounded",
    discard: true,
  });
}

/** An administrator ends what the session lives on. */
function throwOut({ server, store }: Surroundings): Effect.Effect<void> {
  return Effect.sync(() => {
    const refreshToken = store.record(SESSION_KEY)?.refreshToken;
    if (refreshToken !== undefined) server.revokeFamilyOf(refreshToken);
  });
}

const needy: ReadonlySet<SessionStateName> = new Set([
  "absent",
  "revoked",
  "expired",
  "reauthorizationRequired",
]);

function signIn(
  process: Process,
  session: Session,
  what: string,
): Effect.Effect<void, never, ProcessServices> {
  return Effect.flatMap(
    session.state,
    ({ name }) => {
      if (!needy.has(name) && what !== "sign in again") return Effect.void;
      const login = what === "sign in by device"
        ? Effect.flatMap(byDevice, (tokens) => session.signIn(tokens, { scope: SCOPE }))
        : byCode(process, session);
      return ask(process, what, () => login);
    },
  );
}

type Login = Effect.Effect<void, { readonly _tag: string }, ProcessServices>;

const byDevice = DeviceAuthorization.authorize({
  client: publicClient,
  scope: SCOPE,
  onUserCode: () => Effect.void,
});

const codeOptions = { client: publicClient, redirectUri, scope: SCOPE };

/** The two halves of a web application. */
const byCode: (process: Process, session: Session) => Login = Effect.fnUntraced(
  function* (process: Process, session: Session) {
    const { url } = yield* AuthorizationCode.begin(codeOptions);
    const people = yield* People;
    const services = yield* Effect.context<ProcessServices>();
    let isAwaited = true;
    // A web application learns of each return, awaited or not, and treats all of them alike.
    const onReturn = (returned: string) => {
      const isFirst = isAwaited;
      isAwaited = false;
      if (isFirst) return;
      process.run(ask(process, "sign in by return", () => comeBack(session, returned)), services);
    };
    const returned = yield* people.visit(Redacted.value(url), onReturn).pipe(
      Effect.timeout(600_000),
      Effect.ensuring(Effect.sync(() => isAwaited = false)),
    );
    yield* comeBack(session, returned);
  },
);

/** What a web application does with a browser that came back. */
function comeBack(session: Session, returned: string): Login {
  return Effect.flatMap(
    AuthorizationCode.complete(codeOptions, AuthorizationResponse.fromUrl(returned)),
    ({ tokens }) => session.signIn(tokens, { scope: SCOPE }),
  );
}
