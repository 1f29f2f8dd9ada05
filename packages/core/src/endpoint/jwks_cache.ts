/**
 * The keys of servers, kept for a while, and asked for again when a token names one that is not
 * among them.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Layer } from "effect";
 * import { HttpClient, HttpClientResponse } from "effect/http";
 * import { JwksCache, layer } from "@bellhop/core/endpoint/jwks_cache";
 *
 * const key = { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" };
 * let requests = 0;
 * const http = Layer.succeed(
 *   HttpClient.HttpClient,
 *   HttpClient.make((request) =>
 *     Effect.sync(() => {
 *       requests += 1;
 *       return HttpClientResponse.fromWeb(request, Response.json({ keys: [key] }));
 *     })
 *   ),
 * );
 * const server = { issuer: "https://op.example.com", jwksUri: "https://op.example.com/jwks" };
 * const program = Effect.gen(function* () {
 *   const cache = yield* JwksCache;
 *   yield* cache.keysFor(server, { algorithm: "EdDSA" });
 *   return yield* cache.keysFor(server, { algorithm: "EdDSA" });
 * }).pipe(Effect.provide(layer().pipe(Layer.provide(http))));
 *
 * assert.deepEqual(await Effect.runPromise(program), [{ material: key }]);
 * assert.equal(requests, 1);
 * ```
 *
 * @see {@link https://openid.net/specs/openid-connect-core-1_0.html#RotateSigKeys | OpenID Connect Core
 * section 10.1.1}
 * @module
 */
import * as Clock from "effect/Clock";
import * as Context from "effect/Context";
import * as Deferred from "effect/Deferred";
import * as Effect from "effect/Effect";
import * as HttpClient from "effect/http/HttpClient";
import * as Layer from "effect/Layer";
import * as Result from "effect/Result";
import * as Scope from "effect/Scope";
import { EndpointError, Unsupported } from "../protocol/endpoint_error.ts";
import { isFitFor, type Jwk, type KeyQuery } from "../protocol/jwk.ts";
import { stripped } from "../protocol/secure_url.ts";
import type { ServerMetadata } from "../protocol/server_metadata.ts";
import { fetchKeys } from "./jwks.ts";

/** The keys of servers. */
export interface JwksCache {
  /**
   * The keys that may have made a signature; none where the server, just asked, publishes none.
   *
   * Asks the server where its keys are not known or too old, and where none fits. However many ask
   * at once, one request is made. Fails where no key is at hand and the server does not answer, or
   * answers with a set of which no key can be used. Interrupted where it would have to ask and the
   * scope of the layer is closed.
   */
  readonly keysFor: (
    server: ServerMetadata,
    query: KeyQuery,
  ) => Effect.Effect<ReadonlyArray<Jwk>, EndpointError>;
}

/** Key of the {@linkcode JwksCache} service. */
export const JwksCache: Context.Service<JwksCache, JwksCache> = Context.Service(
  "@bellhop/core/endpoint/jwks_cache/JwksCache",
);

/** Settings of a cache. Each is finite and not negative. */
export interface LayerOptions {
  /**
   * How long keys are used before the server is asked again.
   *
   * @default 600_000
   */
  readonly lifetimeMillis?: number | undefined;
  /**
   * How much longer they may be used while the server does not answer, or not with a key set. A set
   * without usable keys is an answer: the keys are withdrawn.
   *
   * @default 86_400_000
   */
  readonly staleMillis?: number | undefined;
  /**
   * Time between two requests, at least, while there are keys at hand: tokens that name unknown
   * keys cannot make this client ask without end.
   *
   * @default 30_000
   */
  readonly cooldownMillis?: number | undefined;
  /**
   * Time between two requests, at least, while there are none: until then the failure stands. No
   * longer than `cooldownMillis` in effect.
   *
   * @default 2_000
   */
  readonly failureCooldownMillis?: number | undefined;
  /**
   * Key sets that are kept; the one that was not asked for longest is dropped.
   *
   * @default 100
   */
  readonly maxSets?: number | undefined;
  /**
   * Time within which each answer has to come.
   *
   * @default 10_000
   */
  readonly requestLimitMillis?: number | undefined;
}

