import { assert, describe, it } from "@effect/vitest";
import { Cause, Effect, Redacted, Result, Schema } from "effect";
import * as Client from "./client.ts";
import { authenticate } from "./client_authentication.ts";
import * as DeviceAuthorizationResponse from "./device_authorization_response.ts";
import * as Json from "./json.ts";
import * as ResponseBody from "./response_body.ts";
import * as SecureUrl from "./secure_url.ts";
import * as ServerMetadata from "./server_metadata.ts";
import * as TokenResponse from "./token_response.ts";
import { TokenSet } from "./token_set.ts";

const issuer = "https://as.example.com";
const clientSecret = Redacted.make("planted");
const plantedUrl = "http://planted:planted@as.example.com/token?key=planted#planted";

/** Every text that can be reached from a value, hidden properties and causes included. */
function textsIn(value: unknown, seen = new Set<unknown>()): ReadonlyArray<string> {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null || seen.has(value)) return [];
  seen.add(value);
  return Reflect.ownKeys(value).flatMap((key) => textsIn(Reflect.get(value, key), seen));
}

function clientOf(method: "client_secret_basic" | "client_secret_post"): Client.Client {
  return { clientId: "c", authentication: { method, clientSecret }, server: { issuer } };
}

function configError(method: Client.ClientAuthenticationMethod, clientId: string): unknown {
  const options = { clientId, method, clientSecret } as Client.ClientOptions;
  return Effect.runSync(Effect.flip(Client.make({ issuer }, options)));
}

const values: Record<string, unknown> = {
  "ClientConfigError: unexpectedSecret": configError("none", "c"),
  "ClientConfigError: missingClientId": configError("client_secret_basic", ""),
  "Client": clientOf("client_secret_basic"),
  "ClientCredentials of Basic": Effect.runSync(
    authenticate(clientOf("client_secret_basic")),
  ),
  "ClientCredentials of post": Effect.runSync(
    authenticate(clientOf("client_secret_post")),
  ),
  "SecureUrlError": SecureUrl.parse(plantedUrl),
  "SecureUrlError of no URL": SecureUrl.parse("planted:planted@as.example.com?planted"),
  "ServerMetadataError": ServerMetadata.fromDocument({ issuer, token_endpoint: plantedUrl }),
  "ServerMetadataError of the issuer": ServerMetadata.fromDocument({ issuer: plantedUrl }),
  "JsonProblem": Json.parse(`{"access_token":"planted`),
  "ResponseBodyProblem": ResponseBody.parse(`{"access_token":"planted`),
  "ResponseBodyProblem of a form": ResponseBody.parse("code=planted&code=planted"),
  "TokenSet": TokenResponse.decode(
    { access_token: "planted", refresh_token: "planted", id_token: "planted" },
    { obtainedAtMillis: 0 },
  ),
  "a token response without its token": TokenResponse.decode(
    { access_token: ["planted"], refresh_token: "planted" },
    { obtainedAtMillis: 0 },
  ),
  "DeviceAuthorizationResponse": DeviceAuthorizationResponse.decode({
    device_code: "planted",
    user_code: "WDJB-MJHT",
    verification_uri: "https://example.com/device",
  }),
  "a device authorization response without its URI": DeviceAuthorizationResponse.decode({
    device_code: "planted",
    user_code: "WDJB-MJHT",
    verification_uri: "planted",
  }),
};

describe("planted secrets", () => {
  for (const [name, value] of Object.entries(values)) {
    it(`no secret is seen in ${name}`, () => {
      const failure = Result.isResult(value) && Result.isFailure(value) ? value.failure : value;
      const shown = [
        String(failure),
        JSON.stringify(value),
        Cause.pretty(Cause.fail(failure)),
        ...textsIn(value),
      ];
      for (const text of shown) assert.notMatch(text, /planted|cGxhbnRlZ|BsYW50ZW|wbGFudGVk/);
    });
  }

  it("no secret is seen when a stored TokenSet does not fit", () => {
    const json = {
      access_token: "planted",
      token_type: 5,
      obtained_at_millis: 0,
      scope: [],
      refresh_token: "planted",
    };
    const exit = Schema.decodeUnknownExit(TokenSet)(json);
    assert.strictEqual(exit._tag, "Failure");
    assert.notInclude(String(exit) + JSON.stringify(exit), "planted");
  });
});
