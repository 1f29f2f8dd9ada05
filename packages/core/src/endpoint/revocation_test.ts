import { assert, describe, it } from "@effect/vitest";
import { Effect, Redacted, Stream } from "effect";
import { HttpClient } from "effect/http";
import type { Client } from "../protocol/client.ts";
import { membersIn, textIn, vectorsOf } from "../protocol/testdata/vectors.ts";
import { revoke } from "./revocation.ts";
import { answer, type Behaviour, scripted, streaming } from "./testdata/scripted_client.ts";

const client: Client = {
  clientId: "c",
  authentication: { method: "none" },
  server: { issuer: "https://as.example.com", revocationEndpoint: "https://as.example.com/revoke" },
};

function run(behaviour: Behaviour) {
  return revoke(client, Redacted.make("planted")).pipe(
    Effect.provideService(HttpClient.HttpClient, scripted(behaviour).client),
  );
}

function reasonOf(behaviour: Behaviour) {
  return run(behaviour).pipe(Effect.flip, Effect.map(({ reason }) => reason));
}

describe("revocation", () => {
  for (const { id, input, expected } of vectorsOf("revocation-request")) {
    it.effect(`revoke() ${id}`, () =>
      Effect.gen(function* () {
        const { client: http, sent } = scripted(answer(200));
        yield* revoke(
          {
            ...client,
            clientId: textIn(input, "client_id"),
            authentication: {
              method: "client_secret_basic",
              clientSecret: Redacted.make(textIn(input, "client_secret")),
            },
          },
          Redacted.make(textIn(input, "token")),
          { tokenTypeHint: "refresh_token" },
        ).pipe(Effect.provideService(HttpClient.HttpClient, http));
        assert.strictEqual(sent[0]?.headers["authorization"], expected["authorization"]);
        const form = Object.fromEntries(new URLSearchParams(sent[0]?.body));
        assert.deepStrictEqual(form, membersIn(expected, "form"));
      }));
  }

  const ignored: Record<string, Behaviour> = {
    "an empty body": answer(200),
    "HTML": answer(200, "<html>"),
    "an error with status 200": answer(200, { error: "invalid_token" }),
    "no content": answer(204),
    "a body that never ends": streaming(Stream.never),
  };
  for (const { id } of vectorsOf("revocation-response")) {
    for (const [name, behaviour] of Object.entries(ignored)) {
      it.effect(`revoke() ${id}: ${name} is success`, () => run(behaviour));
    }
  }

  it.effect("revoke() rejects unsupported_token_type", () =>
    Effect.gen(function* () {
      const reason = yield* reasonOf(answer(400, { error: "unsupported_token_type" }));
      assert.deepInclude(reason, { _tag: "Rejected", code: "unsupported_token_type" });
    }));

  it.effect("revoke() is unavailable for 503, and says for how long", () =>
    Effect.gen(function* () {
      const reason = yield* reasonOf(answer(503, "", { "retry-after": "30" }));
      assert.deepInclude(reason, { _tag: "Unavailable", status: 503, retryAfterMillis: 30_000 });
    }));

  it.effect("revoke() calls a 404 malformed", () =>
    Effect.gen(function* () {
      const reason = yield* reasonOf(answer(404, "<html>planted</html>"));
      assert.deepInclude(reason, { _tag: "Malformed", problem: "notJson", status: 404 });
      assert.notInclude(JSON.stringify(reason), "planted");
    }));

  it.effect("revoke() says when the server has no such endpoint", () =>
    Effect.gen(function* () {
      const bare = { ...client, server: { issuer: "https://as.example.com" } };
      const error = yield* Effect.flip(revoke(bare, Redacted.make("planted"))).pipe(
        Effect.provideService(HttpClient.HttpClient, scripted().client),
      );
      assert.deepInclude(error.reason, { _tag: "Unsupported", member: "revocation_endpoint" });
    }));
});
