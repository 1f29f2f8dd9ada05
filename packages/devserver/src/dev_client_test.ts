import { assert, describe, it } from "@effect/vitest";
import { Redacted } from "effect";
import { builtInClients, deviceCodeGrantType, serviceKey } from "./dev_client.ts";

describe("builtInClients()", () => {
  it("gives a secret to those that authenticate by one, and to nobody else", () => {
    for (const { authentication, clientId, clientSecret } of builtInClients()) {
      const isBySecret = authentication.startsWith("client_secret");
      assert.strictEqual(clientSecret !== undefined, isBySecret, clientId);
    }
  });

  it("gives public keys, without their private half, to those that sign with a key", () => {
    for (const { authentication, clientId, publicKeys = [] } of builtInClients()) {
      assert.strictEqual(publicKeys.length > 0, authentication === "private_key_jwt", clientId);
      for (const key of publicKeys) assert.notProperty(key, "d");
    }
  });

  it("has one public client that may use the device grant", () => {
    const publicClients = builtInClients().filter(({ authentication }) =>
      authentication === "none"
    );
    assert.deepStrictEqual(publicClients.map(({ clientId }) => clientId), ["bellhop-cli"]);
    assert.isTrue(publicClients[0]?.grantTypes.includes(deviceCodeGrantType));
  });
});

describe("serviceKey()", () => {
  it("is the private half of what the server knows of bellhop-service-key", () => {
    const { d, ...half } = JSON.parse(Redacted.value(serviceKey()));
    const service = builtInClients().find(({ clientId }) => clientId === "bellhop-service-key");
    assert.isString(d);
    assert.deepStrictEqual(service?.publicKeys, [half]);
  });

  it("shows nothing of itself", () => {
    assert.notInclude(JSON.stringify(serviceKey()) + String(serviceKey()), "EPduR44W");
  });
});
