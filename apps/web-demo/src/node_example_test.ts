import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import type { AddressInfo } from "node:net";
import { makeServer } from "./node_example.ts";
import { runtime } from "./testdata/stand_in.ts";

describe("makeServer()", () => {
  it.live("answers what is the login's", () =>
    Effect.gen(function* () {
      const made = yield* runtime;
      const server = yield* Effect.acquireRelease(
        Effect.promise(() => makeServer(made)),
        (running) => Effect.sync(() => running.close()),
      );
      yield* Effect.promise(async () => {
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        const login = await fetch(`${origin}/login?return_to=/`);
        assert.strictEqual(await login.text(), "login");
        assert.deepStrictEqual(login.headers.getSetCookie(), ["a=1", "b=2"]);
        const posted = await fetch(`${origin}/logout`, { method: "POST", body: "x=1" });
        assert.strictEqual(await posted.text(), "logout x=1");
        assert.strictEqual((await fetch(`${origin}/other`)).status, 404);
      });
    }));
});