/**
 * Keeps the keys in memory, fetched through the `HttpClient` that is given to the layer.
 *
 * ```ts
 * import assert from "node:assert/strict";
 * import { Effect, Layer } from "effect";
 * import { FetchHttpClient } from "effect/http";
 * import { JwksCache, layer } from "@bellhop/core/endpoint/jwks_cache";
 *
 * const cached = layer({ lifetimeMillis: 60_000 }).pipe(Layer.provide(FetchHttpClient.layer));
 * const tag = Effect.flatMap(
 *   JwksCache,
 *   (cache) => cache.keysFor({ issuer: "https://op.example.com" }, { algorithm: "RS256" }),
 * ).pipe(Effect.flip, Effect.map((error) => error.reason._tag), Effect.provide(cached));
 *
 * assert.equal(await Effect.runPromise(tag), "Unsupported");
 * ```
 *
 * @param options Times and sizes. One that is negative or not finite is a defect.
 */
export function layer(
  options: LayerOptions = {},
): Layer.Layer<JwksCache, never, HttpClient.HttpClient> {
  return Layer.effect(JwksCache, make(options));
}

/** What is known of one key set. */
interface Shelf {
  /** In the order in which the server lists them; empty before the first answer. */
  keys: ReadonlyArray<Jwk>;
  /** When the keys came; never before the first answer. */
  fetchedAtMillis: number;
  /** When they were last asked for. */
  triedAtMillis: number;
  /** What came of it, where that was no keys. */
  failure: EndpointError | undefined;
  /** The request that is under way. */
  running: Deferred.Deferred<void> | undefined;
}

type Limits = { readonly [K in keyof LayerOptions]-?: number };

const make = Effect.fnUntraced(function* (options: LayerOptions) {
  const limits = yield* limitsOf(options);
  const http = yield* HttpClient.HttpClient;
  const scope = yield* Scope.Scope;
  const shelves = new Map<string, Shelf>();

  const fetchOnto = Effect.fnUntraced(function* (shelf: Shelf, server: ServerMetadata) {
    shelf.triedAtMillis = yield* Clock.currentTimeMillis;
    const { requestLimitMillis } = limits;
    const fetched = yield* fetchKeys(server, { requestLimitMillis }).pipe(
      Effect.provideService(HttpClient.HttpClient, http),
      Effect.result,
    );
    shelf.failure = Result.isFailure(fetched) ? fetched.failure : undefined;
    if (Result.isFailure(fetched) && !isWithdrawal(fetched.failure)) return;
    shelf.keys = Result.isSuccess(fetched) ? fetched.success.keys : [];
    shelf.fetchedAtMillis = shelf.triedAtMillis;
  });

  /** Waits for the request that is under way, or makes one that outlives whoever asked for it. */
  const refresh = (shelf: Shelf, server: ServerMetadata): Effect.Effect<void> =>
    Effect.uninterruptibleMask((restore) => {
      if (shelf.running !== undefined) return restore(Deferred.await(shelf.running));
      const running = Deferred.makeUnsafe<void>();
      shelf.running = running;
      return Effect.interruptible(fetchOnto(shelf, server)).pipe(
        Effect.forkIn(scope),
        Effect.flatMap((fiber) => {
          // Not a finalizer of the effect: on a closed scope the fiber ends before it begins.
          fiber.addObserver((exit) => {
            shelf.running = undefined;
            Deferred.doneUnsafe(running, exit);
          });
          return restore(Deferred.await(running));
        }),
      );
    });

  const keysFor = Effect.fn("JwksCache.keysFor")(
    function* (server: ServerMetadata, query: KeyQuery) {
      const shelf = yield* shelfFor(shelves, server, limits);
      const askedAtMillis = yield* Clock.currentTimeMillis;
      if (isFetchDue(shelf, query, { limits, nowMillis: askedAtMillis })) {
        yield* refresh(shelf, server);
      }
      const nowMillis = yield* Clock.currentTimeMillis;
      const fitting = isStillGood(shelf, limits, nowMillis) ? fittingOn(shelf, query) : [];
      if (fitting.length === 0 && shelf.failure !== undefined) return yield* shelf.failure;
      return fitting;
    },
  );

  return JwksCache.of({ keysFor });
});

