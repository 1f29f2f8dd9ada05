import { assert, describe, it } from "@effect/vitest";
import { Effect, Redacted } from "effect";
import { client, scriptedServer } from "./testdata/scripted_server.ts";
import { refusal, runGrant } from "./testdata/token_request.ts";
import { exchange, request, tokenTypes } from "./token_exchange.ts";

const subjectToken = { token: Redacted.make("subject"), type: tokenTypes.accessToken };
const issued = {
  access_token: "issued",
  issued_token_type: tokenTypes.jwt,
  token_type: "N_A",
  expires_in: 60,
};

describe("exchange()", () => {
  it.effect("sends what RFC 8693 section 2.1 knows, resources and audiences one by one", () =>
    Effect.gen(function* () {
      const { forms } = yield* runGrant(
        exchange({
          client,
          subjectToken,
          actorToken: { token: Redacted.make("actor"), type: tokenTypes.idToken },
          requestedTokenType: tokenTypes.jwt,
          resource: ["https://one.example", "https://two.example"],
          audience: ["one", "two"],
          scope: ["a", "b"],
        }),
        [{ body: issued }],
      );
      assert.deepStrictEqual(forms, [[
        ["grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"],
        ["subject_token", "subject"],
        ["subject_token_type", "urn:ietf:params:oauth:token-type:access_token"],
        ["actor_token", "actor"],
        ["actor_token_type", "urn:ietf:params:oauth:token-type:id_token"],
        ["requested_token_type", "urn:ietf:params:oauth:token-type:jwt"],
        ["resource", "https://one.example"],
        ["resource", "https://two.example"],
        ["audience", "one"],
        ["audience", "two"],
        ["scope", "a b"],
      ]]);
    }));

  it.effect("sends no actor's type without an actor", () =>
    Effect.gen(function* () {
      const { forms } = yield* runGrant(exchange({ client, subjectToken }), [{ body: issued }]);
      assert.deepStrictEqual(forms[0]?.map(([name]) => name), [
        "grant_type",
        "subject_token",
        "subject_token_type",
      ]);
    }));

  it.effect("tells what was issued, and what it cannot be used as", () =>
    Effect.gen(function* () {
      const { result } = yield* runGrant(exchange({ client, subjectToken, scope: ["a"] }), [
        { body: { ...issued, refresh_token: "r" } },
      ]);
      if (result._tag !== "Success") return assert.fail("no tokens");
      const { accessToken, refreshToken, ...tokens } = result.success;
      assert.strictEqual(Redacted.value(accessToken), "issued");
      assert.strictEqual(refreshToken && Redacted.value(refreshToken), "r");
      assert.deepStrictEqual(tokens, {
        tokenType: "N_A",
        obtainedAtMillis: 0,
        expiresInSeconds: 60,
        scope: ["a"],
        issuedTokenType: tokenTypes.jwt,
      });
    }));

  it.effect("is malformed where the answer does not tell what was issued", () =>
    Effect.gen(function* () {
      for (const type of [undefined, "", 5, null]) {
        const body = { ...issued, issued_token_type: type };
        const { at, ended, result } = yield* runGrant(exchange({ client, subjectToken }), [{
          body,
        }]);
        assert.strictEqual(ended, "Malformed");
        assert.include(String(result._tag === "Failure" && result.failure.message), "is missing");
        assert.lengthOf(at, 1);
      }
    }));

  it.effect("is refused where the server does not exchange for this target", () =>
    Effect.gen(function* () {
      const { ended } = yield* runGrant(exchange({ client, subjectToken }), [
        refusal("invalid_target"),
      ]);
      assert.strictEqual(ended, "Refused");
    }));
});

describe("request()", () => {
  it.effect("asks once, with or without a secret of the client", () =>
    Effect.gen(function* () {
      const { layer, seen } = scriptedServer("hang", [{ body: issued }, "reset"]);
      const open = { ...client, authentication: { method: "none" } } as const;
      const tokens = yield* Effect.provide(request({ client: open, subjectToken }), layer);
      assert.strictEqual(tokens.issuedTokenType, tokenTypes.jwt);
      assert.match(seen[0]?.body ?? "", /^client_id=tv&/);
      const error = yield* Effect.provide(Effect.flip(request({ client, subjectToken })), layer);
      assert.strictEqual(error.reason._tag, "Unreachable");
      assert.lengthOf(seen, 2);
    }));
});
