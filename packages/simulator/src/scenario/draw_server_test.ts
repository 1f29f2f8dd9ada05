import { assert, describe, it } from "@effect/vitest";
import { stream } from "../seed.ts";
import { drawServer } from "./draw_server.ts";
import { registeredClients } from "./simulated_client.ts";

describe("drawServer()", () => {
  it("gives the same server for the same seed, and every policy over many", () => {
    const drawn = (seed: number) => drawServer(stream(seed, "server"));
    assert.deepStrictEqual(drawn(3), drawn(3));
    const policies = new Set<string>();
    const slowDowns = new Set<unknown>();
    for (let seed = 0; seed < 200; seed++) {
      const { clients, rotation, slowDown } = drawn(seed);
      assert.strictEqual(clients, registeredClients);
      policies.add(JSON.stringify(rotation));
      slowDowns.add(slowDown);
    }
    assert.strictEqual(policies.size, 4);
    assert.deepStrictEqual(slowDowns, new Set(["measured", "never"]));
  });
});
