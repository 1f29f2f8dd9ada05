import { assert, describe, it } from "@effect/vitest";
import { Effect, Layer, Option, Redacted } from "effect";
import { TestClock } from "effect/testing";
import { FlowStore, keyOf } from "../flow/flow_store.ts";
import { FlowStoreError, Unavailable } from "../flow/flow_store_error.ts";
import { fromForm, fromUrl } from "../protocol/authorization_response.ts";
import { generateKey, SealingKeys } from "../protocol/seal.ts";
import { type AuthorizationCodeOptions, begin, complete } from "./authorization_code.ts";
import {
  callbackTo,
  client,
  granted,
  issuer,
  options,
  process,
  SECRETS,
  tokenServer,
} from "./testdata/code_server.ts";

/** What comes of one callback: the tag of its end, and how often the token endpoint was asked. */
const completed = Effect.fnUntraced(function* (
  parameters: string,
  differing: Partial<AuthorizationCodeOptions> = {},
) {
  const server = tokenServer(granted);
  const result = yield* complete({ ...options, ...differing }, fromUrl(parameters)).pipe(
    Effect.provide(server.layer),
    Effect.result,
  );
  const ended = result._tag === "Success" ? "Authorized" : result.failure.reason._tag;
  return { ended, asked: server.seen.length, result };
});

const beginning = (differing: Partial<AuthorizationCodeOptions> = {}) =>
  Effect.provide(begin({ ...options, ...differing }), tokenServer().layer);

