import { assert, describe, it } from "@effect/vitest";
import { Cause, Effect, Redacted, Stream, Tracer } from "effect";
import { HttpClient } from "effect/http";
import type { ClientAuthentication } from "../protocol/client.ts";
import { basicAuthorization } from "../protocol/client_authentication.ts";
import type { EndpointError } from "../protocol/endpoint_error.ts";
import { type Observation, Observer } from "../protocol/observation.ts";
import { request as requestDevice } from "./device_authorization.ts";
import { introspect } from "./introspection.ts";
import { revoke } from "./revocation.ts";
import { answer, type Behaviour, broken, scripted, streaming } from "./testdata/scripted_client.ts";
import { request as requestToken } from "./token.ts";

const clientSecret = Redacted.make("planted/client+secret:1");
const deviceCode = Redacted.make("planted-device-code~2");
const refreshToken = Redacted.make("planted.refresh=token3");
const basic = Redacted.value(basicAuthorization("c", clientSecret)).slice("Basic ".length);

/** "planted" and its Base64 at every offset: all that is planted holds one of them. */
const leak = /planted|cGxhbnRlZ|BsYW50ZW|wbGFudGVk/;

const granted = {
  access_token: "planted-access-token",
  refresh_token: "planted-new-refresh-token",
  id_token: "planted-id-token",
  device_code: "planted-device-code",
};

/** The forms in which a server may send back what it was sent. */
function echoesOf(secrets: ReadonlyArray<string>): ReadonlyArray<string> {
  const forms = secrets.flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams({ "": secret }).toString(),
    JSON.stringify(secret),
    btoa(secret),
  ]);
  const isSecretSent = secrets.includes(Redacted.value(clientSecret));
  return isSecretSent ? [...forms, basic, `Basic ${basic}`] : forms;
}

function bodiesOf(secrets: ReadonlyArray<string>): Record<string, string> {
  const echoes = echoesOf(secrets).join(" | ");
  return {
    "echoes": echoes,
    "echoes in HTML": `<html><pre>Error: ${echoes}\n at /srv?code=planted</pre></html>`,
    "echoes in an OAuth error": JSON.stringify({
      error: "invalid_grant",
      error_description: echoes,
      error_uri: `https://as.example.com/?token=${encodeURIComponent(secrets.join())}`,
    }),
    "an echo as error code": JSON.stringify({ error: secrets.at(-1) }),
    "tokens without the one that is needed": JSON.stringify({ ...granted, access_token: 1 }),
    "tokens cut off": JSON.stringify(granted).slice(0, 40),
    "tokens in a form with a repeated name": "access_token=planted&access_token=planted",
    "tokens in JSON in JSON": JSON.stringify({ message: JSON.stringify(granted) }),
    "tokens nested too deep": `${"[".repeat(70)}${JSON.stringify(granted)}`,
    "too much": `${echoes}${JSON.stringify(granted)}${" ".repeat(1_048_576)}`,
  };
}

/**
 * Grants of a shape that nobody foresaw: no name tells that these are tokens, and none of them is
 * the start of what was sent.
 */
const unforeseen: Record<string, string> = {
  "a token below a token": `{"token":{"value":"7planted9"}}`,
  "a token with a version": `{"access_token":{"token":"7planted9","v":"7planted9"}}`,
  "escaped names": `{"\\u0061ccess_t\\u006fken":"7planted9","access_token":""}`,
  "an envelope": `{"data":{"tokens":{"access":"7planted9","refresh":"7planted9"}}}`,
  "an identifier": `{"id":"7planted9","expires_in":3600}`,
  "an access": `{"access":"7planted9"}`,
  "a list": `{"jwt":["7planted9",["7planted9"]]}`,
  "a token below a name that is kept": `{"access_token":{"scope":"7planted9","error":"7planted9"}}`,
  "a bare token": "7planted9",
  "a bare token that reads like a form": "7plantedWpAA==",
  "a bare token of letters that reads like a form": "xplantedx=",
  "a bare token as JSON": `"7planted9"`,
  "a bare list as JSON": `["7planted9"]`,
  "a token as a name": `{"7planted9":true}`,
  "a token in words": "access_token 7planted9",
  "a token without a colon": `{"access_token" "7planted9"}`,
  "a token cut off": `{"access":"7planted9`,
  "a token in a form": "access=7planted9&data=7planted9",
  "a token in HTML": "<p>7planted9</p>",
};

type Planting = (secrets: ReadonlyArray<string>) => Behaviour;

const behaviours: Record<string, Planting> = {
  "a transport that holds the request": (secrets) =>
    broken(Object.assign(new Error(secrets.join()), { code: "ECONNRESET", body: secrets })),
  "a transport whose code is a secret": ([code]) => broken({ code, message: code }),
  "a redirect with secrets": ([code]) =>
    answer(307, "", { location: `https://planted:planted@as.example.com/?code=${code}#planted` }),
};
for (const name of Object.keys(bodiesOf([]))) {
  for (const status of [200, 400, 404, 429, 500]) {
    behaviours[`${status} with ${name}`] = (secrets) =>
      answer(status, bodiesOf(secrets)[name], { "x-echo": "planted" });
  }
}

