import { assert, describe, it } from "@effect/vitest";
import { Redacted } from "effect";
import { handle, initial } from "../server/authorization_server.ts";
import {
  apiUrl,
  publicClient,
  redirectUri,
  registeredClients,
  serverMetadata,
  serviceClient,
} from "./simulated_client.ts";

describe("serverMetadata", () => {
  it("is what the server says of itself", () => {
    const url = "https://as.example.com/.well-known/oauth-authorization-server";
    const { response } = handle(initial({}), { method: "GET", url, headers: {}, body: "" }, 0);
    const told = JSON.parse(response.body) as Readonly<Record<string, unknown>>;
    const named = (name: string) =>
      name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    for (const [name, value] of Object.entries(serverMetadata)) {
      assert.deepStrictEqual(told[named(name)], value, name);
    }
  });
});

describe("registeredClients", () => {
  it("are the clients that scenarios use", () => {
    const [app, service] = registeredClients;
    assert.deepStrictEqual(app, { clientId: publicClient.clientId, redirectUris: [redirectUri] });
    assert.strictEqual(service?.clientId, serviceClient.clientId);
    const { authentication } = serviceClient;
    assert.isTrue(
      authentication.method === "client_secret_basic" &&
        Redacted.value(authentication.clientSecret) === service?.clientSecret,
    );
  });
});

describe("apiUrl", () => {
  it("is where the server's tokens are asked for", () => {
    const { response } = handle(
      initial({}),
      { method: "GET", url: apiUrl, headers: {}, body: "" },
      0,
    );
    assert.strictEqual(response.status, 401);
  });
});