interface Moment {
  readonly limits: Limits;
  readonly nowMillis: number;
}

/** A set was published, and its keys were withdrawn or were never of use. */
function isWithdrawal({ reason }: EndpointError): boolean {
  return reason._tag === "Malformed" && reason.problem === "noUsableKey";
}

/** No sooner than the cooldown, where there are no keys, they are old or none fits. */
function isFetchDue(shelf: Shelf, query: KeyQuery, { limits, nowMillis }: Moment): boolean {
  const hasKeys = shelf.keys.length > 0 && isStillGood(shelf, limits, nowMillis);
  if (!hasKeys && shelf.failure === undefined) return true;
  const { cooldownMillis, failureCooldownMillis } = limits;
  const pauseMillis = hasKeys ? cooldownMillis : Math.min(cooldownMillis, failureCooldownMillis);
  if (isWithin(nowMillis - shelf.triedAtMillis, pauseMillis)) return false;
  return !hasKeys || !isWithin(nowMillis - shelf.fetchedAtMillis, limits.lifetimeMillis) ||
    fittingOn(shelf, query).length === 0;
}

function isStillGood(shelf: Shelf, limits: Limits, nowMillis: number): boolean {
  return isWithin(nowMillis - shelf.fetchedAtMillis, limits.lifetimeMillis + limits.staleMillis);
}

/** A clock that was set back makes an age negative, and whatever has it is taken for old. */
function isWithin(ageMillis: number, limitMillis: number): boolean {
  return ageMillis >= 0 && ageMillis < limitMillis;
}

function fittingOn(shelf: Shelf, query: KeyQuery): ReadonlyArray<Jwk> {
  return shelf.keys.filter((key) => isFitFor(key, query));
}

function shelfFor(
  shelves: Map<string, Shelf>,
  { issuer, jwksUri }: ServerMetadata,
  { maxSets }: Limits,
): Effect.Effect<Shelf, EndpointError> {
  if (jwksUri === undefined) {
    const reason = new Unsupported({ member: "jwks_uri" });
    return Effect.fail(new EndpointError({ endpoint: "jwks", url: stripped(issuer), reason }));
  }
  return Effect.sync(() => {
    const known = shelves.get(jwksUri);
    if (known !== undefined) {
      // The map's order is that of use.
      shelves.delete(jwksUri);
      shelves.set(jwksUri, known);
      return known;
    }
    const [oldest] = shelves.keys();
    if (oldest !== undefined && shelves.size >= maxSets) shelves.delete(oldest);
    const never = Number.NEGATIVE_INFINITY;
    const shelf: Shelf = {
      keys: [],
      fetchedAtMillis: never,
      triedAtMillis: never,
      failure: undefined,
      running: undefined,
    };
    shelves.set(jwksUri, shelf);
    return shelf;
  });
}

function limitsOf(options: LayerOptions): Effect.Effect<Limits> {
  const limits: Limits = {
    lifetimeMillis: options.lifetimeMillis ?? 600_000,
    staleMillis: options.staleMillis ?? 86_400_000,
    cooldownMillis: options.cooldownMillis ?? 30_000,
    failureCooldownMillis: options.failureCooldownMillis ?? 2_000,
    maxSets: options.maxSets ?? 100,
    requestLimitMillis: options.requestLimitMillis ?? 10_000,
  };
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isFinite(value) || value < 0) {
      return Effect.die(new RangeError(`${name} must be finite and not negative, not ${value}`));
    }
  }
  return Effect.succeed(limits);
}