describe("begin() and complete()", () => {
  it.effect("are two halves of one login, with nothing between them but the store", () =>
    Effect.gen(function* () {
      const { expiresInMillis, state, url } = yield* beginning({
        memo: "/inbox",
        maxAgeSeconds: 60,
        acrValues: ["gold"],
      });
      assert.strictEqual(expiresInMillis, 600_000);
      const query = new URL(Redacted.value(url)).searchParams;
      assert.strictEqual(query.get("state"), Redacted.value(state));
      const server = tokenServer(granted);
      const { nonce, tokens, ...asked } = yield* complete(options, fromUrl(callbackTo(url))).pipe(
        Effect.provide(server.layer),
      );
      assert.strictEqual(Redacted.value(tokens.accessToken), SECRETS.accessToken);
      assert.strictEqual(Redacted.value(nonce), query.get("nonce"));
      assert.deepStrictEqual(asked, {
        validated: undefined,
        memo: "/inbox",
        maxAgeSeconds: 60,
        acrValues: ["gold"],
      });
      assert.lengthOf(server.seen, 1);
    }).pipe(Effect.provide(process)));

  it.effect("take a posted form too", () =>
    Effect.gen(function* () {
      const { url } = yield* beginning({ responseMode: "form_post" });
      const form = fromForm(new URL(callbackTo(url)).search.slice(1));
      const { tokens } = yield* complete(options, form).pipe(
        Effect.provide(tokenServer(granted).layer),
      );
      assert.strictEqual(tokens.tokenType, "Bearer");
    }).pipe(Effect.provide(process)));

  it.effect("keep many logins apart", () =>
    Effect.gen(function* () {
      const logins = yield* Effect.all(
        Array.from({ length: 8 }, (_, at) => beginning({ memo: `${at}` })),
        { concurrency: "unbounded" },
      );
      for (const [at, { url }] of [...logins.entries()].toReversed()) {
        const { result } = yield* completed(callbackTo(url));
        assert.strictEqual(result._tag === "Success" && result.success.memo, `${at}`);
      }
    }).pipe(Effect.provide(process)));

  it.effect("take a callback once: replayed, it finds nothing and asks nobody", () =>
    Effect.gen(function* () {
      const { url } = yield* beginning();
      const first = yield* completed(callbackTo(url));
      assert.strictEqual(first.ended, "Authorized");
      for (let replay = 0; replay < 2; replay++) {
        const { asked, ended } = yield* completed(callbackTo(url));
        assert.deepStrictEqual([ended, asked], ["NotAwaited", 0]);
      }
    }).pipe(Effect.provide(process)));

  it.effect("give the tokens to one of many callbacks that come at one moment", () =>
    Effect.gen(function* () {
      const { url } = yield* beginning();
      const all = yield* Effect.all(Array.from({ length: 8 }, () => completed(callbackTo(url))), {
        concurrency: "unbounded",
      });
      assert.lengthOf(all.filter(({ ended }) => ended === "Authorized"), 1);
      assert.lengthOf(all.filter(({ ended }) => ended === "NotAwaited"), 7);
    }).pipe(Effect.provide(process)));

  it.effect("take no callback that is late", () =>
    Effect.gen(function* () {
      const { url } = yield* beginning({ lifetimeMillis: 60_000 });
      yield* TestClock.adjust(60_000);
      const { asked, ended } = yield* completed(callbackTo(url));
      assert.deepStrictEqual([ended, asked], ["NotAwaited", 0]);
    }).pipe(Effect.provide(process)));

  it.effect.each<[string, Record<string, string | undefined>]>([
    ["another state", { state: "forged" }],
    ["no state", { state: undefined }],
    ["an empty state", { state: "" }],
    ["another state and an error", { state: "forged", code: undefined, error: "access_denied" }],
  ])(
    "take no callback that is forged with %s, and the true one still counts",
    ([, differing]) =>
      Effect.gen(function* () {
        const { url } = yield* beginning();
        const forged = yield* completed(callbackTo(url, differing));
        assert.deepStrictEqual([forged.ended, forged.asked], ["NotAwaited", 0]);
        assert.strictEqual((yield* completed(callbackTo(url))).ended, "Authorized");
      }).pipe(Effect.provide(process)),
  );

  it.effect.each<[string, Record<string, string | undefined>, string]>([
    ["another issuer", { iss: "https://evil.example.com" }, "Malformed"],
    ["no issuer though promised", { iss: undefined }, "Malformed"],
    ["access_denied", { code: undefined, error: "access_denied" }, "Denied"],
    ["server_error", { code: undefined, error: "server_error" }, "Refused"],
    ["no code", { code: undefined }, "Malformed"],
  ])("send no code after a callback with %s", ([, differing, tag]) =>
    Effect.gen(function* () {
      const { url } = yield* beginning();
      const { asked, ended } = yield* completed(callbackTo(url, differing));
      assert.deepStrictEqual([ended, asked], [tag, 0]);
    }).pipe(Effect.provide(process)));

  it.effect("send the code to no server but the one that was asked", () =>
    Effect.gen(function* () {
      const evil = "https://evil.example.com";
      const { url } = yield* beginning();
      const { asked, ended } = yield* completed(callbackTo(url, { iss: evil }), {
        client: {
          ...client,
          server: { ...client.server, issuer: evil, tokenEndpoint: `${evil}/token` },
        },
      });
      assert.deepStrictEqual([ended, asked], ["OtherClient", 0]);
    }).pipe(Effect.provide(process)));

  it.effect("take no flow that was moved to another login's place in the store", () =>
    Effect.gen(function* () {
      const [mine, theirs] = [yield* beginning(), yield* beginning()];
      const store = yield* FlowStore;
      const sealed = Option.getOrThrow(yield* store.take(yield* keyOf(theirs.state)));
      yield* store.put(yield* keyOf(mine.state), sealed, { ttlMillis: 60_000 });
      const { asked, ended } = yield* completed(callbackTo(mine.url));
      assert.deepStrictEqual([ended, asked], ["NotAwaited", 0]);
    }).pipe(Effect.provide(process)));

  it.effect("take no flow that was sealed with another key, or changed", () =>
    Effect.gen(function* () {
      const [mine, theirs] = [yield* beginning(), yield* beginning()];
      const another = Layer.effect(
        SealingKeys,
        Effect.map(generateKey(), (key) => ({ keys: [key] as const })),
      );
      const stranger = yield* Effect.provide(completed(callbackTo(mine.url)), another);
      assert.deepStrictEqual([stranger.ended, stranger.asked], ["SealError", 0]);
      const store = yield* FlowStore;
      const key = yield* keyOf(theirs.state);
      const sealed = Option.getOrThrow(yield* store.take(key));
      yield* store.put(key, sealed.map((byte, at) => at === sealed.length - 1 ? byte ^ 1 : byte), {
        ttlMillis: 60_000,
      });
      const changed = yield* completed(callbackTo(theirs.url));
      assert.deepStrictEqual([changed.ended, changed.asked], ["SealError", 0]);
    }).pipe(Effect.provide(process)));

  it.effect("take no flow of an older version of the chart", () =>
    Effect.gen(function* () {
      const { state, url } = yield* beginning();
      const store = yield* FlowStore;
      const key = yield* keyOf(state);
      const sealed = Option.getOrThrow(yield* store.take(key));
      const text = new TextDecoder("latin1").decode(sealed);
      const at = text.indexOf(`"chartVersion":"1"`) + `"chartVersion":"`.length;
      yield* store.put(key, sealed.with(at, 0x30), { ttlMillis: 60_000 });
      const { ended, result } = yield* completed(callbackTo(url));
      assert.strictEqual(ended, "OtherVersion");
      assert.isTrue(result._tag === "Failure" && /version "0"/.test(result.failure.message));
    }).pipe(Effect.provide(process)));

  it.effect("lay nothing into the store that shows a secret, its key included", () =>
    Effect.gen(function* () {
      const written: Array<string> = [];
      const store = yield* FlowStore;
      const spying: FlowStore = {
        ...store,
        put: (key, sealed, each) => {
          written.push(key, new TextDecoder("latin1").decode(sealed));
          return store.put(key, sealed, each);
        },
      };
      const { url } = yield* Effect.provideService(
        beginning({ memo: "planted-memo" }),
        FlowStore,
        spying,
      );
      const query = new URL(Redacted.value(url)).searchParams;
      const [state, nonce] = [query.get("state") ?? "", query.get("nonce") ?? ""];
      assert.lengthOf(written, 2);
      for (const secret of [state, nonce, "planted-memo", issuer]) {
        assert.notInclude(written.join(), secret);
      }
    }).pipe(Effect.provide(process)));

  it.effect("store nothing where the server cannot be asked for this", () =>
    Effect.gen(function* () {
      const store = yield* FlowStore;
      const untouched: FlowStore = { ...store, put: () => Effect.die("touched") };
      const error = yield* beginning({ redirectUri: "http://client.example.com/cb" }).pipe(
        Effect.provideService(FlowStore, untouched),
        Effect.flip,
      );
      assert.strictEqual(error.reason._tag, "Refused");
    }).pipe(Effect.provide(process)));

  it.effect("fail as the store does", () =>
    Effect.gen(function* () {
      const down = Effect.fail(
        new FlowStoreError({
          reason: new Unavailable({ location: "db", description: "refused", hint: "Start it" }),
        }),
      );
      const store: FlowStore = { put: () => down, take: () => down };
      const first = yield* Effect.flip(Effect.provideService(beginning(), FlowStore, store));
      const second = yield* Effect.provideService(
        completed("/cb?code=c&state=s"),
        FlowStore,
        store,
      );
      assert.deepStrictEqual([first.reason._tag, second.ended], ["Unavailable", "Unavailable"]);
    }).pipe(Effect.provide(process)));
});