for (const [name, body] of Object.entries(unforeseen)) {
  behaviours[`200 with ${name}`] = () => answer(200, body);
  const chunks = [body, " ".repeat(1_048_576)].map((text) => new TextEncoder().encode(text));
  behaviours[`200 with ${name} and too much`] = () => streaming(Stream.fromIterable(chunks));
}

const assertion = Redacted.make("planted.client/assertion+5");
const signed = { clientSecret, assertion: () => Effect.succeed(assertion) };

const methods: ReadonlyArray<ClientAuthentication> = [
  { method: "client_secret_basic", clientSecret },
  { method: "client_secret_post", clientSecret },
  { ...signed, method: "client_secret_jwt", algorithm: "HS256" },
  { method: "private_key_jwt", algorithm: "ES256", assertion: signed.assertion },
];
const url = "https://as.example.com/p?key=planted";
const server = {
  issuer: "https://as.example.com",
  deviceAuthorizationEndpoint: url,
  tokenEndpoint: url,
  revocationEndpoint: url,
  introspectionEndpoint: url,
};

type Ask = Effect.Effect<unknown, EndpointError, HttpClient.HttpClient>;

/** Requests, each with the secret that it sends beside the client's own. */
function requestsOf(authentication: ClientAuthentication): ReadonlyArray<readonly [Ask, string?]> {
  const client = { clientId: "c", authentication, server };
  const device = Redacted.value(deviceCode);
  const refresh = Redacted.value(refreshToken);
  return [
    [requestDevice(client)],
    [requestToken(client, { grant_type: "device", device_code: deviceCode }), device],
    [requestToken(client, { grant_type: "refresh_token", refresh_token: refreshToken }), refresh],
    [requestToken(client, { grant_type: "password", password: "planted$4" }), "planted$4"],
    [revoke(client, refreshToken), refresh],
    [introspect(client, refreshToken), refresh],
  ];
}

/** What the client sends of itself, and the secret that it signs with. */
function ownSecretsOf(authentication: ClientAuthentication): ReadonlyArray<string> {
  return [
    ..."assertion" in authentication ? [assertion] : [],
    ..."clientSecret" in authentication ? [authentication.clientSecret] : [],
  ].map(Redacted.value);
}

/** Every text that can be reached from a value, hidden properties and causes included. */
function textsIn(value: unknown, seen = new Set<unknown>()): ReadonlyArray<string> {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null || seen.has(value)) return [];
  seen.add(value);
  const members = Reflect.ownKeys(value).map((key) => Reflect.get(value, key) as unknown);
  const entries = value instanceof Map ? [...value.entries()].flat() : [];
  return [...members, ...entries].flatMap((member) => textsIn(member, seen));
}

function shownOf(error: EndpointError): ReadonlyArray<string> {
  return [
    String(error),
    error.message,
    error.hint,
    error.stack ?? "",
    JSON.stringify(error),
    JSON.stringify(error.reason),
    Cause.pretty(Cause.fail(error)),
    ...textsIn(error),
  ];
}

describe("planted secrets", () => {
  it("the pattern finds every form that is planted", () => {
    const secrets = ["planted/1", "planted~2", Redacted.value(clientSecret)];
    for (const echo of echoesOf(secrets)) assert.match(echo, leak);
  });

  for (const [name, behave] of Object.entries(behaviours)) {
    for (const authentication of methods) {
      it.effect(`no secret is seen after ${name} with ${authentication.method}`, () =>
        Effect.gen(function* () {
          const spans: Array<Tracer.NativeSpan> = [];
          const seen: Array<Observation> = [];
          const tracer = Tracer.make({
            span: (options) => {
              const span = new Tracer.NativeSpan(options);
              spans.push(span);
              return span;
            },
          });
          for (const [request, secret] of requestsOf(authentication)) {
            const own = ownSecretsOf(authentication);
            const behaviour = behave(secret === undefined ? own : [...own, secret]);
            const result = yield* Effect.result(request).pipe(
              Effect.provideService(HttpClient.HttpClient, scripted(behaviour).client),
              Effect.provideService(Observer, { observe: (event) => seen.push(event) }),
              Effect.withTracer(tracer),
            );
            const shown = result._tag === "Failure" ? shownOf(result.failure) : textsIn(result);
            for (const text of shown) assert.notMatch(text, leak);
          }
          assert.lengthOf(seen, 6);
          assert.lengthOf(spans, 6);
          for (const text of textsIn(seen)) assert.notMatch(text, leak);
          for (const span of spans) {
            for (const text of textsIn([span.attributes, span.status, span.events])) {
              assert.notMatch(text, leak);
            }
          }
        }));
    }
  }
});
