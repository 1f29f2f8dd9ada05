/** One request over a network with troubles, and what comes of it. */
import { assert } from "@effect/vitest";
import { Effect, Exit, Stream } from "effect";
import { type HttpClient, HttpClientError, HttpClientRequest } from "effect/http";
import type { NetworkTrouble, Weather } from "../../fault/fault.ts";
import { exitIn } from "../../world/testdata/exit_in.ts";
import { World } from "../../world/world.ts";
import type { WorldEvent } from "../../world/world_event.ts";
import { type Climate, temperate } from "../climate.ts";
import { Network } from "../network.ts";
import { ServerHost } from "../server_host.ts";

export const LIMIT_MILLIS = 30_000;

/** A world with two machines, whose people never come. */
export function place(seed = 1, climate: Partial<Climate> = {}) {
  const world = new World({ seed });
  const host = new ServerHost(world, { accessTokenSeconds: 60 });
  host.people.push(...Array.from({ length: 20 }, () => []));
  const network = new Network(world, host, { ...temperate, ...climate });
  const process = world.start({ machine: 0, incarnation: 0 });
  const other = world.start({ machine: 1, incarnation: 0 });
  return { world, host, network, process, other };
}

export type Place = ReturnType<typeof place>;

export function trouble({ network }: Place, name: NetworkTrouble, weather: Partial<Weather> = {}) {
  const fault = {
    on: "network" as const,
    trouble: name,
    atMillis: 0,
    forMillis: 0,
    permille: 1_000,
    ...weather,
  };
  network.faults.add(fault);
  return fault;
}

/** What a client saw of one request. */
export interface Seen {
  readonly status?: number;
  readonly retryAfter?: string | undefined;
  readonly body?: string;
  /** Code of the failure. */
  readonly code?: unknown;
  readonly afterMillis: number;
}

/** Asks for a device code, reads the answer as it comes, and has a limit of its own. */
export function ask(http: HttpClient.HttpClient, world: World): Effect.Effect<Seen> {
  return Effect.suspend(() => {
    const sentMillis = world.nowMillis;
    const afterMillis = () => world.nowMillis - sentMillis;
    const request = HttpClientRequest.post("https://as.example.com/device_authorization").pipe(
      HttpClientRequest.bodyUrlParams({ client_id: "app", scope: "read" }),
    );
    return http.execute(request).pipe(
      Effect.flatMap((response) =>
        Effect.map(Stream.mkString(Stream.decodeText(response.stream)), (body): Seen => ({
          status: response.status,
          retryAfter: response.headers["retry-after"],
          body,
          afterMillis: afterMillis(),
        }))
      ),
      Effect.catch((error) => Effect.succeed({ code: codeOf(error), afterMillis: afterMillis() })),
      Effect.timeoutOrElse({
        duration: LIMIT_MILLIS,
        orElse: () => Effect.succeed({ afterMillis: afterMillis() }),
      }),
    );
  });
}

function codeOf(error: unknown): unknown {
  assert.instanceOf(error, HttpClientError.HttpClientError);
  assert.instanceOf(error.reason, HttpClientError.TransportError);
  const { cause, request } = error.reason;
  assert.strictEqual(request.method, "POST");
  return (cause as { readonly code?: unknown }).code;
}

/** One request, and everything that there is to tell about it. */
export function exchange(at: Place, process = at.process) {
  const { world, network } = at;
  const exit = exitIn([world, process], ask(network.client(process), world));
  assert.isTrue(exit !== undefined && Exit.isSuccess(exit));
  const seen = (exit as Exit.Success<Seen>).value;
  return { seen, ...told(world.events) };
}

export function told(events: ReadonlyArray<WorldEvent>) {
  return {
    acted: events.filter(({ type }) => type === "server").length,
    arrived: events.flatMap((event) => event.type === "http.arrived" ? [event.isDuplicate] : []),
    ended: events.flatMap((event) => {
      if (event.type !== "http.ended") return [];
      const { isWhole, status, trouble: met } = event;
      return [{ isWhole, status, trouble: met }];
    }),
  };
}
