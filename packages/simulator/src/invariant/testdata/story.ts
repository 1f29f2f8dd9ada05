/** Events made by hand, and what an invariant says of them. */
import { ServerHost } from "../../network/server_host.ts";
import type { Plan } from "../../simulation/plan.ts";
import type { RecordOutline } from "../../store/record_outline.ts";
import { SimulatedStore } from "../../store/simulated_store.ts";
import { World } from "../../world/world.ts";
import type { ServerFact, TokenIssued } from "../../server/server_fact.ts";
import type { WorldEvent, WorldEventBody } from "../../world/world_event.ts";
import type { Invariant, Scene } from "../invariant.ts";

/** One thing that happened, this long after the first moment. */
export type Told = readonly [atMillis: number, event: WorldEventBody];

/** What an invariant finds out by asking. */
export interface Known {
  /** Families by their refresh tokens. */
  readonly families?: Readonly<Record<number, number>>;
  /** Refresh tokens that the server would take. */
  readonly refreshable?: ReadonlyArray<number>;
  /** The machine whose process holds the lease, from its first moment on. */
  readonly holder?: number;
  /** What lies under `work`. */
  readonly record?: RecordOutline;
  readonly plan?: Partial<Plan>;
  /** When the world is over. */
  readonly endMillis?: number;
}

const plan: Plan = {
  seed: 1,
  machines: 2,
  durationMillis: 300_000,
  server: {},
  clockOffsetsMillis: [0, 0],
  errands: [],
  faults: [],
};

class KnownServer extends ServerHost {
  readonly #known: Known;

  constructor(world: World, known: Known) {
    super(world, {});
    this.#known = known;
  }

  override familyOf(refreshToken: number): number | undefined {
    return (this.#known.families ?? {})[refreshToken];
  }

  override isRefreshable(refreshToken: number): boolean {
    return this.#known.refreshable?.includes(refreshToken) ?? false;
  }
}

class KnownStore extends SimulatedStore {
  readonly #known: Known;
  readonly #world: World;

  constructor(world: World, known: Known) {
    super(world);
    this.#known = known;
    this.#world = world;
  }

  override record(key: string): RecordOutline | undefined {
    return key === "work" ? this.#known.record : undefined;
  }

