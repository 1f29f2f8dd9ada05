import { assert, describe, it } from "@effect/vitest";
import { Effect, Redacted, Result } from "effect";
import { HttpClient } from "effect/http";
import { type Client, make } from "../protocol/client.ts";
import type { EndpointError } from "../protocol/endpoint_error.ts";
import { claimsOf, decode } from "../protocol/jwt.ts";
import { type Observation, Observer } from "../protocol/observation.ts";
import { p256Jwk } from "../protocol/testdata/client_keys.ts";
import { layer } from "../protocol/testdata/jose_crypto.ts";
import { request as requestDevice } from "./device_authorization.ts";
import { introspect } from "./introspection.ts";
import { revoke } from "./revocation.ts";
import { answer, scripted } from "./testdata/scripted_client.ts";
import { request as requestToken } from "./token.ts";

const issuer = "https://as.example.com";
const server = {
  issuer,
  deviceAuthorizationEndpoint: `${issuer}/device`,
  tokenEndpoint: `${issuer}/token`,
  revocationEndpoint: `${issuer}/revoke`,
  introspectionEndpoint: `${issuer}/introspect`,
};
const token = Redacted.make("a");

type Ask = (client: Client) => Effect.Effect<unknown, EndpointError, HttpClient.HttpClient>;

const endpoints: Readonly<Record<string, Ask>> = {
  "device_authorization": (client) => requestDevice(client),
  "token": (client) => requestToken(client, { grant_type: "client_credentials" }),
  "revocation": (client) => revoke(client, token),
  "introspection": (client) => introspect(client, token),
};

/** Made with crypto, used without. */
const signing = Effect.provide(make(server, { clientId: "c", key: p256Jwk }), layer);

function formOf(body: string | undefined): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(body));
}

function claimsIn(form: Record<string, string>) {
  const assertion = Redacted.make(form["client_assertion"] ?? "");
  return Result.getOrThrow(Result.flatMap(decode(assertion), claimsOf));
}

describe("_form_exchange", () => {
  for (const [endpoint, ask] of Object.entries(endpoints)) {
    it.effect(`formExchange() makes another assertion for each ${endpoint} request`, () =>
      Effect.gen(function* () {
        const client = yield* signing;
        const seen: Array<Observation> = [];
        const { client: http, sent } = scripted(answer(503));
        const asked = Effect.flip(ask(client)).pipe(
          Effect.provideService(HttpClient.HttpClient, http),
          Effect.provideService(Observer, { observe: (event) => seen.push(event) }),
        );
        yield* asked;
        yield* asked;
        const [first, second] = sent.map(({ body }) => claimsIn(formOf(body)));
        assert.deepInclude(first, { iss: "c", sub: "c", aud: issuer });
        assert.notStrictEqual(first?.["jti"], second?.["jti"]);
        assert.isUndefined(sent[0]?.headers["authorization"]);
        assert.notMatch(JSON.stringify(seen), /eyJ/);
        assert.include(JSON.stringify(seen), `"client_assertion":"<redacted>"`);
      }));
  }

  it.effect("formExchange() lets no parameter stand in for the client's own credentials", () =>
    Effect.gen(function* () {
      const planted = {
        grant_type: "x",
        client_id: "other",
        client_secret: "other",
        client_assertion: "other",
        client_assertion_type: "other",
      };
      for (const client of [yield* signing, yield* make(server, { clientId: "c" })]) {
        const { client: http, sent } = scripted(answer(503));
        yield* Effect.flip(requestToken(client, planted)).pipe(
          Effect.provideService(HttpClient.HttpClient, http),
        );
        assert.notInclude(sent[0]?.body, "other");
        assert.strictEqual(formOf(sent[0]?.body)["client_id"], "c");
      }
    }));

  it.effect("formExchange() sends the form of rfc7523-4-grant-claims beside the client's own", () =>
    Effect.gen(function* () {
      const form = {
        grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
        assertion: "eyJhbGciOiJFUzI1NiIsImtpZCI6IjE2In0.e30.AAAA",
      };
      const { client: http, sent } = scripted(answer(503));
      yield* Effect.flip(requestToken(yield* signing, form)).pipe(
        Effect.provideService(HttpClient.HttpClient, http),
      );
      const body = formOf(sent[0]?.body);
      assert.deepInclude(body, form);
      assert.notStrictEqual(body["client_assertion"], form.assertion);
    }));
});
