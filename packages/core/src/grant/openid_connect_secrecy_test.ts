import { assert, describe, it } from "@effect/vitest";
import { Cause, Effect, Layer, Logger, Redacted, Tracer } from "effect";
import { layer as cacheLayer } from "../endpoint/jwks_cache.ts";
import { answer, type Behaviour, broken, scripted } from "../endpoint/testdata/scripted_client.ts";
import type { Client } from "../protocol/client.ts";
import type { IdTokenError } from "../protocol/id_token_error.ts";
import { type Observation, Observer } from "../protocol/observation.ts";
import { layer as crypto } from "../protocol/testdata/jose_crypto.ts";
import { makeSigner } from "../protocol/testdata/signer.ts";
import type { ValidateTokens } from "./authorization_code_options.ts";
import {
  type IdentifiedTokens,
  userinfo,
  validator,
  type ValidatorServices,
} from "./openid_connect.ts";

const leak = /planted|cGxhbnRlZ|BsYW50ZW|wbGFudGVk/;

const clientSecret = Redacted.make("planted-client-secret-of-32-bytes-and-more");
const client: Client = {
  clientId: "app",
  authentication: { method: "client_secret_basic", clientSecret },
  server: {
    issuer: "https://op.example.com",
    jwksUri: "https://op.example.com/jwks?key=planted",
    userinfoEndpoint: "https://op.example.com/userinfo?key=planted",
  },
};
const nonce = Redacted.make("planted-nonce");
const accessToken = Redacted.make("planted-access-token");
const claims: Record<string, unknown> = {
  iss: "https://op.example.com",
  sub: "planted-user",
  email: "planted@example.com",
  aud: "app",
  iat: 0,
  exp: 300,
  nonce: "planted-nonce",
};

/** What may be wrong, one claim at a time. */
const changes: ReadonlyArray<Record<string, unknown>> = [
  {},
  { sub: "" },
  { sub: "planted".repeat(40) },
  { aud: "planted-client" },
  { aud: ["app", "planted-client"] },
  { azp: "planted-client" },
  { exp: "planted" },
  { iat: 1e9 },
  { nbf: 1e9 },
  { nonce: "planted-nonce-2" },
  { at_hash: "planted" },
  { auth_time: 1e9 },
];

const keySets: Record<string, (key: Record<string, unknown>) => Behaviour> = {
  "the right keys": (key) => answer(200, { keys: [key] }),
  "private keys": (key) => answer(200, { keys: [{ ...key, d: "planted" }] }),
  "the key of another": (key) => answer(200, { keys: [{ ...key, kid: "other" }] }),
  "a point off its curve": (key) => answer(200, { keys: [{ ...key, y: "A".repeat(43) }] }),
  "an error": () => answer(400, { error: "invalid_request", access_token: "planted" }),
  "a broken connection": () => broken({ code: "planted", message: "planted" }),
};

/** The agreed shape: what the authorization code grant takes. */
const validate: ValidateTokens<IdentifiedTokens, IdTokenError, ValidatorServices> = validator({
  algorithm: "ES256",
});

/** Every text that can be reached from a value, hidden properties and causes included. */
function textsIn(value: unknown, seen = new Set<unknown>()): ReadonlyArray<string> {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null || seen.has(value)) return [];
  seen.add(value);
  const members = Reflect.ownKeys(value).map((key) => Reflect.get(value, key) as unknown);
  const entries = value instanceof Map ? [...value.entries()].flat() : [];
  return [...members, ...entries].flatMap((member) => textsIn(member, seen));
}

function watched() {
  const spans: Array<Tracer.NativeSpan> = [];
  const seen: Array<unknown> = [];
  const observed: Array<Observation> = [];
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options);
      spans.push(span);
      return span;
    },
  });
  const logger = Logger.layer([Logger.make((options) => void seen.push(options.message))]);
  const watch = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.tapError(effect, (error) => Effect.sync(() => seen.push(error, shownOf(error)))).pipe(
      Effect.tapError((error) => Effect.logError("refused", error)),
      Effect.exit,
      Effect.provideService(Observer, { observe: (event) => observed.push(event) }),
      Effect.provide(logger),
      Effect.withTracer(tracer),
    );
  const texts = () => [
    ...textsIn([...seen, ...observed]),
    ...spans.flatMap((span) => textsIn([span.name, span.attributes, span.events])),
  ];
  return { watch, texts, spans };
}

function shownOf(error: unknown): ReadonlyArray<unknown> {
  const { hint, stack } = error as { readonly hint?: string; readonly stack?: string };
  return [String(error), hint, stack, JSON.stringify(error), Cause.pretty(Cause.fail(error))];
}

describe("planted secrets", () => {
  for (const [name, keys] of Object.entries(keySets)) {
    it.effect(`no secret, token or user is seen with ${name}`, () =>
      Effect.gen(function* () {
        const signer = yield* makeSigner();
        const { spans, texts, watch } = watched();
        const http = scripted(keys(signer.json)).layer;
        const parts: Array<string> = [];
        yield* Effect.gen(function* () {
          for (const change of changes) {
            const idToken = yield* signer.sign({ ...claims, ...change });
            parts.push(...Redacted.value(idToken).split(".").slice(1));
            const tokens = {
              accessToken,
              idToken,
              tokenType: "Bearer",
              obtainedAtMillis: 0,
              scope: [],
            };
            yield* watch(validate(tokens, { client, nonce }));
          }
        }).pipe(Effect.provide(cacheLayer().pipe(Layer.provide(http))));
        assert.isAtLeast(spans.length, changes.length);
        for (const text of texts()) {
          assert.notMatch(text, leak);
          for (const part of parts) assert.notInclude(text, part);
        }
      }).pipe(Effect.provide(crypto)));
  }

  const answers: Record<string, Behaviour> = {
    "the user": answer(200, { sub: "planted-user", email: "planted@example.com" }),
    "another user": answer(200, { sub: "planted", email: "planted@example.com" }),
    "a refusal": answer(401, { error: "invalid_token", access_token: "planted-access-token" }),
    "an echo": answer(500, "planted-access-token"),
    "a redirect": answer(302, "", { location: "https://x.example.com/?token=planted" }),
    "a signed token": answer(200, `eyJhbGciOiJub25lIn0.${btoa("planted")}.planted`),
    "too much": answer(200, `{"sub":"planted-user","x":"${"planted".repeat(200_000)}"}`),
  };
  for (const [name, behaviour] of Object.entries(answers)) {
    it.effect(`no token or user is seen where userinfo answers with ${name}`, () =>
      Effect.gen(function* () {
        const { spans, texts, watch } = watched();
        yield* watch(userinfo(client, { accessToken, subject: "planted-user" })).pipe(
          Effect.provide(scripted(behaviour).layer),
        );
        assert.isAtLeast(spans.length, 1);
        for (const text of texts()) assert.notMatch(text, leak);
      }));
  }
});
