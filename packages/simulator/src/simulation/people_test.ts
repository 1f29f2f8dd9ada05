import { assert, describe, it } from "@effect/vitest";
import { Context, Effect, Exit } from "effect";
import { type PersonScript, ServerHost } from "../network/server_host.ts";
import { exitIn, small } from "../world/testdata/exit_in.ts";
import { peopleOf } from "./people.ts";

const redirectUri = "http://127.0.0.1/callback";
const url = `https://as.example.com/authorize?${new URLSearchParams({
  response_type: "code",
  client_id: "app",
  redirect_uri: redirectUri,
  state: "s1",
  code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
  code_challenge_method: "S256",
})}`;

function place(visits: PersonScript) {
  const { world, process } = small();
  const server = new ServerHost(world, {});
  server.people.push(visits);
  const people = peopleOf(world, server, process);
  const acted = () =>
    world.events.flatMap((event) =>
      event.type === "person" ? [[event.at - world.startMillis, event.does, event.status]] : []
    );
  return { world, process, people, acted };
}

describe("peopleOf()", () => {
  it("sends a browser, and gives the URL that it comes back to", () => {
    const { world, process, people, acted } = place([{ afterMillis: 3_000, decision: "approve" }]);
    const exit = exitIn([world, process], people.visit(url));
    assert.isTrue(exit !== undefined && Exit.isSuccess(exit));
    const back = new URL((exit as Exit.Success<string>).value);
    assert.strictEqual(`${back.origin}${back.pathname}`, redirectUri);
    assert.strictEqual(back.searchParams.get("state"), "s1");
    assert.isTrue(back.searchParams.has("code"));
    assert.deepStrictEqual(acted(), [[3_000, "approve", 302]]);
    assert.deepInclude(world.events[1], {
      type: "browser.sent",
      process: "p0.0",
      challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    });
  });

  it("brings somebody back who denies", () => {
    const { world, process, people } = place([{ afterMillis: 3_000, decision: "deny" }]);
    const exit = exitIn([world, process], people.visit(url));
    assert.isTrue(
      exit !== undefined && Exit.isSuccess(exit) && exit.value.includes("error=access_denied"),
    );
  });

  it("tells of each return, of whoever approves twice", () => {
    const { world, process, people, acted } = place([
      { afterMillis: 3_000, decision: "approve" },
      { afterMillis: 4_000, decision: "approve" },
    ]);
    const returned: Array<string> = [];
    exitIn([world, process], people.visit(url, (back) => returned.push(back)));
    assert.strictEqual(new Set(returned).size, 2);
    assert.strictEqual(acted().length, 2);
  });

  it("waits without end for who never comes", () => {
    const { world, process, people, acted } = place([]);
    assert.isUndefined(exitIn([world, process], people.visit(url)));
    assert.deepStrictEqual(acted(), []);
  });

  it("brings nobody back to an address that the server does not know", () => {
    const { world, process, people, acted } = place([{ afterMillis: 3_000, decision: "approve" }]);
    assert.isUndefined(exitIn([world, process], people.visit(url.replace("127.0.0.1", "other"))));
    assert.strictEqual(acted()[0]?.[2], 400);
  });

  it("lets the person act although the process crashed", () => {
    const { world, process, people, acted } = place([{ afterMillis: 3_000, decision: "approve" }]);
    let isBack = false;
    process.run(people.visit(url), Context.empty(), () => isBack = true);
    world.after(1_000, () => process.crash());
    world.run(world.startMillis + 5_000);
    assert.deepStrictEqual([acted().length, isBack], [1, false]);
  });

  it("sends nobody before the effect runs", () => {
    const { world, people } = place([]);
    const visit = people.visit(url);
    assert.isTrue(Effect.isEffect(visit));
    world.run(world.startMillis + 1_000);
    assert.strictEqual(world.events.length, 1);
  });
});
