import { assert, describe, it } from "@effect/vitest";
import { Cause, Effect, Redacted } from "effect";
import { HttpClient } from "effect/http";
import { type Observation, Observer } from "../protocol/observation.ts";
import { answer, type Behaviour, broken, scripted } from "./testdata/scripted_client.ts";
import { fetchUserinfo } from "./userinfo.ts";

const server = {
  issuer: "https://op.example.com",
  userinfoEndpoint: "https://op.example.com/userinfo",
};
const accessToken = Redacted.make("planted-access-token");

function run(behaviour: Behaviour) {
  const { client, sent } = scripted(behaviour);
  return fetchUserinfo(server, accessToken, { subject: "planted-user" }).pipe(
    Effect.map((userinfo) => ({ userinfo, sent })),
    Effect.provideService(HttpClient.HttpClient, client),
  );
}

describe("userinfo", () => {
  it.effect("fetchUserinfo() sends the token as bearer, once, and gives the claims", () =>
    Effect.gen(function* () {
      const members = { sub: "planted-user", name: "Ada" };
      const { sent, userinfo } = yield* run(answer(200, members));
      assert.deepStrictEqual(userinfo, { subject: "planted-user", members });
      assert.deepStrictEqual(sent, [{
        method: "GET",
        url: server.userinfoEndpoint,
        headers: { accept: "application/json", authorization: "Bearer planted-access-token" },
        body: "",
      }]);
    }));

  const rejected: ReadonlyArray<readonly [string, Behaviour, string]> = [
    ["401 without a body", answer(401), "invalid_token"],
    ["401 and HTML", answer(401, "<html>"), "invalid_token"],
    ["401 and other JSON", answer(401, { message: "x" }), "invalid_token"],
    ["401 and a code of its own", answer(401, { error: "expired" }), "expired"],
    ["403 without a body", answer(403), "insufficient_scope"],
    ["200 and an OAuth error", answer(200, { error: "invalid_token" }), "invalid_token"],
  ];
  for (const [name, behaviour, code] of rejected) {
    it.effect(`fetchUserinfo() is Rejected by ${name}`, () =>
      Effect.gen(function* () {
        const { reason } = yield* Effect.flip(run(behaviour));
        assert.strictEqual(reason._tag, "Rejected");
        assert.strictEqual("code" in reason && reason.code, code);
      }));
  }

  const others: ReadonlyArray<readonly [string, Behaviour, string]> = [
    ["another user", answer(200, { sub: "planted-other" }), "Malformed"],
    ["nobody", answer(200, { name: "Ada" }), "Malformed"],
    ["a signed token", answer(200, "eyJhbGciOiJSUzI1NiJ9.e30.AAAA"), "Malformed"],
    ["an encrypted token", answer(200, "eyJhbGciOiJSU0EifQ.a.b.c.d"), "Malformed"],
    ["a list", answer(200, []), "Malformed"],
    ["a redirect", answer(302, "", { location: "https://evil.example.com" }), "Malformed"],
    ["404", answer(404), "Malformed"],
    ["503", answer(503), "Unavailable"],
    ["a broken connection", broken({ code: "ECONNRESET" }), "Unreachable"],
  ];
  for (const [name, behaviour, tag] of others) {
    it.effect(`fetchUserinfo() fails over ${name}`, () =>
      Effect.gen(function* () {
        assert.strictEqual((yield* Effect.flip(run(behaviour))).reason._tag, tag);
      }));
  }

  it.effect("fetchUserinfo() sends nothing where there is no endpoint, or one in clear", () =>
    Effect.gen(function* () {
      const { client, sent } = scripted(answer(200));
      const { issuer } = server;
      for (
        const [metadata, tag] of [
          [{ issuer }, "Unsupported"],
          [{ issuer, userinfoEndpoint: "http://op.example.com/u" }, "Insecure"],
        ] as const
      ) {
        const error = yield* Effect.flip(fetchUserinfo(metadata, accessToken, { subject: "a" }))
          .pipe(Effect.provideService(HttpClient.HttpClient, client));
        assert.strictEqual(error.reason._tag, tag);
        assert.strictEqual(error.endpoint, "userinfo");
      }
      assert.deepStrictEqual(sent, []);
    }));

  it.effect("nothing that is observed, and no error, tells of the user or the token", () =>
    Effect.gen(function* () {
      const seen: Array<Observation> = [];
      const bodies: ReadonlyArray<unknown> = [
        { sub: "planted-user", email: "planted@example.com" },
        { sub: "planted-other", email: "planted@example.com" },
        { email: "planted@example.com", echo: "planted-access-token" },
        `eyJhbGciOiJSUzI1NiJ9.${btoa("planted")}.AAAA`,
      ];
      for (const body of bodies) {
        const exit = yield* Effect.exit(run(answer(200, body))).pipe(
          Effect.provideService(Observer, {
            observe: (observation) => void seen.push(observation),
          }),
        );
        if (exit._tag === "Failure") {
          assert.notMatch(`${Cause.pretty(exit.cause)} ${JSON.stringify(exit)}`, /planted|cGxhbn/);
        }
      }
      assert.strictEqual(seen.length, bodies.length);
      assert.notMatch(JSON.stringify(seen), /planted|cGxhbn/);
    }));
});
