/**
 * The authorization server's place in a world: it answers at the world's time, tells what it did,
 * and people come to it when it shows them a code.
 *
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { ServerHost } from "@bellhop/simulator/network/server_host";
 * import { World } from "@bellhop/simulator/world/world";
 *
 * const host = new ServerHost(new World({ seed: 1 }), {});
 * const url = "https://as.example.com/api";
 * equal(host.answer({ method: "GET", url, headers: {}, body: "" }).status, 401);
 * ```
 *
 * @module
 */
import * as HashMap from "effect/HashMap";
import * as Option from "effect/Option";
import { handle, initial, isRefreshable, revokeFamily } from "../server/authorization_server.ts";
import type { ServerOptions } from "../server/server_options.ts";
import type { ServerRequest, ServerResponse } from "../server/server_message.ts";
import { secretOf } from "../server/secret.ts";
import type { ServerFact } from "../server/server_fact.ts";
import type { ServerState } from "../server/server_state.ts";
import { type Draw, stream } from "../seed.ts";
import type { World } from "../world/world.ts";
import type { Visit } from "../world/world_event.ts";

export type { Visit };

/** What people do who are asked to sign in: all their visits. None: they never come. */
export type PersonScript = ReadonlyArray<Visit>;

/** Has somebody come who does as drawn: most approve. */
export function drawPerson(draw: Draw): PersonScript {
  const afterMillis = draw.between(1_000, 90_000);
  const approves: Visit = { afterMillis, decision: "approve" };
  const kind = draw.below(20);
  if (kind === 0) return [];
  if (kind === 1) return [{ afterMillis, decision: "deny" }];
  if (kind <= 3) return [approves, { ...approves, afterMillis: afterMillis + draw.below(5_000) }];
  if (kind === 4) return [{ ...approves, afterMillis: draw.between(500_000, 700_000) }];
  return [approves];
}

/** The one authorization server of a world. */
export class ServerHost {
  /** All that it knows now. */
  state: ServerState;
  /** Who comes next; drawn where nobody says. */
  readonly people: Array<PersonScript> = [];
  readonly #world: World;
  readonly #draw: Draw;

  /**
   * Begins as a server that nobody has asked yet.
   *
   * @param world Whose time it lives in.
   * @param options How it behaves.
   */
  constructor(world: World, options: ServerOptions) {
    this.#world = world;
    this.state = initial(options);
    this.#draw = stream(world.seed, "people");
  }

  /** Answers a request, and tells what it did. */
  answer(request: ServerRequest, number?: number): ServerResponse {
    const { state, response, facts } = handle(this.state, request, this.#world.nowMillis);
    this.state = state;
    this.#tell(facts, number);
    if (facts.some(({ type }) => type === "device.started")) this.#expect(response);
    return response;
  }

  /** Ends all that one grant gave, as an administrator does. */
  revokeFamilyOf(refreshToken: number): void {
    const family = this.familyOf(refreshToken);
    if (family === undefined) return;
    const { state, facts } = revokeFamily(this.state, family, this.#world.nowMillis);
    this.state = state;
    this.#tell(facts);
  }

  /** The family of a refresh token, by the ordinals of both. */
  familyOf(refreshToken: number): number | undefined {
    return Option.getOrUndefined(HashMap.get(this.state.refreshTokens, refreshToken))?.family;
  }

  /** Whether the server would take a refresh token now. */
  isRefreshable(refreshToken: number): boolean {
    return isRefreshable(this.state, secretOf("rt", refreshToken), this.#world.nowMillis);
  }

  /** What the next person who is asked to sign in will do. */
  nextPerson(): PersonScript {
    const visits = this.people.shift() ?? drawPerson(this.#draw);
    this.#world.emit({ type: "person.expected", visits });
    return visits;
  }

  #tell(facts: ReadonlyArray<ServerFact>, request?: number): void {
    for (const fact of facts) {
      this.#world.emit({ type: "server", fact, ...(request === undefined ? {} : { request }) });
    }
  }

  /** Somebody reads the code off the device, goes to the server and decides. */
  #expect({ body }: ServerResponse): void {
    const { user_code: userCode } = JSON.parse(body) as { readonly user_code: string };
    for (const { afterMillis, decision } of this.nextPerson()) {
      this.#world.after(afterMillis, () => {
        const { status } = this.answer({
          method: "POST",
          url: `${this.state.settings.issuer}/device`,
          headers: { "content-type": "application/x-www-form-urlencoded" },
          body: new URLSearchParams({ user_code: userCode, decision }).toString(),
        });
        this.#world.emit({ type: "person", does: decision, status });
      });
    }
  }
}
