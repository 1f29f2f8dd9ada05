import { assert, describe, it } from "@effect/vitest";
import { revokeFamily, withIssuer } from "./authorization_server.ts";
import { Conversation } from "./testdata/conversation.ts";

describe("make()", () => {
  it("remembers state, facts and requests", () => {
    const talk = new Conversation();
    const { server } = talk;
    const before = server.state;
    talk.now = 7;
    talk.signIn();
    assert.strictEqual(before.ordinal, 0);
    assert.strictEqual(server.state.ordinal, 3);
    assert.deepStrictEqual(server.facts.map(({ type }) => type), ["code.issued", "token.issued"]);
    assert.deepStrictEqual(server.requests.map(({ atMillis, status }) => [atMillis, status]), [
      [7, 302],
      [7, 200],
    ]);
  });

  it("takes changes from outside, with their facts", () => {
    const talk = new Conversation();
    talk.signIn();
    talk.server.update((state) => revokeFamily(state, 1, 9));
    talk.server.update((state) => ({ state: withIssuer(state, "https://new.example"), facts: [] }));
    assert.deepStrictEqual(talk.facts.at(-1), {
      type: "family.ended",
      atMillis: 9,
      family: 1,
      cause: "admin",
    });
    assert.strictEqual(talk.server.state.settings.issuer, "https://new.example");
  });
});
