/**
 * The network between the processes of a world and its authorization server: latency, and whatever
 * can happen to a request on its way.
 *
 * ```ts
 * import { Context, Effect } from "effect";
 * import { deepEqual } from "node:assert/strict";
 * import { Network } from "@bellhop/simulator/network/network";
 * import { ServerHost } from "@bellhop/simulator/network/server_host";
 * import { World } from "@bellhop/simulator/world/world";
 *
 * const world = new World({ seed: 1 });
 * const network = new Network(world, new ServerHost(world, {}));
 * network.faults.add({
 *   on: "network",
 *   trouble: "502 after",
 *   atMillis: 0,
 *   forMillis: 60_000,
 *   permille: 1_000,
 * });
 * const process = world.start({ machine: 0, incarnation: 0 });
 * const statuses: Array<number> = [];
 * const call = Effect.map(
 *   network.client(process).get("https://as.example.com/jwks"),
 *   ({ status }) => statuses.push(status),
 * );
 * process.run(call, Context.empty());
 * world.run(world.startMillis + 1_000);
 * deepEqual(statuses, [502]);
 * ```
 *
 * @module
 */
import * as DateTime from "effect/DateTime";
import * as Effect from "effect/Effect";
import * as Stream from "effect/Stream";
import * as HttpClient from "effect/http/HttpClient";
import { HttpClientError, TransportError } from "effect/http/HttpClientError";
import type { HttpClientRequest } from "effect/http/HttpClientRequest";
import type { HttpClientResponse } from "effect/http/HttpClientResponse";
import { type NetworkFault, type NetworkTrouble, troubleOf } from "../fault/fault.ts";
import { fromStream, fromText } from "../http_response.ts";
import { type Draw, stream } from "../seed.ts";
import type { ServerRequest, ServerResponse } from "../server/server_message.ts";
import type { Process } from "../world/process.ts";
import type { World } from "../world/world.ts";
import { outlineOfRequest } from "./_request_outline.ts";
import { type Climate, drawLatency, temperate } from "./climate.ts";
import type { ServerHost } from "./server_host.ts";

/** What a process waits for. */
interface Pending {
  readonly number: number;
  readonly process: Process;
  readonly request: HttpClientRequest;
  readonly sent: ServerRequest;
  readonly trouble: NetworkTrouble | undefined;
  readonly draw: Draw;
  readonly resume: (exit: Effect.Effect<HttpClientResponse, HttpClientError>) => void;
  isOver: boolean;
}

/** The network of a world. */
export class Network {
  /** What can happen now. */
  readonly faults: Set<NetworkFault> = new Set();
  readonly #world: World;
  readonly #server: ServerHost;
  readonly #climate: Climate;
  readonly #draws = new Map<number, Draw>();
  #requests = 0;

  /**
   * Begins without troubles.
   *
   * @param world Whose time it lives in.
   * @param server Where all requests go.
   * @param climate What it is like without any.
   */
  constructor(world: World, server: ServerHost, climate: Climate = temperate) {
    this.#world = world;
    this.#server = server;
    this.#climate = climate;
  }

