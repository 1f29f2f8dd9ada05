import { assert, describe, it } from "@effect/vitest";
import { Effect, Redacted } from "effect";
import { membersIn, textIn, vectorsOf } from "../protocol/testdata/vectors.ts";
import { refresh, request, type RequestOptions } from "./refresh_token.ts";
import { client, granted, scriptedServer, SECRETS } from "./testdata/scripted_server.ts";
import { refusal, runGrant } from "./testdata/token_request.ts";

const refreshToken = Redacted.make("old");
const bare = { body: { access_token: "a", token_type: "Bearer" } };

/** The scope that an answer with this body grants. */
const grantedBy = Effect.fnUntraced(
  function* (body: object, options: Partial<RequestOptions> = {}) {
    const { layer } = scriptedServer("hang", [{ body: { ...bare.body, ...body } }]);
    const tokens = yield* Effect.provide(request({ client, refreshToken, ...options }), layer);
    return tokens.scope;
  },
);

describe("refresh()", () => {
  const vectors = vectorsOf("token-request").filter(({ input }) => "refresh_token" in input);
  for (const { id, input, expected } of vectors) {
    it.effect(`refresh() ${id}`, () =>
      Effect.gen(function* () {
        const token = Redacted.make(textIn(input, "refresh_token"));
        const { forms } = yield* runGrant(refresh({ client, refreshToken: token }), [granted]);
        const form: Record<string, unknown> = Object.fromEntries(forms[0] ?? []);
        assert.deepStrictEqual(form, membersIn(expected, "form"));
      }));
  }

  it.effect("sends the token once more when no answer came, and the client's secret once", () =>
    Effect.gen(function* () {
      const { forms, seen } = yield* runGrant(refresh({ client, refreshToken }), [
        "reset",
        granted,
      ]);
      const form = [["grant_type", "refresh_token"], ["refresh_token", "old"]];
      assert.deepStrictEqual(forms, [form, form]);
      for (const { headers } of seen) assert.match(headers["authorization"] ?? "", /^Basic /);
    }));

  it.effect("keeps the old refresh token where none comes", () =>
    Effect.gen(function* () {
      for (const body of [bare.body, { ...bare.body, refresh_token: "" }]) {
        const { result } = yield* runGrant(refresh({ client, refreshToken }), [{ body }]);
        if (result._tag !== "Success") return assert.fail("no tokens");
        assert.strictEqual(result.success.refreshToken, refreshToken);
      }
    }));

  it.effect("takes the new refresh token where one comes", () =>
    Effect.gen(function* () {
      const { result } = yield* runGrant(refresh({ client, refreshToken }), [granted]);
      if (result._tag !== "Success") return assert.fail("no tokens");
      const kept = result.success.refreshToken;
      assert.strictEqual(kept && Redacted.value(kept), SECRETS.refreshToken);
    }));

  it.effect("is refused by invalid_grant, and tells to log in again", () =>
    Effect.gen(function* () {
      const { result, at } = yield* runGrant(refresh({ client, refreshToken }), [
        refusal("invalid_grant"),
        granted,
      ]);
      if (result._tag !== "Failure") return assert.fail("no error");
      assert.strictEqual(result.failure.reason._tag, "Refused");
      assert.strictEqual(result.failure.hint, "Log in again");
      assert.lengthOf(at, 1);
    }));

  it.effect("is refused, and nothing sent, where the scope would widen", () =>
    Effect.gen(function* () {
      const { ended, result, seen } = yield* runGrant(
        refresh({ client, refreshToken, scope: ["a", "c"], grantedScope: ["a", "b"] }),
        [granted],
      );
      assert.strictEqual(ended, "Refused");
      assert.include(String(result._tag === "Failure" && result.failure.message), `by "c"`);
      assert.lengthOf(seen, 0);
    }));
});

describe("request()", () => {
  it.effect("sends scope, resources and audience", () =>
    Effect.gen(function* () {
      const { layer, seen } = scriptedServer("hang", [granted]);
      yield* request({
        client,
        refreshToken,
        scope: ["a", "b"],
        grantedScope: ["b", "a", "c"],
        resource: ["https://one.example", "https://two.example"],
        audience: "api",
      }).pipe(Effect.provide(layer));
      assert.deepStrictEqual([...new URLSearchParams(seen[0]?.body)].slice(2), [
        ["scope", "a b"],
        ["resource", "https://one.example"],
        ["resource", "https://two.example"],
        ["audience", "api"],
      ]);
    }));

  it.effect("asks once, whatever happens", () =>
    Effect.gen(function* () {
      const { layer, seen } = scriptedServer("hang", ["reset", granted]);
      const error = yield* Effect.flip(request({ client, refreshToken })).pipe(
        Effect.provide(layer),
      );
      assert.strictEqual(error.reason._tag, "Unreachable");
      assert.lengthOf(seen, 1);
    }));

  it.effect("is withheld where the scope would widen, and only where it is known to", () =>
    Effect.gen(function* () {
      const { layer, seen } = scriptedServer("hang", [granted]);
      const wider = { client, refreshToken, scope: ["A"], grantedScope: ["a"] };
      const error = yield* Effect.flip(request(wider)).pipe(Effect.provide(layer));
      assert.deepInclude(error.reason, { _tag: "Withheld", problem: "widerScope" });
      assert.strictEqual(error.url, "https://as.example.com/token");
      assert.lengthOf(seen, 0);
      for (const grantedScope of [undefined, []]) {
        yield* request({ ...wider, grantedScope }).pipe(Effect.provide(layer));
      }
      assert.lengthOf(seen, 2);
    }));

  it.effect("takes an answer without a scope for what was asked, or else for what was granted", () =>
    Effect.gen(function* () {
      const grantedScope = ["a", "b"];
      assert.deepStrictEqual(yield* grantedBy({}), []);
      assert.deepStrictEqual(yield* grantedBy({}, { grantedScope }), ["a", "b"]);
      assert.deepStrictEqual(yield* grantedBy({}, { grantedScope, scope: [] }), ["a", "b"]);
      assert.deepStrictEqual(yield* grantedBy({}, { grantedScope, scope: ["b"] }), ["b"]);
      assert.deepStrictEqual(yield* grantedBy({ scope: "a" }, { grantedScope }), ["a"]);
    }));
});
