import { assert, describe, it } from "@effect/vitest";
import { Context, Effect, Redacted } from "effect";
import { authorize, request } from "./jwt_bearer.ts";
import { client, granted, scriptedServer } from "./testdata/scripted_server.ts";
import { refusal, runGrant } from "./testdata/token_request.ts";

/** Makes assertions that can be told apart. */
function signer() {
  let made = 0;
  return Effect.sync(() => Redacted.make(`assertion-${++made}`));
}

const GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer";

describe("authorize()", () => {
  it.effect("sends what RFC 7523 section 2.1 asks for", () =>
    Effect.gen(function* () {
      const { forms } = yield* runGrant(
        authorize({ client, assertion: signer(), scope: ["a"], resource: ["https://x.example"] }),
        [granted],
      );
      assert.deepStrictEqual(forms, [[
        ["grant_type", GRANT_TYPE],
        ["assertion", "assertion-1"],
        ["scope", "a"],
        ["resource", "https://x.example"],
      ]]);
    }));

  it.effect("makes a new assertion for each request", () =>
    Effect.gen(function* () {
      const { ended, forms } = yield* runGrant(authorize({ client, assertion: signer() }), [
        "reset",
        { status: 503, body: "" },
        granted,
      ]);
      assert.strictEqual(ended, "Granted");
      assert.deepStrictEqual(forms.map((form) => Object.fromEntries(form)["assertion"]), [
        "assertion-1",
        "assertion-2",
        "assertion-3",
      ]);
    }));

  it.effect("is refused where the assertion is not taken", () =>
    Effect.gen(function* () {
      const { at, ended } = yield* runGrant(authorize({ client, assertion: signer() }), [
        refusal("invalid_grant"),
        granted,
      ]);
      assert.strictEqual(ended, "Refused");
      assert.lengthOf(at, 1);
    }));

  it.effect("gives up an assertion that is never made", () =>
    Effect.gen(function* () {
      const { ended, result, seen } = yield* runGrant(
        authorize({ client, assertion: Effect.never }),
        [granted],
      );
      assert.strictEqual(ended, "Unreachable");
      assert.lengthOf(seen, 0);
      assert.isTrue(result._tag === "Failure" && result.failure.message.length > 10);
    }));

  it.effect("makes the assertion with the services of whoever asks", () =>
    Effect.gen(function* () {
      const Signer = Context.Reference<string>("test/Signer", { defaultValue: () => "nobody" });
      const assertion = Effect.map(Signer, (name) => Redacted.make(`by-${name}`));
      const { forms } = yield* runGrant(
        authorize({ client, assertion }).pipe(Effect.provideService(Signer, "key-16")),
        [granted],
      );
      assert.strictEqual(Object.fromEntries(forms[0] ?? [])["assertion"], "by-key-16");
    }));
});

describe("request()", () => {
  it.effect("asks once, with one assertion", () =>
    Effect.gen(function* () {
      const { layer, seen } = scriptedServer("hang", [granted, "reset"]);
      const assertion = signer();
      const tokens = yield* Effect.provide(request({ client, assertion, scope: ["a"] }), layer);
      assert.deepStrictEqual(tokens.scope, ["a"]);
      const error = yield* Effect.provide(Effect.flip(request({ client, assertion })), layer);
      assert.strictEqual(error.reason._tag, "Unreachable");
      assert.deepStrictEqual(
        seen.map(({ body }) => new URLSearchParams(body).get("assertion")),
        ["assertion-1", "assertion-2"],
      );
    }));
});
