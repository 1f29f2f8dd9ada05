import { assert, describe, it } from "@effect/vitest";
import { Effect } from "effect";
import { makeApplication } from "./hono_example.ts";
import { runtime } from "./testdata/stand_in.ts";

describe("makeApplication()", () => {
  it.live("has the login's routes beside its own", () =>
    Effect.gen(function* () {
      const made = yield* runtime;
      yield* Effect.promise(async () => {
        const app = await makeApplication(made);
        const login = await app.request("/login");
        assert.strictEqual(await login.text(), "login");
        assert.deepStrictEqual(login.headers.getSetCookie(), ["a=1", "b=2"]);
        const posted = await app.request("/logout", { method: "POST", body: "x=1" });
        assert.strictEqual(await posted.text(), "logout x=1");
        const me = await app.request("/me");
        assert.strictEqual(me.headers.get("location"), "/login?return_to=/me");
        assert.strictEqual((await app.request("/other")).status, 404);
      });
    }));
});
