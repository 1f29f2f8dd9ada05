/** A command's surroundings in memory: a screen, keys, a browser, a vault and a server that is told what to say. */
import { type Cause, Context, Effect, Layer, Option, Queue, Terminal } from "effect";
import { Digest } from "effect/crypto";
import { type HttpBody, HttpClient, HttpClientResponse } from "effect/http";
import { NodeServices } from "@effect/platform-node";
import type { SessionRecord } from "@bellhop/core/session/session_record";
import { SessionVault } from "@bellhop/core/session/session_vault";
import { Browser } from "@bellhop/node/browser";
import { Screen } from "../screen.ts";
import { Settings } from "../settings.ts";
import { Storage } from "../storage.ts";

/** What can be seen of it, and done to it. */
export interface World {
  /** What was written to the screen. */
  screen: string;
  /** Pages that were opened. */
  readonly opened: Array<string>;
  /** Sessions by profile. */
  readonly sessions: Map<string, SessionRecord>;
  /** One for each token request. */
  readonly polls: Array<string>;
  /** One for each token that was revoked: its hint, and the token. */
  readonly revoked: Array<string>;
  /** What the token endpoint answers next; the last answer stays. */
  readonly answers: Array<unknown>;
  readonly press: (name: string, ctrl?: boolean) => Effect.Effect<void>;
  /** Types or pastes text, character by character. */
  readonly type: (text: string) => Effect.Effect<void>;
}

/** How it is made. */
export interface WorldOptions {
  readonly home: string;
  readonly isTerminal?: boolean | undefined;
  readonly isJson?: boolean | undefined;
  readonly expiresInSeconds?: number | undefined;
}

/** What a world provides. */
export type WorldServices =
  | HttpClient.HttpClient
  | Screen
  | Settings
  | Browser
  | SessionVault
  | Storage
  | Digest.Digest
  | NodeServices.NodeServices;

/** Issuer of the server in it. */
export const issuer = "https://as.example.com";

/** Makes one. */
export function makeWorld(
  options: WorldOptions,
): readonly [World, Layer.Layer<WorldServices>] {
  const keys = Effect.runSync(Queue.unbounded<Terminal.UserInput, Cause.Done>());
  const world: World = {
    screen: "",
    opened: [],
    sessions: new Map(),
    polls: [],
    revoked: [],
    answers: [{ error: "authorization_pending" }],
    press: (name, ctrl = false) =>
      Effect.asVoid(Queue.offer(keys, {
        input: Option.none(),
        key: { name, ctrl, meta: false, shift: false },
      })),
    type: (text) =>
      Effect.asVoid(Queue.offerAll(
        keys,
        Array.from(text, (character) => ({
          input: Option.some(character),
          key: { name: character, ctrl: false, meta: false, shift: false },
        })),
      )),
  };
  const { isTerminal = false, isJson = false } = options;
  const context = Context.make(Screen, {
    isTerminal,
    hasKeys: isTerminal,
    canColor: false,
    columns: () => 100,
    write: (text) => {
      world.screen += text;
    },
  }).pipe(
    Context.add(Settings, {
      profile: "work",
      home: options.home,
      store: "memory",
      requestLimitMillis: 10_000,
      isJson,
      isQuiet: false,
      isVerbose: false,
    }),
    Context.add(Browser, {
      isAvailable: true,
      open: (url) => Effect.sync(() => void world.opened.push(url)),
    }),
    Context.add(SessionVault, vaultOf(world)),
    Context.add(Storage, { place: "memory", reason: "it is a test" }),
    Context.add(HttpClient.HttpClient, serverOf(world, options.expiresInSeconds ?? 60)),
  );
  const terminal = Layer.succeed(
    Terminal.Terminal,
    Terminal.make({
      columns: Effect.succeed(100),
      rows: Effect.succeed(40),
      size: Effect.die("unused"),
      readInput: Effect.succeed(keys),
      readLine: Effect.die("unused"),
      display: () => Effect.void,
    }),
  );
  const layer = Layer.succeedContext(context).pipe(
    Layer.merge(Layer.provideMerge(terminal, NodeServices.layer)),
    Layer.merge(Digest.layerWebCrypto),
  );
  return [world, layer];
}

/** Waits, in real time, until something has come about in asynchronous code. */
export function until(isSo: () => boolean): Effect.Effect<void> {
  return Effect.promise(async () => {
    for (let turn = 0; turn < 10_000 && !isSo(); turn++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    if (!isSo()) throw new Error("It never came about");
  });
}

function vaultOf({ sessions }: World): SessionVault {
  const lease = { remainingMillis: Effect.succeed(60_000), lost: Effect.never };
  return {
    get: (key) =>
      Effect.sync(() =>
        Option.map(Option.fromUndefinedOr(sessions.get(key)), (record) => ({ record, version: 1 }))
      ),
    put: (key, record) =>
      Effect.sync(() => {
        sessions.set(key, record);
        return 1;
      }),
    remove: (key) => Effect.sync(() => void sessions.delete(key)),
    discard: (key) => Effect.sync(() => sessions.delete(key)),
    list: () => Effect.sync(() => [...sessions.keys()].toSorted()),
    lease: () => Effect.succeed(lease),
  };
}

function serverOf(world: World, expiresInSeconds: number): HttpClient.HttpClient {
  return HttpClient.make((request, url) =>
    Effect.sync(() => {
      const answer = (status: number, value: unknown) =>
        HttpClientResponse.fromWeb(request, Response.json(value, { status }));
      switch (url.pathname) {
        case "/device":
          return answer(200, {
            device_code: "GmRhmhcxhwAzkoEqiMEg",
            user_code: "WDJB-MJHT",
            verification_uri: `${issuer}/enter`,
            verification_uri_complete: `${issuer}/enter?c=WDJB-MJHT`,
            expires_in: expiresInSeconds,
            interval: 5,
          });
        case "/token": {
          world.polls.push(url.pathname);
          const next = world.answers.length > 1 ? world.answers.shift() : world.answers[0];
          const isError = typeof next === "object" && next !== null && "error" in next;
          return answer(isError ? 400 : 200, next);
        }
        case "/revoke": {
          world.revoked.push(formOf(request.body));
          return answer(world.revoked.length > 2 ? 503 : 200, {});
        }
        default:
          return answer(200, {
            issuer,
            token_endpoint: `${issuer}/token`,
            device_authorization_endpoint: `${issuer}/device`,
            revocation_endpoint: `${issuer}/revoke`,
          });
      }
    })
  );
}

/** The members of a form that tell which token it is about. */
function formOf(body: HttpBody.HttpBody): string {
  const text = body._tag === "Uint8Array" ? new TextDecoder().decode(body.body) : "";
  const form = new URLSearchParams(text);
  return `${form.get("token_type_hint")} ${form.get("token")}`;
}