  override holder(): ReturnType<SimulatedStore["holder"]> {
    return [...this.#world.processes].find(({ machine }) => machine === this.#known.holder);
  }
}

/** What the invariant says, first; `undefined`: that it holds. */
export function verdictOf(
  invariant: Invariant,
  story: ReadonlyArray<Told>,
  known: Known = {},
): string | undefined {
  const world = new World({ seed: 1, startMillis: 0 });
  const scene: Scene = {
    world,
    server: new KnownServer(world, known),
    store: new KnownStore(world, known),
    plan: { ...plan, ...known.plan },
  };
  const watcher = invariant.watch(scene);
  let verdict: string | undefined;
  world.listen((event: WorldEvent) => {
    verdict ??= watcher.on(event);
  });
  for (const machine of [0, 1]) world.start({ machine, incarnation: 0 });
  for (const [atMillis, event] of story) world.after(atMillis, () => world.emit(event));
  world.run(known.endMillis ?? 2_000_000);
  return verdict ?? watcher.end?.();
}

export const P0 = "p0.0";
export const P1 = "p1.0";

/** The server did something. */
export function fact(done: ServerFact, request?: number): WorldEventBody {
  return { type: "server", fact: done, request };
}

/** Tokens were issued. */
export function issued(parts: Partial<TokenIssued>, request?: number): WorldEventBody {
  return fact({
    type: "token.issued",
    atMillis: 0,
    family: 1,
    generation: 1,
    accessToken: 10,
    refreshToken: undefined,
    grant: "refresh_token",
    clientId: "app",
    scope: ["read"],
    used: undefined,
    redeemed: undefined,
    expiresAtMillis: undefined,
    ...parts,
  }, request);
}

/** A refresh token is sent. */
export function renews(process: string, request: number, secret: number): WorldEventBody {
  return { type: "http.sent", process, request, path: "/token", grant: "refresh_token", secret };
}

export function arrives(process: string, request: number, isDuplicate = false): WorldEventBody {
  return { type: "http.arrived", process, request, isDuplicate };
}

export function ends(
  process: string,
  request: number,
  { isWhole = true, trouble }: {
    readonly isWhole?: boolean;
    readonly trouble?: string | undefined;
  } = {},
): WorldEventBody {
  return { type: "http.ended", process, request, isWhole, trouble };
}

/** A record is written, with this refresh token and these access tokens. */
export function writes(
  process: string,
  refreshToken: number | undefined,
  accessTokens: ReadonlyArray<number> = [],
): WorldEventBody {
  const record = { status: "active", refreshToken, accessTokens, isRenewing: false };
  return { type: "store.written", process, key: "work", version: 1, record };
}

/** A write fails. */
export function writeFails(process: string, refreshToken: number, trouble: string): WorldEventBody {
  const record = { status: "active", refreshToken, accessTokens: [], isRenewing: false };
  return { type: "store.failed", process, key: "work", record, trouble, isApplied: false };
}

export function asks(process: string, call: number, what = "token"): WorldEventBody {
  return { type: "caller.asked", process, call, what, clockMillis: 0 };
}

export function gets(
  process: string,
  call: number,
  parts: {
    readonly what?: string;
    readonly accessToken?: number;
    readonly expiresAtMillis?: number;
    readonly clockMillis?: number;
  } = {},
): WorldEventBody {
  return { type: "caller.got", process, call, what: "token", ...parts };
}

export function fails(process: string, call: number, reason: string): WorldEventBody {
  return { type: "caller.failed", process, call, what: "token", reason };
}

export const hung = (process: string): WorldEventBody => ({
  type: "process.hung",
  process,
  forMillis: 1,
});

export const woke = (process: string): WorldEventBody => ({ type: "process.woke", process });

export const crashed = (process: string): WorldEventBody => ({ type: "process.crashed", process });

const step = { seq: 0, at: 0 };

export function flowStarts(process: string, flowId: string, chart: string): WorldEventBody {
  return flowBegins(process, flowId, { chart, context: {} });
}

export function flowBegins(
  process: string,
  flowId: string,
  { chart, context }: {
    readonly chart: string;
    readonly context: Readonly<Record<string, unknown>>;
  },
): WorldEventBody {
  const observation = {
    ...step,
    type: "flow.started" as const,
    flowId,
    chart,
    chartVersion: "1",
    path: "",
    resumed: false,
    context,
  };
  return { type: "observed", process, observation };
}

/** A flow takes a step, to a state that is called as the event unless told otherwise. */
export function flowSteps(
  process: string,
  flowId: string,
  { event, to = event, context = {} }: {
    readonly event: string;
    readonly to?: string;
    readonly context?: Readonly<Record<string, unknown>>;
  },
): WorldEventBody {
  const observation = {
    ...step,
    type: "flow.transition" as const,
    flowId,
    from: "",
    to,
    event,
    context,
  };
  return { type: "observed", process, observation };
}

/** An operation of flow `a` begins, or ends with an answer. */
export function operates(
  process: string,
  operation: string,
  answer?: string,
): WorldEventBody {
  const flowId = "a";
  const of = { ...step, flowId, operation };
  const observation = answer === undefined
    ? { ...of, type: "operation.started" as const }
    : { ...of, type: "operation.ended" as const, answer, durationMillis: 0 };
  return { type: "observed", process, observation };
}

export function flowEnds(
  process: string,
  flowId: string,
  outcome: "done" | "interrupted" | "defect" = "done",
): WorldEventBody {
  const observation = {
    ...step,
    type: "flow.ended" as const,
    flowId,
    path: "",
    outcome,
  };
  return { type: "observed", process, observation };
}

/** An access token is sent to the API. */
export function calls(process: string, request: number, bearer: number): WorldEventBody {
  return { type: "http.sent", process, request, path: "/api", bearer };
}

/** A session's client learns what the API said. */
export function apiSays(
  process: string,
  request: number,
  { at = 0, key = "work", isReplay = false, status = 401 }: {
    /** When the request was sent. */
    readonly at?: number;
    readonly key?: string;
    readonly isReplay?: boolean;
    readonly status?: number;
  },
): readonly [WorldEventBody, WorldEventBody] {
  const observation = {
    type: "api.exchange" as const,
    at,
    key,
    method: "GET",
    url: "https://as.example.com/api",
    status,
    outcome: "ok" as const,
    durationMillis: 0,
    isReplay,
  };
  return [
    { type: "http.ended", process, request, isWhole: true, status },
    { type: "observed", process, observation },
  ];
}

/** What lies under a key is removed. */
export function removes(process: string, key = "work"): WorldEventBody {
  return { type: "store.removed", process, key, version: 9 };
}

/** A session of a process is in another state. */
export function changes(
  process: string,
  name: string,
  { key = "work", expiresAtMillis }: { readonly key?: string; readonly expiresAtMillis?: number } =
    {},
): WorldEventBody {
  const observation = {
    type: "session.changed" as const,
    at: 0,
    key,
    name,
    path: name,
    version: null,
    expiresAtMillis,
  };
  return { type: "observed", process, observation };
}