  /** The client of one process. */
  client(process: Process): HttpClient.HttpClient {
    return HttpClient.make((request, url) =>
      Effect.callback<HttpClientResponse, HttpClientError>((resume) => {
        const pending = this.#send(process, request, { url, resume });
        return Effect.sync(() => this.#end(pending, { isWhole: false, trouble: "given up" }));
      })
    );
  }

  #drawOf(machine: number): Draw {
    const known = this.#draws.get(machine);
    if (known !== undefined) return known;
    const draw = stream(this.#world.seed, `network ${machine}`);
    this.#draws.set(machine, draw);
    return draw;
  }

  #send(
    process: Process,
    request: HttpClientRequest,
    { url, resume }: { readonly url: URL; readonly resume: Pending["resume"] },
  ): Pending {
    const draw = this.#drawOf(process.machine);
    const sent: ServerRequest = {
      method: request.method,
      url: url.href,
      headers: { ...request.headers },
      body: request.body._tag === "Uint8Array" ? new TextDecoder().decode(request.body.body) : "",
    };
    const pending: Pending = {
      number: ++this.#requests,
      process,
      request,
      sent,
      trouble: this.#troubleOf(process.machine, draw),
      draw,
      resume,
      isOver: false,
    };
    this.#world.emit({
      type: "http.sent",
      process: process.name,
      request: pending.number,
      ...outlineOfRequest(sent, url),
      ...(pending.trouble === undefined ? {} : { trouble: pending.trouble }),
    });
    this.#travel(pending);
    return pending;
  }

  /** Whatever else is wrong, a partition stands in its way. */
  #troubleOf(machine: number, draw: Draw): NetworkTrouble | undefined {
    const trouble = troubleOf(this.faults, machine, draw.permille);
    return this.#isPartitioned(machine) ? "partition" : trouble;
  }

  #travel(pending: Pending): void {
    const { trouble, draw } = pending;
    switch (trouble) {
      case "request lost":
      case "partition":
        return;
      case "refused":
        return this.#break(pending, "ECONNREFUSED");
      case "reset before":
        return this.#break(pending, "ECONNRESET");
      case "503 before":
        return this.#reply(pending, this.#unavailable(draw));
      case "429":
        return this.#reply(pending, page(429, this.#retryAfter(draw)));
      case "HTML page":
        return this.#reply(pending, page(200));
      default:
        return void this.#world.after(this.#latency(pending), () => this.#arrive(pending));
    }
  }

  #unavailable(draw: Draw): ServerResponse {
    const headers = this.#retryAfter(draw);
    if (this.#climate.unavailable === "page") return page(503, headers);
    return {
      status: 503,
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ error: "temporarily_unavailable" }),
    };
  }

  /** A date has whole seconds. */
  #retryAfter(draw: Draw): Readonly<Record<string, string>> {
    const seconds = draw.between(1, 20);
    if (this.#climate.retryAfter === "seconds") return { "retry-after": `${seconds}` };
    const nowSeconds = Math.ceil(this.#world.nowMillis / 1_000);
    const at = DateTime.makeUnsafe((nowSeconds + seconds) * 1_000);
    return { "retry-after": DateTime.toDateUtc(at).toUTCString() };
  }

  #latency({ trouble, draw }: Pending): number {
    return trouble === "slow"
      ? draw.between(500, 9_000)
      : drawLatency(this.#climate.distance, draw);
  }

  #arrive(pending: Pending): void {
    const { trouble, draw, process } = pending;
    if (this.#isPartitioned(process.machine)) return;
    const answer = this.#ask(pending, false);
    switch (trouble) {
      case "answer lost":
        return;
      case "reset after":
        return this.#break(pending, "ECONNRESET");
      case "502 after":
        return this.#reply(pending, page(502));
      case "duplicate":
        this.#world.after(draw.between(1, 3_000), () => void this.#ask(pending, true));
        return this.#reply(pending, answer);
      case "duplicate, last answer":
        return void this.#world.after(
          draw.between(1, 3_000),
          () => this.#reply(pending, this.#ask(pending, true)),
        );
      default:
        return this.#reply(pending, answer);
    }
  }

  #ask({ number, process, sent }: Pending, isDuplicate: boolean): ServerResponse {
    const { name } = process;
    this.#world.emit({ type: "http.arrived", process: name, request: number, isDuplicate });
    return this.#server.answer(sent, number);
  }

  #break(pending: Pending, code: string): void {
    const error = Object.assign(new Error("Simulated"), { code });
    this.#deliver(pending, () => {
      this.#end(pending, { isWhole: false });
      return Effect.fail(broken(pending.request, error));
    });
  }

  #reply(pending: Pending, answer: ServerResponse): void {
    this.#deliver(pending, () => Effect.succeed(this.#responseOf(pending, answer)));
  }

  /** A partition that begins while a request or its answer is on its way keeps it away. */
  #isPartitioned(machine: number): boolean {
    for (const { trouble, permille, machine: on } of this.faults) {
      if (trouble === "partition" && permille >= 1000 && (on === undefined || on === machine)) {
        return true;
      }
    }
    return false;
  }

  #deliver(
    pending: Pending,
    outcome: () => Effect.Effect<HttpClientResponse, HttpClientError>,
  ): void {
    this.#world.after(this.#latency(pending), () => {
      if (this.#isPartitioned(pending.process.machine)) return;
      pending.process.post(() => {
        if (!pending.isOver) pending.resume(outcome());
      });
    });
  }

  #responseOf(pending: Pending, answer: ServerResponse): HttpClientResponse {
    const { process, request, trouble } = pending;
    const isOwn = trouble !== "502 after" && trouble !== "503 before" && trouble !== "429" &&
      trouble !== "HTML page";
    if (trouble === "truncated") return this.#truncated(pending, answer);
    if (trouble === "slow body") return this.#slow(pending, answer);
    const { status, headers: { "retry-after": retryAfter } } = answer;
    const retryAfterMillis = retryAfter === undefined
      ? undefined
      : millisOf(retryAfter, process.clockMillis);
    this.#end(pending, { isWhole: isOwn, status, retryAfterMillis });
    return fromText(request, answer);
  }

  #truncated(pending: Pending, answer: ServerResponse): HttpClientResponse {
    const { request, draw } = pending;
    const { body, status } = answer;
    this.#end(pending, { isWhole: false, status });
    const half = body.slice(0, draw.below(body.length));
    if (draw.permille(500)) return fromText(request, { ...answer, body: half });
    const cut = Object.assign(new Error("Simulated"), { code: "ECONNRESET" });
    const pieces = Stream.concat(
      Stream.succeed(new TextEncoder().encode(half)),
      Stream.fail(broken(request, cut)),
    );
    return fromStream(request, answer, pieces);
  }

  #slow(pending: Pending, answer: ServerResponse): HttpClientResponse {
    const { process, request, draw } = pending;
    const bytes = new TextEncoder().encode(answer.body);
    const size = Math.max(1, Math.ceil(bytes.length / 4));
    const pieces = [0, 1, 2, 3].map((at) => bytes.subarray(at * size, (at + 1) * size));
    const pauses = pieces.map(() => draw.between(100, 4_000));
    return fromStream(
      request,
      answer,
      Stream.fromIterable(pieces).pipe(
        Stream.mapEffect((piece) =>
          Effect.as(process.sleep(pauses[pieces.indexOf(piece)] as number), piece)
        ),
        Stream.concat(
          Stream.fromEffect(
            Effect.sync(() => {
              this.#end(pending, { isWhole: true, status: answer.status });
              return new Uint8Array();
            }),
          ),
        ),
        Stream.ensuring(Effect.sync(() => this.#end(pending, { isWhole: false }))),
      ),
    );
  }

  #end(
    pending: Pending,
    { isWhole, status, retryAfterMillis, trouble = pending.trouble }: {
      readonly isWhole: boolean;
      readonly status?: number;
      readonly retryAfterMillis?: number | undefined;
      readonly trouble?: string | undefined;
    },
  ): void {
    if (pending.isOver) return;
    pending.isOver = true;
    this.#world.emit({
      type: "http.ended",
      process: pending.process.name,
      request: pending.number,
      isWhole,
      ...(status === undefined ? {} : { status }),
      ...(retryAfterMillis === undefined ? {} : { retryAfterMillis }),
      ...(trouble === undefined ? {} : { trouble }),
    });
  }
}

function millisOf(retryAfter: string, nowMillis: number): number {
  return /^\d+$/.test(retryAfter)
    ? Number(retryAfter) * 1_000
    : Math.max(0, Date.parse(retryAfter) - nowMillis);
}

function page(status: number, headers: Readonly<Record<string, string>> = {}): ServerResponse {
  return {
    status,
    headers: { "content-type": "text/html", ...headers },
    body: `<!doctype html><title>${status}</title><p>A proxy between you and the server.</p>`,
  };
}

function broken(request: HttpClientRequest, cause: Error): HttpClientError {
  return new HttpClientError({
    reason: new TransportError({ request, description: "Simulated trouble", cause }),
  });
}
