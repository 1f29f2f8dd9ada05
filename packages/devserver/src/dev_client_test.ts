import { assert, describe, it } from "@effect/vitest";
import { builtInClients, deviceCodeGrantType } from "./dev_client.ts";

describe("builtInClients()", () => {
  it("gives a secret to those that authenticate by one, and to nobody else", () => {
    for (const { authentication, clientId, clientSecret } of builtInClients()) {
      assert.strictEqual(clientSecret !== undefined, authentication !== "none", clientId);
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
